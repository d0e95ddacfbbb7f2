"""A caller's own files over HTTP: sent away with their token, fetched with it, or by their person on a page."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..callers.caller_identity import Identity
from ..errors import FilemakerMcpError, Forbidden, InputError
from ..local.files_folder import FilesFolder
from ..local.unfinished_file import UnfinishedFile, unfinished_file
from ..pages.forms import is_from_its_page
from ..pages.headers import HEADERS
from ..pages.html import Html
from ..pages.page_language import Language
from .folder_room import FolderRoom, Upload

PATH = "/files"
UPLOAD_SECONDS = 600.0
SILENT_SECONDS = 30.0
"""Between two pieces of an upload."""
ATTACHED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class CallerFolder:
    """One caller's files, and how those that come in are remembered."""

    files: FilesFolder
    quota: int
    """Bytes of all of them together."""
    may_send: bool
    """Whether they may change anything at all: for nothing else are files sent in."""
    came_in: Callable[[str], Awaitable[None]]
    """A file of this digest (SHA-256) came from outside: whoever reads it reads what outsiders wrote."""


class FolderDesk(Protocol):
    async def folder_of(self, identity: Identity) -> CallerFolder:
        """Raises Forbidden for whoever may not call."""
        ...


Proof = Callable[[Request], Awaitable[Identity | Response]]
"""Whom a request proves, or what it is answered instead."""


@dataclass(frozen=True)
class CallerFiles:
    """A token fetches and sends files. A browser's person gets a page with a button, so that no preview and no link that was
    sent around fetches anything. A cookie never sends a file in, and a token never opens the page."""

    token: Proof
    person: Proof | None
    """None where nobody signs in with a browser."""
    desk: FolderDesk
    origin: str
    html: Html = field(default_factory=lambda: Html("/style.css"))
    room: FolderRoom = field(default_factory=FolderRoom)

    def routes(self) -> list[Route]:
        return [Route(f"{PATH}/{{name}}", self._answer, methods=["GET", "PUT", "POST"])]

    async def _answer(self, request: Request) -> Response:
        by_page = (
            self.person is not None and "authorization" not in request.headers and request.method != "PUT"
        )
        if request.method == "POST" and not (by_page and is_from_its_page(request, self.origin)):
            return PlainTextResponse("The answer did not come from a page of this server.", 403, HEADERS)
        proof = self.person if by_page and self.person is not None else self.token
        identity = await proof(request)
        if isinstance(identity, Response):
            return identity
        try:
            folder = await self.desk.folder_of(identity)
            name = request.path_params["name"]
            if request.method == "PUT":
                if not folder.may_send:
                    raise Forbidden("You may read here, and send no files in", advice="Nothing is kept.")
                return await self._taken(request, folder, name)
            await folder.files.bring(name)
            if by_page and request.method != "POST":
                return await to_thread.run_sync(
                    _page, self.html, self.html.language(request), folder.files, name
                )
            return await to_thread.run_sync(_given, folder.files, name)
        except Forbidden as error:
            return PlainTextResponse(str(error), 403, HEADERS)
        except InputError as error:
            return PlainTextResponse(str(error), 404 if request.method == "GET" else 422, HEADERS)
        except FilemakerMcpError as error:
            return PlainTextResponse(str(error), 503, HEADERS)

    async def _taken(self, request: Request, folder: CallerFolder, name: str) -> Response:
        files = folder.files
        files.check_type(name)
        files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        async with self.room.upload(files.folder, folder.quota) as upload:
            with unfinished_file(files.folder) as file:
                return await self._whole(request, folder, name, file, upload)

    async def _whole(
        self, request: Request, folder: CallerFolder, name: str, file: UnfinishedFile, upload: Upload
    ) -> Response:
        files = folder.files
        digest = hashlib.sha256()
        try:
            with anyio.fail_after(UPLOAD_SECONDS), file.path.open("wb") as sink:
                async for piece in _pieces(request):
                    upload.takes(len(piece))
                    if upload.size > files.limit or upload.left < 0:
                        return _too_long(files.limit, folder.quota, upload)
                    digest.update(piece)
                    await to_thread.run_sync(sink.write, piece)
        except (TimeoutError, ClientDisconnect):
            return PlainTextResponse("The file did not come to its end in time; nothing is kept.", 408)
        try:  # exports may have come beside it
            await to_thread.run_sync(files.check_room, upload.size)
        except InputError as beyond:
            return PlainTextResponse(str(beyond), 413)
        sha256 = digest.hexdigest()
        await folder.came_in(sha256)
        path = await to_thread.run_sync(_kept, files, file, name)
        try:
            path = await files.keep(path)
        except InputError as beyond:  # the quota, over all servers
            return PlainTextResponse(str(beyond), 413)
        upload.is_kept = True
        facts = {"file": path.name, "sha256": sha256, "bytes": upload.size}
        return JSONResponse(facts, 201, {"Location": f"{PATH}/{quote(path.name, safe='')}"})


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    stream = request.stream().__aiter__()
    while True:
        try:
            with anyio.fail_after(SILENT_SECONDS):
                piece = await stream.__anext__()
        except StopAsyncIteration:
            return
        yield piece


def _too_long(limit: int, quota: int, upload: Upload) -> Response:
    what = (
        f"A file has at most {limit:,} bytes here."
        if upload.size > limit
        else f"Your files have at most {quota:,} bytes together, and {max(0, upload.left + upload.size):,} are left."
    )
    return PlainTextResponse(f"{what} Nothing is kept.", 413, {"Connection": "close"})


def _kept(files: FilesFolder, file: UnfinishedFile, name: str) -> Path:
    path = file.finished(files.names_for(name))
    if path is None:
        raise InputError(f"The files folder has too many files called {name!r}")
    return path


def _given(files: FilesFolder, name: str) -> Response:
    """As something to be saved, whatever it says that it is: no page of ours, no script, no picture shown in place."""
    path = files.located(name)
    return FileResponse(
        path, media_type="application/octet-stream", filename=path.name, headers=dict(ATTACHED)
    )


def _page(html: Html, language: Language, files: FilesFolder, name: str) -> Response:
    path = files.located(name)
    action = f"{PATH}/{quote(name, safe='')}"
    page = html.page("file.html", language, name=path.name, size=path.stat().st_size, action=action)
    return HTMLResponse(page, headers=HEADERS)
