"""What the owner configured: environment and file, read once, checked and frozen."""
