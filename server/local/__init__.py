"""What is on this machine: the state, the files folder, private files, the desktop client."""
