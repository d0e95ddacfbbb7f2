"""Composition for serving over HTTP: who gets which server, and the service begun and ended."""
