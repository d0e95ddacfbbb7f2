"""Serving over HTTP: the runner, what is let in, and how it ends. Who calls is known in `callers`."""
