"""The files of one caller: what they exported and sent in, how much room is left, and taking one away."""

from __future__ import annotations

from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ..errors import InputError
from ..local.files_folder import FilesFolder
from ..local.usage import megabytes
from ..pages.forms import FormTooLong, form_of
from .frame import Frame

PATH = "/files"
MOST = 500
"""Files that are listed, the latest first."""


class FilePages:
    def __init__(self, frame: Frame, files: FilesFolder, *, sent_to: str) -> None:
        """`sent_to`: where the form leads by which a person sends a file in; empty where they may not."""
        self._frame = frame
        self._files = files
        self._sent_to = sent_to

    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, self._listed), Route(PATH, self._removed, methods=["POST"])]

    async def _listed(self, request: Request) -> Response:
        found = await to_thread.run_sync(self._files.contents.listed)
        found += await self._files.elsewhere()
        latest = sorted(found, key=lambda file: file.written, reverse=True)
        return self._frame.page(
            request,
            "files.html",
            "Files",
            files=latest[:MOST],
            count=len(found),
            held=megabytes(sum(file.size for file in found)),
            quota=megabytes(self._files.quota or 0),
            megabytes=megabytes,
            address=_address,
            sent_to=self._sent_to,
        )

    async def _removed(self, request: Request) -> Response:
        refused = self._frame.refused(request)
        if refused is not None:
            return refused
        try:
            name = (await form_of(request)).get("name", "")
            await self._files.bring(name)
            path = await to_thread.run_sync(self._files.contents.inside, name)
            await self._files.removed(path.name)
            await to_thread.run_sync(path.unlink)
        except (FormTooLong, InputError, FileNotFoundError):
            return self._frame.not_there(request)
        return RedirectResponse(PATH, 303)


def _address(name: str) -> str:
    return f"{PATH}/{quote(name, safe='')}"
