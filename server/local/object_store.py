"""A store of objects that the owner names: S3, Google Cloud Storage, Azure, or a folder. Who may use it says the environment."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, StateAway

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Store

PLAIN = "AWS_ALLOW_HTTP"
"""Set to true it lets a store of this network be asked without TLS, as obstore itself reads it."""
PATIENCE_SECONDS = 20.0
"""How long an object is asked for, tries included."""


class ObjectStore:
    """Everything here raises StateAway where the store does not answer, and ConfigurationError where it cannot be used at all."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def put(self, name: str, content: bytes) -> None:
        try:
            with _told():
                await self._driver.put_async(self._store, name, content)
        except FileNotFoundError as error:
            raise StateAway("the object store of callers' files has no such bucket or folder") from error

    async def get(self, name: str) -> bytes:
        """Raises FileNotFoundError where there is none."""
        with _told():
            answer = await self._driver.get_async(self._store, name)
            return bytes(await answer.bytes_async())

    async def delete(self, name: str) -> None:
        """Nothing where there is none."""
        with _told(), suppress(FileNotFoundError):
            await self._driver.delete_async(self._store, name)

    @cached_property
    def _driver(self) -> Any:
        try:
            import obstore  # where one is named: nobody else pays for it
        except ImportError:
            raise ConfigurationError(
                "Files of callers are in an object store, and its driver is not installed",
                advice="Install filemaker-mcp[objects], or take `http.objects` out.",
            ) from None
        return obstore

    @cached_property
    def _store(self) -> Store:
        self._driver  # noqa: B018 -- said in words where it is missing
        from obstore.store import from_url

        if self._address.startswith("file:"):
            return from_url(self._address)
        patience = timedelta(seconds=PATIENCE_SECONDS)
        return from_url(
            self._address,
            client_options={
                "timeout": patience,
                "connect_timeout": timedelta(seconds=5),
                "allow_http": os.environ.get(PLAIN, "").lower()
                == "true",  # options given here replace those of the environment
            },
            retry_config={"max_retries": 3, "retry_timeout": patience},
        )


@contextmanager
def _told() -> Generator[None]:
    """The driver's own words may hold an address with its query, and go nowhere."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise StateAway("the object store of callers' files does not answer") from error
    except Exception as error:
        if not type(error).__module__.startswith("obstore"):
            raise
        raise StateAway(f"the object store of callers' files answered {type(error).__name__}") from error
