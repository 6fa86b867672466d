"""Those who move the money: one port, one page per provider."""
