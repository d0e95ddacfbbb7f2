"""A caller's own files over HTTP: sent away with their token, fetched with it, or by their person on a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..errors import FilemakerMcpError, Forbidden, InputError
from ..local.files_folder import FilesFolder
from ..pages.forms import is_from_its_page
from ..pages.headers import HEADERS
from ..pages.html import Html
from ..pages.page_language import Language
from .caller_folder import CallerFolder, FolderDesk, Proof
from .file_intake import FileIntake, NotTaken, pieces_of

PATH = "/files"
ATTACHED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


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
    intake: FileIntake = field(default_factory=FileIntake)

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
        try:
            taken = await self.intake.take(pieces_of(request), folder, name)
        except NotTaken as refused:
            closing = {"Connection": "close"} if refused.status == 413 else None
            return PlainTextResponse(str(refused), refused.status, closing)
        facts = {"file": taken.name, "sha256": taken.sha256, "bytes": taken.size}
        return JSONResponse(facts, 201, {"Location": f"{PATH}/{quote(taken.name, safe='')}"})


def _given(files: FilesFolder, name: str) -> Response:
    """As something to be saved, whatever it says that it is: no page of ours, no script, no picture shown in place."""
    path = files.contents.inside(name)
    return FileResponse(
        path, media_type="application/octet-stream", filename=path.name, headers=dict(ATTACHED)
    )


def _page(html: Html, language: Language, files: FilesFolder, name: str) -> Response:
    path = files.contents.inside(name)
    action = f"{PATH}/{quote(name, safe='')}"
    page = html.page("file.html", language, name=path.name, size=path.stat().st_size, action=action)
    return HTMLResponse(page, headers=HEADERS)
