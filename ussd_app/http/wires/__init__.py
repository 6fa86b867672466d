"""The wires: one page for each kind of gateway, from its form to a callback and from a page to its answer."""
