"""What could not be found out about a person."""

from __future__ import annotations

from ..errors import FilemakerMcpError


class NotProved(FilemakerMcpError):
    """A host or a provider is away. Nothing is given and nothing is ended."""
