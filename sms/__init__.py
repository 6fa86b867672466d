"""Messages: what they say, what they cost, and who carries them."""
