"""Where people speak: one module a source."""
