"""What can be done, one function per command; nothing else writes money."""
