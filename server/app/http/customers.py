"""Several customers in one process: each has settings, state, keys, journal and files of its own, and is told from the others by
the name by which the server is reached."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ...config.configuration import configured
from ...config.settings import Settings
from ...errors import ConfigurationError
from ...http.customer_name import serving
from ...http.front_door import Doorway
from .caller_servers import CallerServers
from .customer_checks import check_apart, check_whole

LISTENING = (
    "address", "proxies", "certificate", "certificate_key", "connections", "metrics", "log", "drain_seconds",
)  # fmt: skip
"""What the process does once for all of them: the first says it, and the others say the same or nothing."""


@dataclass(frozen=True)
class Customer:
    name: str
    """As log and figures tell them apart."""
    doorway: Doorway
    app: ASGIApp
    servers: CallerServers

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        async with AsyncExitStack() as until_closed:
            with serving(self.name):
                await until_closed.enter_async_context(self.servers.running())
            yield
            with serving(self.name):
                await until_closed.aclose()


class CustomerDoor:
    """Hands each request to the customer by whose name it came, and to nobody else. What a platform looks at by an address, the
    first one answers."""

    def __init__(self, customers: Sequence[Customer]) -> None:
        self._customers = customers
        self._life = Starlette(lifespan=self._live)

    @asynccontextmanager
    async def _live(self, app: Starlette) -> AsyncGenerator[None]:
        async with AsyncExitStack() as until_closed:
            for each in self._customers:
                await until_closed.enter_async_context(each.running())
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._life(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        for each in self._customers:
            if len(hosts) == 1 and each.doorway.takes_host(hosts[0], scope["path"]):
                with serving(each.name):
                    await each.app(scope, receive, send)
                return
        nobody = PlainTextResponse("This server does not answer by that name.", 421, {"Connection": "close"})
        await nobody(scope, receive, send)


def name_of(public_url: str | None) -> str:
    """The host by which a customer is reached."""
    return urlsplit(public_url or "").netloc


def customer_settings(environment: Mapping[str, str], files: Sequence[Path]) -> list[Settings]:
    """One for each file. Raises ConfigurationError where two of them would share anything."""
    ours = next(
        (name for name, value in environment.items() if name.upper().startswith("FILEMAKER_") and value), None
    )
    if ours is not None:
        raise ConfigurationError(
            f"{ours} is set, and would hold for every customer",
            advice="Put it into the file of the customer it is for. Secrets have variables of other names.",
        )
    customers = [configured(environment, file) for file in files]
    for file, each in zip(files, customers, strict=True):
        check_whole(file, each)
    for (one, first), (other, second) in combinations(zip(files, customers, strict=True), 2):
        check_apart(f"{one} and {other}", first, second)
    for file, each in list(zip(files, customers, strict=True))[1:]:
        said = each.http.model_fields_set & set(LISTENING)
        differs = [
            name for name in sorted(said) if getattr(each.http, name) != getattr(customers[0].http, name)
        ]
        if differs:
            raise ConfigurationError(
                f"{file} says http.{differs[0]}, which the process has once for all customers",
                advice=f"Leave it to {files[0]}.",
            )
    return customers
