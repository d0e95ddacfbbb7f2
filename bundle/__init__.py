"""What a release has beside the package: the desktop bundle, the registry entry, the list of parts."""
