"""A console on a workshop's state file, and somebody who visits it: with or without a browser."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import anyio.to_thread

from filemaker_mcp.server.app.console_source import console_sources, opening
from filemaker_mcp.server.app.seat import Seat
from filemaker_mcp.server.changes.plans.stored_plans import filed
from filemaker_mcp.server.config.configuration import configured
from filemaker_mcp.server.config.settings import Settings
from filemaker_mcp.server.console.console import Console
from filemaker_mcp.server.local.places import key_file, user_name
from filemaker_mcp.server.local.state.state_place import StatePlace, is_address
from filemaker_mcp.server.pages.loopback import Loopback

from ..approval.people import Form
from ..assistant import SAMPLE, Assistant
from ..changes.workshop_host import FREE, PLACE, in_workshop
from ..postgres import stored


@dataclass
class Visitor:
    """Follows links and sends forms, as a browser without a script."""

    origin: str
    link: str
    assistant: Assistant
    cookies: CookieJar = field(default_factory=CookieJar)
    page: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])

    async def get(self, path: str, language: str = "") -> int:
        """`language` is what the browser asks for, `Accept-Language`."""
        headers = {"Accept-Language": language} if language else {}
        request = urllib.request.Request(self.origin + path, headers=headers)
        return await anyio.to_thread.run_sync(self._sent, request)

    async def post(self, path: str, fields: Mapping[str, str], origin: str | None = None) -> int:
        data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.origin + path, data, {"Origin": origin or self.origin})
        return await anyio.to_thread.run_sync(self._sent, request)

    @property
    def form(self) -> dict[str, str]:
        return Form(self.page).fields

    def _sent(self, request: urllib.request.Request) -> int:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        try:
            with opener.open(request) as answer:
                self.page, self.headers = (
                    answer.read().decode("utf-8-sig"),
                    {k.lower(): v for k, v in answer.headers.items()},
                )
                return answer.status
        except urllib.error.HTTPError as refused:
            with refused:
                self.page = refused.read().decode()
                return refused.code


@asynccontextmanager
async def console_beside(
    assistant: Assistant, settings: Settings, state: Path, user: str | None = None
) -> AsyncGenerator[Visitor]:
    """The console on the state file of an assistant's server. `user`: whoever looks, if not the assistant's own."""
    await assistant.ask("list_changes")  # now there is a state file
    named = stored({"FILEMAKER_STATE": str(state)})["FILEMAKER_STATE"]
    place = StatePlace(url=named) if is_address(named) else StatePlace(state)
    async with filed(place, key_file()) as files:
        sources = console_sources(Seat.of_owner(settings), opening(assistant.application.workspaces))
        console = Console(files, sources, user=user or user_name(), origin=lambda: server.origin)
        server = Loopback(console.app, console.prepare)
        try:
            yield Visitor(await server.open(), console.link.path, assistant)
        finally:
            await server.close()


@asynccontextmanager
async def visited(
    folder: Path, environment: Mapping[str, str] | None = None, *, user: str | None = None, **more: Any
) -> AsyncGenerator[Visitor]:
    """The same in the workshop."""
    kept = {"FILEMAKER_STATE": str(folder / "state.db"), **(environment or {})}
    settings = configured({**SAMPLE, **PLACE, **FREE, **kept, "FILEMAKER_ACCESS": "delete"})
    async with (
        in_workshop(environment=kept, **more) as assistant,
        console_beside(assistant, settings, folder / "state.db", user) as visitor,
    ):
        yield visitor
