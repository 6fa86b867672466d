"""Bấm, the application: the heart, the store, and the edges around them."""
