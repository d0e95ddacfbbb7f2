"""One way for a person to show who they are."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..grants.grant import Person
from .pending import Pending


class Way(Protocol):
    name: str
    label: str
    """On the button that chooses it."""

    def routes(self) -> list[Route]: ...

    async def begin(self, request: Request, pending: Pending) -> Response:
        """The first page of it. It ends with `ArrivalDesk.arrived`."""
        ...

    async def renewed(self, person: Person) -> Person | None:
        """The person as they are now, without a word from them; None where they are let in no more. Raises NotProved when it
        could not be found out."""
        ...
