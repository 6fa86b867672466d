"""The phone on the screen and in the terminal, and the local networks behind it."""
