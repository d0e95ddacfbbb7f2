"""Commands that start something: the server, the demo, an emulated host."""
