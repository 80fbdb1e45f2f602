"""The catalog, and the indexes derived from it."""
