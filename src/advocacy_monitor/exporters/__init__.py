"""How a pack leaves: one module a format."""
