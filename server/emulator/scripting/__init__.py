"""What the scripts of a solution can do: FileMaker's script steps as methods."""
