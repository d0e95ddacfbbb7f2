"""Sends one request over a session of the pool, tries again where that is safe, and never repeats a write that may have happened."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar
from urllib.parse import quote

import anyio
import anyio.to_thread
import httpx

from ..auth.clock import Clock
from ..auth.http_connection import NEVER_SENT, unreachable
from ..auth.network.answer_pace import TooSlow
from ..auth.network.bounded_answer import MOST_BYTES
from ..auth.sending import confirmed_by
from ..auth.sessions.channel import RECEIVED, Channel
from ..auth.sessions.session_share import SessionSource
from ..envelope import JsonObject, code_of, read_as, unread
from ..errors import AnswerTooLarge, Changed, InputError, NotFileMaker, OutcomeUnknown, Unreachable
from ..host_errors import Busy, FileMakerError, SessionLost
from ..text.lowered_first import lowered_first
from .api_request import ApiRequest, RequestEffect
from .container_transfer import address_of
from .reserved_words import check_segments

URL_LIMIT = 2000
"""Claris asks to keep URLs within this many characters (section 2.7 [D])."""

T = TypeVar("T")

NOT_LET_THROUGH = (400, 403, 404, 405)
"""What a web server answers to an address that it does not hand on."""
LARGE = 250_000
"""Bytes of an answer beyond which others would wait while it is read."""
PAUSES = (0.2, 1.0)
"""Seconds before the second and third try."""


class Transport:
    """Requests in, the `response` object out. Meters the bytes that the host sent through `on_bytes`."""

    def __init__(
        self,
        pool: SessionSource,
        *,
        base_url: str,
        database: str,
        api: str,
        http: Callable[[], httpx.AsyncClient],
        clock: Clock,
        timeout: float,
        on_bytes: Callable[[int], None],
    ) -> None:
        self._pool = pool
        self._http = http
        self._base = httpx.URL(base_url)
        self._root = f"{base_url}/fmi/data/{api}"
        self.database = database
        self._clock = clock
        self._timeout = timeout
        self._on_bytes = on_bytes

    @property
    def ended_sessions(self) -> int | None:
        """As `Pool.ended_sessions`."""
        return self._pool.ended_sessions

    def remark(self) -> str:
        """As `Pool.remark`."""
        return self._pool.remark()

    @asynccontextmanager
    async def channel(self, *, own: bool = False) -> AsyncGenerator[Channel]:
        """Several requests on one session. `own` opens a session of its own, whose globals and scripts affect nobody else."""
        async with self._pool.own_channel() if own else self._pool.channel() as channel:
            yield channel

    async def send(
        self, request: ApiRequest, read: Callable[[JsonObject], T], channel: Channel | None = None
    ) -> T:
        """What `read` makes of the `response` object. Raises the classes of `errors`. OutcomeUnknown is raised only for what may have
        been carried out; also where FileMaker says that it was, and not what came of it."""
        return await self._sent(request, channel, partial(read_as, read))

    async def body(self, request: ApiRequest) -> bytes:
        """The whole body of a successful answer, not parsed. Raises as `send` does for any other."""
        return await self._sent(request, None, unread)

    async def _sent(
        self, request: ApiRequest, channel: Channel | None, read: Callable[[httpx.Response], T]
    ) -> T:
        for pause in (*PAUSES, None):
            try:
                return await self._attempt(request, channel, read)
            except (Unreachable, Busy) as error:
                if pause is None or not _may_repeat(request, error):
                    raise
            await self._clock.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(
        self, request: ApiRequest, channel: Channel | None, read: Callable[[httpx.Response], T]
    ) -> T:
        if channel is None:
            async with self._pool.channel() as borrowed:
                return await self._once(request, borrowed, read)
        return await self._once(request, channel, read)

    async def _once(self, request: ApiRequest, channel: Channel, read: Callable[[httpx.Response], T]) -> T:
        prepared = channel.build_request(
            request.method,
            self.url(request),
            content=None if request.body is None else json.dumps(request.body, ensure_ascii=False).encode(),
            headers=None if request.body is None else {"Content-Type": "application/json"},
            files=request.files,
        )
        writes = request.effect is not RequestEffect.READS
        if writes:
            confirmed_by(prepared)
        try:
            response = await channel.send(prepared, timeout=request.timeout or self._timeout)
        except httpx.RequestError as error:
            if writes and not isinstance(error, NEVER_SENT):
                slow = isinstance(error, TooSlow)
                raise _unknown(
                    request, "its answer came too slowly to wait for" if slow else "no answer came back"
                ) from error
            raise _never_sent(unreachable(error, prepared.url.host), writes) from error
        except AnswerTooLarge as error:
            self._on_bytes(MOST_BYTES)
            if writes:
                raise _unknown(request, error.what) from error
            raise
        self._on_bytes(response.extensions[RECEIVED])
        return await _answered(request, response, read, writes)

    def url(self, request: ApiRequest) -> str:
        """The address, every name percent-encoded, spaces as %20 (section 2.7)."""
        path = request.path if request.host_level else ("databases", self.database, *request.path)
        check_segments(path)
        address = "/".join((self._root, *(quote(segment, safe="") for segment in path)))
        if request.parameters:
            query = "&".join(
                f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in request.parameters.items()
            )
            address = f"{address}?{query}"
        if len(address) > URL_LIMIT:
            raise InputError(
                f"This request needs an address of {len(address):,} characters and FileMaker takes {URL_LIMIT:,}",
                advice="Nothing was sent. Shorten the name, the script parameter or the sort.",
            )
        return address

    def address_of(self, text: str) -> str:
        """The address of a container's file, on the configured host. Raises NotFileMaker for any other."""
        return address_of(text, self._base)

    async def send_unsigned(
        self, request: ApiRequest, read: Callable[[JsonObject], T], authorization: str | None = None
    ) -> T:
        """A host-level request outside any session: productInfo, databases (section 3)."""
        headers = {"Authorization": authorization} if authorization else {}
        async with self._http() as client:
            try:
                response = await client.request(request.method, self.url(request), headers=headers)
            except httpx.RequestError as error:
                raise unreachable(error, self._base.host) from error
        return read_as(read, response)


