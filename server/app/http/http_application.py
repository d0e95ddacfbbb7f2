"""Settings in, what serves over HTTP out."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from pydantic import ValidationError

from ...callers.caller_identity import Identity
from ...callers.machine_bearer import MachineBearer
from ...config.configuration import configured
from ...config.http_settings import HttpSettings
from ...config.settings import Settings
from ...errors import ConfigurationError
from ...local.places import bearer_file, user_name
from ..app import shared_parts
from ..sample_server import demo_settings
from ..seat import Seat
from .caller_servers import CallerServers
from .http_service import HttpParts


@contextmanager
def http_parts(
    environment: Mapping[str, str], file: Path | None, address: str, *, demo: bool
) -> Generator[HttpParts]:
    """`address` comes before that of the settings. Raises ConfigurationError for settings that cannot work."""
    if demo:
        with demo_settings(environment) as (settings, emulated):
            yield put_together(at(settings, address), emulated)
    else:
        yield put_together(at(configured(environment, file), address))


def at(settings: Settings, address: str) -> Settings:
    """The settings with another address to listen at."""
    if not address:
        return settings
    try:
        http = HttpSettings.model_validate(settings.http.model_dump() | {"address": address})
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise ConfigurationError(f"--http {address}: {why}") from None
    return settings.model_copy(update={"http": http})


def put_together(
    settings: Settings, emulated: Mapping[str, httpx.AsyncBaseTransport] | None = None
) -> HttpParts:
    if settings.http.public_url is not None:
        raise ConfigurationError(
            "No way of signing in is configured, and without one it serves this machine alone"
        )
    parts = shared_parts(settings, emulated=emulated)
    seat = Seat.of_owner(settings)

    def seat_of(identity: Identity) -> Seat:
        return seat

    servers = CallerServers(parts, seat_of, settings.http.body_limit)
    return HttpParts(settings.http, servers, MachineBearer(bearer_file(), user_name()))
