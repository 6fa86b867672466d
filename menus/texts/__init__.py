"""What the screens say, one TOML file per language."""