async def _answered(
    request: ApiRequest, response: httpx.Response, read: Callable[[httpx.Response], T], writes: bool
) -> T:
    try:
        return await _unhurried(response, read)
    except SessionLost as error:
        if writes:
            raise _unknown(request, "the session was cut while it ran", error.code) from error
        raise
    except NotFileMaker as error:
        if error.status in NOT_LET_THROUGH and (name := _slashed(request)):
            raise _stopped(name, writes) from error
        if writes and (error.status not in (404, 401) or code_of(response) is not None):
            raise _unknown(request, error.what) from error
        raise
    except FileMakerError as error:
        raise _said_for(error, request, writes) from error


async def _unhurried(response: httpx.Response, read: Callable[[httpx.Response], T]) -> T:
    """A large answer is read beside the event loop. It is read to its end: what was done is known by then."""
    if len(response.content) <= LARGE:
        return read(response)
    found: list[T] = []
    with anyio.CancelScope(shield=True):
        found.append(await anyio.to_thread.run_sync(read, response))
    return found[0]


def _slashed(request: ApiRequest) -> str:
    """A name in the path that a web server may take for two, or refuse."""
    return next((segment for segment in request.path if "/" in segment or "\\" in segment), "")


def _stopped(name: str, writes: bool) -> InputError:
    error = InputError(
        f"The web server in front of FileMaker does not let {name!r} through: that name has a slash in it",
        advice="Use another one, or ask a developer to rename it in FileMaker.",
    )
    error.changed = Changed.NOTHING if writes else Changed.UNSAID
    return error


def _may_repeat(request: ApiRequest, error: Unreachable | Busy) -> bool:
    if isinstance(error, Busy):  # 300, 302 to 304: refused before anything happened (section 12)
        return error.code != 307
    if isinstance(error, NotFileMaker):
        return request.effect is RequestEffect.READS and error.status in (502, 503, 504)
    return True  # a write that may have gone out is OutcomeUnknown, which is no Unreachable


def _never_sent(error: Unreachable, writes: bool) -> Unreachable:
    if writes:
        error.changed = Changed.NOTHING
    return error


def _unknown(request: ApiRequest, why: str, code: int | None = None) -> OutcomeUnknown:
    where = "in FileMaker what the script did" if request.effect is RequestEffect.RUNS else "at the record"
    return OutcomeUnknown(
        f"{request.what}: the request went out, but {lowered_first(why)}",
        advice=f"Look {where} before trying again; it is not repeated by itself.",
        code=code,
    )


def _said_for(error: FileMakerError, request: ApiRequest, writes: bool) -> FileMakerError:
    return type(error)(
        f"{request.what}: {lowered_first(error.what)}",
        code=error.code or 0,
        advice=error.advice,
        changed=Changed.NOTHING if writes else Changed.UNSAID,
    )
