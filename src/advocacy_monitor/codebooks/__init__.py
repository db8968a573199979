"""The shipped codebooks, as versioned YAML."""
