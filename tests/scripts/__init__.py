"""Scripts through the tools."""
