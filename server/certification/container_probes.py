"""Containers: up, down, and who may fetch what is in them (section 10)."""

from __future__ import annotations

from typing import cast
from urllib.parse import urljoin, urlsplit

import httpx

from .behaviour import Behaviour, NotSeen
from .feature_probes import NO, YES
from .line import Answer, Line
from .scratch import Scratch
from .session_probes import another_session

CONTENT = bytes(range(256))


async def _filled(scratch: Scratch) -> str:
    """The id of a record whose container holds CONTENT. Raises NotSeen where that cannot be."""
    record = await scratch.create()
    path = (*scratch.record_path(record), "containers", scratch.needed("container"), "1")
    answer = await scratch.first.ask("POST", path, file=("fmcertify.bin", CONTENT))
    if answer.code:
        raise NotSeen(f"the upload was refused: {answer.verdict}")
    return record


async def _address(scratch: Scratch, record: str, line: Line) -> str:
    """On the host of the settings: behind a proxy FileMaker may name itself otherwise (section 10.2 [U])."""
    fields = cast("dict[str, object]", (await scratch.record(record, line))["fieldData"])
    told, base = httpx.URL(str(fields.get(scratch.needed("container"), ""))), httpx.URL(line.host.base_url)
    if not told.path.startswith("/Streaming"):
        raise NotSeen("the container's value is no address of a stream")
    return str(told.copy_with(scheme=base.scheme, host=base.host, port=base.port))


async def _get(line: Line, url: str) -> Answer:
    return await line.fetch(line.client.build_request("GET", url))


async def _fetched(line: Line, url: str) -> Answer:
    """As a client with cookies follows it."""
    answer = await _get(line, url)
    for _ in range(4):
        place: str = answer.headers.get("location", "")
        if answer.status not in (301, 302, 303, 307) or not place:
            break
        url = urljoin(url, urlsplit(urljoin(url, place))._replace(scheme="", netloc="").geturl())
        answer = await _get(line, url)
    return answer


async def _round_trip(scratch: Scratch) -> str:
    record = await _filled(scratch)
    answer = await _fetched(scratch.first, await _address(scratch, record, scratch.first))
    return "the same bytes" if answer.body == CONTENT else f"HTTP {answer.status}"


async def _redirect(scratch: Scratch) -> str:
    record = await _filled(scratch)
    url = await _address(scratch, record, scratch.first)
    scratch.first.client.cookies.clear()
    answer = await _get(scratch.first, url)
    cookie = "with a cookie" if "set-cookie" in answer.headers else "without a cookie"
    return f"{answer.status} {cookie}"


async def _location(scratch: Scratch) -> str:
    record = await _filled(scratch)
    url = await _address(scratch, record, scratch.first)
    scratch.first.client.cookies.clear()
    place: str = (await _get(scratch.first, url)).headers.get("location", "")
    if not place:
        raise NotSeen("the host does not redirect the fetching of a container")
    return YES if urlsplit(place).netloc else NO


async def _links_end(scratch: Scratch) -> str:
    record = await _filled(scratch)
    async with another_session(scratch) as other:
        url = await _address(scratch, record, other)
        before = await _fetched(other, url)
    if before.status != 200:
        raise NotSeen("the container could not be fetched")
    other.token = ""
    return NO if (await _fetched(other, url)).body == CONTENT else YES


async def _no_part(scratch: Scratch) -> str:
    record = await scratch.create()
    path = (*scratch.record_path(record), "containers", scratch.needed("container"), "1")
    url = scratch.first.host.address(path, {}, at_host=False)
    headers = {"Authorization": f"Bearer {scratch.first.token}"}
    request = scratch.first.client.build_request(
        "POST", url, headers=headers, files={"other": ("a.txt", b"a")}
    )
    return (await scratch.first.fetch(request)).verdict


async def _emptied(scratch: Scratch) -> str:
    record = await _filled(scratch)
    container = scratch.needed("container")
    answer = await scratch.edit(record, {container: ""})
    return (
        answer.verdict
        if answer.code
        else "empty"
        if not await scratch.value(record, container)
        else "still full"
    )


CONTAINERS = (
    Behaviour("round_trip", "10.2", "A file put into a container and fetched", _round_trip, "the same bytes"),
    Behaviour("redirect", "10.2", "The first fetch of a container", _redirect, "302 with a cookie"),
    Behaviour("no_part", "10.1", "An upload without its part", _no_part, "960, HTTP 400"),
    Behaviour("emptied", "10.1", "A container emptied by an edit", _emptied, "empty"),
    Behaviour("absolute_location", "10.2", "The redirect names the whole address", _location),
    Behaviour("links_end", "10.2", "A container's address ends with the session that read it", _links_end),
)
