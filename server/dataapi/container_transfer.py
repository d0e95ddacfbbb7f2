"""Fetching a container's content: a redirect that sets a cookie, then the bytes (section 10.2)."""

from __future__ import annotations

from urllib.parse import unquote, urljoin

import httpx

from ..auth.http_connection import unreachable
from ..auth.sessions.channel import Channel
from ..envelope import not_file_maker
from ..errors import InputError, NotFileMaker
from .record import File

PLACES = ("/Streaming/", "/Streaming_SSL/")
"""Where hosts keep what containers hold (section 10.2 [O])."""


def address_of(text: str, base: httpx.URL) -> str:
    """The address in a container's value, on the configured host: behind a proxy FileMaker may name itself otherwise (section
    10.2 [U]). Raises NotFileMaker for any that does not lead to a file: a GET of ours, sent elsewhere, could run a script."""
    try:
        target = httpx.URL(text).copy_with(scheme=base.scheme, host=base.host, port=base.port, userinfo=b"")
    except httpx.InvalidURL:
        raise _no_file() from None
    return _checked(str(target))


def _checked(url: str) -> str:
    path = unquote(httpx.URL(url).path).replace("\\", "/")
    if not path.startswith(PLACES) or ".." in path.split("/"):
        raise _no_file()
    return url


def _no_file() -> NotFileMaker:
    return NotFileMaker(
        "The field does not hold the address of a file of FileMaker's, so nothing was fetched", status=200
    )


async def stream(channel: Channel, url: str, most: int) -> File:
    """GET with the session's cookies. The first answer is a redirect that sets one (section 10.2 [O])."""
    for _ in range(5):
        request = channel.build_request("GET", url)
        try:
            response = await channel.send(request, stream=True)
        except httpx.RequestError as error:
            raise unreachable(error, request.url.host) from error
        try:
            if response.is_redirect:
                target = urljoin(url, response.headers.get("location", ""))
                if httpx.URL(target).host != httpx.URL(url).host:
                    raise NotFileMaker(
                        "The container's address redirects to another host, which is not followed",
                        status=response.status_code,
                        advice="The FileMaker administrator can look at the host's web server settings.",
                    )
                url = _checked(target)
                continue
            if response.status_code != 200:
                raise not_file_maker(response)
            return await _file(response, most)
        except httpx.RequestError as error:
            channel.worn = True
            raise unreachable(error, request.url.host) from error
        finally:
            await response.aclose()
    raise NotFileMaker("The container's address redirects in a circle", status=302)


async def _file(response: httpx.Response, most: int) -> File:
    declared = int(response.headers.get("content-length") or 0)
    chunks: list[bytes] = []
    size = 0
    if declared <= most:
        async for chunk in response.aiter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > most:
                break
    if max(size, declared) > most:
        raise InputError(f"The file has more than {most:,} bytes, the most that may be read", advice="")
    media_type = response.headers.get("content-type", "application/octet-stream").partition(";")[0]
    return File(name=response.url.path.rpartition("/")[2], media_type=media_type, content=b"".join(chunks))
