"""HTTP: parse, use case, present."""
