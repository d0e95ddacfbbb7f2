"""What the repository promises: contracts, documents, packages."""
