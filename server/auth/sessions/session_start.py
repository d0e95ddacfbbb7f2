"""What the owner wants done in each new FileMaker session before it is used: global fields set, then a script run.

Globals and what a start script leaves behind belong to one session (section 4.6 [D]), so a session without them would show
other records, and calculate otherwise, than its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote, urlsplit

import httpx

from ...envelope import JsonObject, opened
from ...errors import SignInFailed
from ...host_errors import FileMakerError
from ...text.lowered_first import lowered_first
from ..http_connection import ConnectionFactory, unreachable

REASON = "session_start"
"""`SignInFailed.reason` of a session that was opened and could not be made ready."""

Judge = Callable[[str, int, str | None], str]
"""Script, last error and result -> what is wrong, as a sentence; nothing where it succeeded."""


@dataclass(frozen=True)
class StartScript:
    name: str
    parameter: str = ""
    layout: str = ""
    """The layout that sets its context; the first that the account sees unless the owner named one."""


@dataclass(frozen=True)
class SessionStart:
    """Makes a session ready."""

    database_url: str
    """`.../databases/NAME`."""
    connect: ConnectionFactory
    judge: Judge
    globals: Mapping[str, str] = field(default_factory=dict[str, str])
    script: StartScript | None = None
    timeout: float = 60.0

    async def apply(self, token: str) -> None:
        """Raises SignInFailed with what the owner has to correct, and Unreachable."""
        async with self.connect() as client:
            client.headers["Authorization"] = f"Bearer {token}"
            if self.globals:
                await self._set_globals(client)
            if self.script is not None:
                await self._run(client, self.script)

    async def _set_globals(self, client: httpx.AsyncClient) -> None:
        names = ", ".join(map(repr, self.globals))
        try:
            await self._asked(client, "PATCH", "/globals", {"globalFields": dict(self.globals)})
        except FileMakerError as error:
            raise _not_ready(
                f"the global fields {names} could not be set: {lowered_first(error.what)}",
                "`globals` has to name global fields as Occurrence::Field, which the account may change.",
                error.code,
            ) from error

    async def _run(self, client: httpx.AsyncClient, script: StartScript) -> None:
        try:
            layout = script.layout or await self._first_layout(client)
            path = f"/layouts/{quote(layout, safe='')}/script/{quote(script.name, safe='')}"
            if script.parameter:
                path += f"?script.param={quote(script.parameter, safe='')}"
            answer = await self._asked(client, "GET", path)
        except FileMakerError as error:
            raise _not_ready(
                f"the script {script.name!r} could not be run: {lowered_first(error.what)}",
                "`on_sign_in` has to name a script that the account may run, and a layout that it sees.",
                error.code,
            ) from error
        code = int(str(answer.get("scriptError") or 0))
        result = answer.get("scriptResult")
        wrong = self.judge(script.name, code, None if result is None else str(result))
        if wrong:
            raise _not_ready(
                f"{script.name!r}: {lowered_first(wrong)}", "A developer has to look at the script.", None
            )

    async def _first_layout(self, client: httpx.AsyncClient) -> str:
        answer = await self._asked(client, "GET", "/layouts")
        name = _first(cast("list[Any]", answer.get("layouts") or []))
        if not name:
            raise _not_ready(
                "the account sees no layout on which its script could run", "Name one in `on_sign_in`.", None
            )
        return name

    async def _asked(
        self, client: httpx.AsyncClient, method: str, path: str, body: object = None
    ) -> JsonObject:
        try:
            response = await client.request(
                method, f"{self.database_url}{path}", json=body, timeout=self.timeout
            )
        except httpx.RequestError as error:
            raise unreachable(error, urlsplit(self.database_url).hostname or "the host") from error
        return opened(response)


def _first(items: list[Any]) -> str:
    """The first layout of a listing, in folders too (section 5.1)."""
    for item in items:
        if item.get("isFolder"):
            name = _first(item.get("folderLayoutNames") or [])
            if name:
                return name
        elif item.get("name") not in (None, "", "-"):
            return str(item["name"])
    return ""


def _not_ready(why: str, advice: str, code: int | None) -> SignInFailed:
    return SignInFailed(
        f"FileMaker let us in, and the session was closed again because it could not be made ready: {why}",
        reason=REASON,
        advice=f"{advice} Nothing was sent in that session.",
        code=code,
    )
