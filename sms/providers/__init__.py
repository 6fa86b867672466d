"""Those who carry messages: one port, one page per provider."""
