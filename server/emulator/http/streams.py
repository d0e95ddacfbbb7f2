"""Streaming URLs of container contents: the cookie, the redirect, and who may read (section 10.2)."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
import secrets
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, urlencode

from ..solutions.files import Files
from ..switches import Switches
from .envelope import Answer, page
from .request import Request

COOKIE = "X-FMS-Session-Key"
RC_TYPE = (("RCType", "EmbeddedRCFileProcessor"),)
QUERY = urlencode(RC_TYPE)


@dataclass(frozen=True)
class Stream:
    path: str
    """The only path under which the contents are served."""
    token: str
    file: str
    text: str


class Streams:
    def __init__(self, files: Files) -> None:
        self._files = files
        self._secret = secrets.token_bytes(32)
        self._streams: dict[str, Stream] = {}

    def link(self, request: Request, token: str, file: str, text: str) -> str:
        """The URL of a container's contents for one session. The same contents have the same URL."""
        digest = (
            hmac.new(self._secret, f"{token}\0{file}\0{text}".encode(), hashlib.sha256).hexdigest().upper()
        )
        suffix = PurePosixPath(text).suffix
        name = quote(f"{digest}{suffix}")
        folder = "Streaming_SSL" if request.scheme == "https" else "Streaming"
        path = f"/{folder}/MainDB/{name}"
        self._streams[name] = Stream(path, token, file, text)
        return f"{request.scheme}://{request.host}{path}?{QUERY}"

    def forget(self, token: str) -> None:
        """A session's URLs end with it, unless anyone may read them."""
        self._streams = {name: each for name, each in self._streams.items() if each.token != token}

    def answer(self, request: Request, switches: Switches, relative: bool) -> Answer:
        """302 with a cookie first, then the bytes; 401 for what is over or unknown (section 10.2 [O][U]).

        Another folder than the link's, another `RCType` and no query at all are unknown too (section 10.2 [O]).
        """
        stream = self._streams.get(request.path.rpartition("/")[2])
        if stream is None or stream.path != request.path or request.query != RC_TYPE:
            return page(401, "<html><body>401 Unauthorized</body></html>")
        if COOKIE not in _cookie_names(request.headers.get("cookie", "")):
            place = f"{request.path}?{QUERY}"
            if switches.absolute_location or not relative:
                place = f"{request.scheme}://{request.host}{place}"
            cookie = f"{COOKIE}={secrets.token_hex(16)}; Path=/; HttpOnly"
            return page(302, "", (("Location", place), ("Set-Cookie", cookie)))
        file = self._files.get(stream.file)
        stored = None if file is None else file.containers.get(stream.text)
        if stored is None:
            return page(401, "<html><body>401 Unauthorized</body></html>")
        kind = mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
        return Answer(200, stored.content, content_type=kind, tagged=False)


def _cookie_names(header: str) -> set[str]:
    return {part.partition("=")[0].strip() for part in header.split(";")}
