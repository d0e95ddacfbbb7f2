"""An id token and who keeps one: renewed when its hour is over or a host refuses it, once for all who wait."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..clock import Clock, Moment
from ..single_flight import SingleFlight

MARGIN_SECONDS = 300.0


class IdTokens(Protocol):
    """Where id tokens come from."""

    async def id_token(self, *, refused: str | None = None) -> str:
        """One that holds, and another one than `refused`. Raises SignInFailed or Unreachable."""
        ...

    def reconsider(self) -> None:
        """As `Credentials.reconsider`."""
        ...


@dataclass(frozen=True, slots=True)
class IdToken:
    text: str = field(repr=False)
    life: float
    """Seconds from `since`, as its giver states them."""
    since: Moment

    def holds(self, clock: Clock) -> bool:
        return self.since.age(clock) < self.life - min(MARGIN_SECONDS, self.life / 2)


class KeptIdToken:
    """The last id token of somebody. Fifty callers that need another one at once cause one renewal."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._flight: SingleFlight[IdToken] = SingleFlight()
        self._token: IdToken | None = None

    async def id_token(
        self, refused: str | None, renew: Callable[[], Coroutine[Any, Any, tuple[str, float]]]
    ) -> str:
        """The one kept, while it holds and is not `refused`. Otherwise `renew` gives another and its life in seconds."""
        token = self._token
        if token is not None and token.text != refused and token.holds(self._clock):
            return token.text

        async def renewed() -> IdToken:
            text, life = await renew()
            self._token = IdToken(text, life, Moment.now(self._clock))
            return self._token

        return (await self._flight.join(renewed)).text
