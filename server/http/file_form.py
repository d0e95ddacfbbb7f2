"""A file that a person sends in on their page, where they have no program that could."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from anyio import ClosedResourceError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ..errors import FilemakerMcpError, Forbidden
from ..pages.forms import is_from_its_page
from ..pages.headers import HEADERS
from ..pages.html import Html
from ..text.sentence import marked
from .caller_folder import FolderDesk, Proof
from .file_intake import FileIntake, NotTaken, pieces_of

PATH = "/upload"
FIELD = "file"
AROUND = 10_000
"""Bytes of a form around its file."""
PIECE = 65_536


@dataclass(frozen=True)
class FileForm:
    """`person` is asked by their browser's cookie, and the form has to come from a page of `origin`. The same bounds and the same mark hold
    as for what a program sends."""

    person: Proof
    desk: FolderDesk
    intake: FileIntake
    origin: str
    html: Html
    leads_to: str
    """The page of their files."""

    def routes(self) -> list[Route]:
        return [Route(PATH, self._answer, methods=["POST"])]

    async def _answer(self, request: Request) -> Response:
        if not is_from_its_page(request, self.origin):
            return self._told(request, 403, marked("The answer did not come from this page."))
        identity = await self.person(request)
        if isinstance(identity, Response):
            return identity
        try:
            folder = await self.desk.folder_of(identity)
            if not folder.may_send:
                raise Forbidden("You may read here, and send no files in", advice="Nothing is kept.")
            upload = await _uploaded(request, folder.files.limit + AROUND)
            try:
                await self.intake.take(_read(upload), folder, upload.filename or "")
            finally:
                await upload.close()
        except NotTaken as refused:
            return self._told(request, refused.status, str(refused))
        except Forbidden as error:
            return self._told(request, 403, str(error))
        except FilemakerMcpError as error:
            return self._told(request, 422, str(error))
        return RedirectResponse(self.leads_to, 303, HEADERS)

    def _told(self, request: Request, status: int, words: str) -> Response:
        language = self.html.language(request)
        told, stays_english = language.told(words)
        facts = {"heading": language.text(marked("The file was not taken")), "words": told}
        page = self.html.page("message.html", language, **facts, stays_english=stays_english, action=None)
        return HTMLResponse(page, status, HEADERS | ({"Connection": "close"} if status in (408, 413) else {}))


async def _uploaded(request: Request, most: int) -> UploadFile:
    """Raises NotTaken."""

    async def bounded() -> AsyncGenerator[bytes]:
        size = 0
        async for piece in pieces_of(request):
            size += len(piece)
            if size > most:
                raise NotTaken(413, f"A file has at most {most - AROUND:,} bytes here. Nothing is kept.")
            yield piece

    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise NotTaken(415, "This takes the form of the page of files alone. Nothing is kept.")
    try:
        form = await MultiPartParser(request.headers, bounded(), max_files=1, max_fields=0).parse()
    except (TimeoutError, ClientDisconnect, ClosedResourceError):
        raise NotTaken(408, "The file did not come to its end in time; nothing is kept.") from None
    except MultiPartException:
        raise NotTaken(400, "The form could not be read. Nothing is kept.") from None
    sent = form.get(FIELD)
    if not isinstance(sent, UploadFile) or not sent.filename:
        await form.close()
        raise NotTaken(422, "No file was chosen. Nothing is kept.")
    return sent


async def _read(upload: UploadFile) -> AsyncIterator[bytes]:
    while piece := await upload.read(PIECE):
        yield piece
