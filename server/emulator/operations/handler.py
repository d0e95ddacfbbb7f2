"""How an operation is written: it checks its parameters at once, and answers with what to do inside the session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ..host import Host
from ..http.request import Request
from .call import Call


@dataclass(frozen=True)
class RequestContext:
    request: Request
    host: Host
    names: Mapping[str, str]
    """The names in the path: database, layout, record and so on."""
    version: str = "vLatest"
    noted: list[str] = field(default_factory=list[str])
    """The account's name once it is known, for the log."""


Run: TypeAlias = Callable[[Call], Awaitable[Mapping[str, object]]]
"""What FileMaker does, inside the session. Answers with the envelope's `response`."""

Handler: TypeAlias = Callable[[RequestContext], Run]
"""What the Node layer does first. Raises Refusal for a parameter that is not right (section 2.5)."""
