"""What is asserted about items: one module an enricher."""
