"""A FileMaker Server in one process, for the demo, the tests and other people's clients. Imports nothing of ours."""
