"""What the console says of the configured databases: whether they can be reached, and what an assistant may do there."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .console_database import ConsoleDatabase
from .frame import Frame


class HostPages:
    def __init__(self, frame: Frame, databases: Mapping[str, ConsoleDatabase], links_at: str = "") -> None:
        """`links_at` is where the person links an account of theirs; empty where there is none to link."""
        self._frame = frame
        self._databases = databases
        self._links_at = links_at

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/connection", self._connection, methods=["GET", "POST"]),
            Route("/policy", self._policy),
        ]

    async def _connection(self, request: Request) -> Response:
        """Looks when somebody asks for it: each look signs in."""
        stages: dict[str, list[dict[str, object]]] = {}
        if request.method == "POST":
            refused = self._frame.refused(request)
            if refused is not None:
                return refused
            for name, database in self._databases.items():
                stages[name] = [facts async for facts in database.stages()]
        return self._frame.page(
            request,
            "connection.html",
            "Connection",
            databases=self._databases,
            stages=stages,
            links_at=self._links_at,
        )

    async def _policy(self, request: Request) -> Response:
        return self._frame.page(request, "policy.html", "Policy", databases=self._databases)
