"""What can go wrong with one exchange. `processed` says whether the host has done the work by then."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import Annotated, Protocol

from pydantic import Field
from starlette.types import Message

from ..http.envelope import failure
from ..refusal import Refusal
from .exchange import Exchange

HeaderText = Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")]
"""What may stand in a header."""


class Effect(Protocol):
    async def apply(self, exchange: Exchange) -> None: ...


@dataclass(frozen=True)
class Delay:
    """Wait on the emulated clock: before the host looks at the request, or before its answer goes out."""

    seconds: Annotated[float, Field(ge=0)]
    processed: bool = False

    async def apply(self, exchange: Exchange) -> None:
        if not self.processed:
            await exchange.clock.sleep(self.seconds)
            await exchange.forward()
            return
        captured = await exchange.capture()
        await exchange.clock.sleep(self.seconds)
        for message in captured.messages:
            await exchange.send(message)


@dataclass(frozen=True)
class Drop:
    """Close the connection without an answer. `reset` tears it down instead."""

    processed: bool = False
    reset: bool = False

    async def apply(self, exchange: Exchange) -> None:
        await (exchange.capture() if self.processed else exchange.drain())
        await exchange.drop(reset=self.reset)


@dataclass(frozen=True)
class Hang:
    """Never answer, so that the client's own time-out ends it."""

    processed: bool = False

    async def apply(self, exchange: Exchange) -> None:
        await (exchange.capture() if self.processed else exchange.drain())
        await exchange.hang()


@dataclass(frozen=True)
class Cut:
    """Process the request, then send that many bytes of the answer's body and close."""

    kept: int = 10

    async def apply(self, exchange: Exchange) -> None:
        await exchange.cut(await exchange.capture(), self.kept)


@dataclass(frozen=True)
class Drip:
    """Process the request, then answer with so many bytes of the body at a time, and so many seconds of the emulated clock between."""

    size: Annotated[int, Field(ge=1)] = 1
    seconds: Annotated[float, Field(ge=0)] = 5

    async def apply(self, exchange: Exchange) -> None:
        await exchange.drip(await exchange.capture(), self.size, self.seconds)


@dataclass(frozen=True)
class Page:
    """An answer that does not come from the host: of a web server, a proxy, a captive portal.

    502 and 503 with HTML are what a stopped Data API looks like (section 2.1); 200 with HTML is a proxy's page.
    """

    status: Annotated[int, Field(ge=200, le=599)] = 502
    body: str = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
    content_type: HeaderText = "text/html"
    location: HeaderText | None = None
    """Makes it a redirect, as by a log-in portal on another host."""
    processed: bool = False
    """The host did the work and its answer was lost behind the proxy."""

    async def apply(self, exchange: Exchange) -> None:
        await (exchange.capture() if self.processed else exchange.drain())
        location = () if self.location is None else ((b"location", self.location.encode()),)
        await exchange.answer(self.status, self.body.encode(), self.content_type, location)


@dataclass(frozen=True)
class Refuse:
    """FileMaker's own refusal by code, with the words and the HTTP status that the code has (section 12).

    956 and 812 are a full host, 953 a used-up data limit, 301 a lock, 952 a token that has ended.
    """

    code: int
    processed: bool = False

    async def apply(self, exchange: Exchange) -> None:
        await (exchange.capture() if self.processed else exchange.drain())
        answer = failure(Refusal(self.code))
        await exchange.answer(answer.status, answer.body, answer.content_type)


@dataclass(frozen=True)
class WrongDate:
    """Answer with a `Date` that is off by so much, as a host with a wrong clock does."""

    offset: timedelta

    async def apply(self, exchange: Exchange) -> None:
        wrong = format_datetime((exchange.clock.now() + self.offset).astimezone(UTC), usegmt=True).encode()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (name, value) for name, value in message.get("headers", []) if name.lower() != b"date"
                ]
                message = {**message, "headers": [*kept, (b"date", wrong)]}
            await exchange.send(message)

        await exchange.app(exchange.scope, exchange.receive, send)


@dataclass(frozen=True)
class Act:
    """Do something to the host just before, or just after, it processes the request."""

    action: Callable[[], object]
    """May be a coroutine function."""
    processed: bool = False

    async def apply(self, exchange: Exchange) -> None:
        if not self.processed:
            await self._run()
            await exchange.forward()
            return
        captured = await exchange.capture()
        await self._run()
        for message in captured.messages:
            await exchange.send(message)

    async def _run(self) -> None:
        pending = self.action()
        if inspect.isawaitable(pending):
            await pending
