"""Several customers in one process: each has settings, state, keys, journal and files of its own, and is told from the others by
the name by which the server is reached."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
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
from ...http.front_door import Doorway
from ...local.state.state_place import StatePlace
from .caller_servers import CallerServers

LISTENING = (
    "address", "proxies", "certificate", "certificate_key", "connections", "metrics", "log", "drain_seconds",
)  # fmt: skip
"""What the process does once for all of them: the first says it, and the others say the same or nothing."""

POSTGRES_PORT = 5432


class CustomerDoor:
    """Hands each request to the customer by whose name it came, and to nobody else."""

    def __init__(self, customers: Sequence[tuple[Doorway, ASGIApp, CallerServers]]) -> None:
        self._customers = customers
        self._life = Starlette(lifespan=self._live)

    @asynccontextmanager
    async def _live(self, app: Starlette) -> AsyncGenerator[None]:
        async with AsyncExitStack() as until_closed:
            for _, _, servers in self._customers:
                await until_closed.enter_async_context(servers.running())
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._life(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        found = [
            app for doorway, app, _ in self._customers if len(hosts) == 1 and doorway.takes_host(hosts[0])
        ]
        nobody = PlainTextResponse("This server does not answer by that name.", 421, {"Connection": "close"})
        await (found[0] if found else nobody)(scope, receive, send)


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
        _check_whole(file, each)
    for (one, first), (other, second) in combinations(zip(files, customers, strict=True), 2):
        _check_apart(f"{one} and {other}", first, second)
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


def _check_whole(file: Path, settings: Settings) -> None:
    own = {
        "http.public_url": settings.http.public_url,
        "state": settings.state,
        "seal_key": settings.seal_key,
        "files_folder": settings.files_folder,
    }
    missing = next((name for name, value in own.items() if value is None), None)
    if missing is not None:
        raise ConfigurationError(
            f"{file} does not say {missing}", advice="Each customer of one process has one of its own."
        )


def _check_apart(both: str, first: Settings, second: Settings) -> None:
    doorways = [Doorway.public(each.http.public_url or "", ()) for each in (first, second)]
    shared = doorways[0].hosts & doorways[1].hosts
    if shared:
        raise ConfigurationError(f"{both} are reached by the same name {min(shared)}")
    places = [_store(each.state.place()) for each in (first, second) if each.state is not None]
    if places[0] == places[1]:
        raise ConfigurationError(f"{both} have the same state")
    keys = [each.seal_key.resolve().parent for each in (first, second) if each.seal_key is not None]
    if keys[0] == keys[1]:
        raise ConfigurationError(
            f"{both} keep their keys in the same folder {keys[0]}",
            advice="Other keys and what was ended lie beside seal_key, so each customer's has a folder of its own.",
        )
    for one, other in ((first, second), (second, first)):
        folder = _folder(one)
        inside = [_folder(other), *(key.resolve() for key in [other.seal_key] if key is not None)]
        state = None if other.state is None else other.state.place().file
        if any(path.is_relative_to(folder) for path in (*inside, *([state.resolve()] if state else []))):
            raise ConfigurationError(
                f"{both}: what one keeps lies in the files folder of the other, {folder}"
            )


def _store(place: StatePlace) -> object:
    """What two places have in common that are one: the file, whatever leads to it, or server and name of a database."""
    if place.url:
        parts = urlsplit(place.url)
        return (parts.hostname, parts.port or POSTGRES_PORT, parts.path, parts.query)
    if place.file is not None and place.file.exists():
        facts = place.file.stat()
        return (facts.st_dev, facts.st_ino)
    return None if place.file is None else str(place.file.resolve()).casefold()


def _folder(settings: Settings) -> Path:
    return (settings.files_folder or Path()).resolve()
