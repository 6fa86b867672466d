"""The dialogues, as pure values."""
