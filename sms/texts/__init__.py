"""What the messages say, one TOML file per language."""
