"""What a host refused any of the processes that share the state: a further session, or an account's secret. Nobody asks again
before the time is over, so that several servers knock no more often than one, and lock no account together."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import FilemakerMcpError, SignInFailed
from ..local.state.state import State
from .credentials import Login
from .error_hold import UNTIL_CHANGED, span

if TYPE_CHECKING:
    from ..local.keys.key_ring import KeyRing

NOW = "((julianday('now') - 2440587.5) * 86400.0)"
"""Seconds since 1970 by the clock of whatever keeps the state."""
REFUSED_SECONDS = 300.0
"""How long the other processes believe that a secret is refused: whoever corrects it at FileMaker waits no longer."""
PURPOSE = "refused sign-in"


@dataclass(frozen=True, slots=True)
class Pause:
    left: float
    """Seconds until anybody asks again."""
    seconds: float
    """How long it was in all."""
    code: int | None


class HostPauses:
    """Nothing where the state ends with the process; while it is away each process knows what itself was told."""

    def __init__(self, state: Callable[[], State], ring: Callable[[], KeyRing]) -> None:
        """`ring` keys the digests over secrets."""
        self._state = state
        self._ring = ring

    async def of_host(self, host: str) -> Pause | None:
        """Since when it had no room for another session."""
        return await self._of(f"host {host}")

    async def is_full(self, host: str, seconds: float, code: int | None) -> None:
        await self._put(f"host {host}", seconds, code)

    async def has_room(self, host: str) -> None:
        with suppress(FilemakerMcpError):
            if state := self._named():
                async with state.writing(host) as transaction:
                    transaction.put("DELETE FROM host_pause WHERE place = ?", f"host {host}")

    async def check(self, address: str, login: Login) -> None:
        """Raises SignInFailed for a proof that another process was refused a moment ago. On a file nobody but the person at
        this machine starts processes, and a restart is their word that it may be right now."""
        state = self._named()
        if state is None or not state.is_shared:
            return
        pause = await self._of(self._proof(address, login))
        if pause is not None:
            raise SignInFailed(
                f"FileMaker refused this account or its password {span(pause.seconds - pause.left)} ago, as another server"
                " was told",
                reason="denied",
                code=pause.code,
                retry_after=max(1.0, pause.left),
                advice=f"It is not asked again for {span(pause.left)}, since wrong attempts lock accounts. A password that is"
                " corrected where the settings keep it is used at once.",
            )

    async def refused(self, address: str, login: Login, error: SignInFailed) -> None:
        state = self._named()
        lasting = error.reason in UNTIL_CHANGED
        if state is not None and state.is_shared and (lasting or error.reason == "locked"):
            seconds = REFUSED_SECONDS if lasting else error.retry_after or REFUSED_SECONDS
            await self._put(self._proof(address, login), seconds, error.code)

    def _named(self) -> State | None:
        state = self._state()
        return state if state.name else None

    async def _of(self, place: str) -> Pause | None:
        state = self._named()
        if state is None:
            return None
        with suppress(FilemakerMcpError):
            row = await state.row(
                f"SELECT ends - {NOW} AS left_over, seconds, code FROM host_pause WHERE place = ? AND ends > {NOW}",
                place,
            )
            if row is not None:
                return Pause(row["left_over"], row["seconds"], row["code"] or None)
        return None

    async def _put(self, place: str, seconds: float, code: int | None) -> None:
        with suppress(FilemakerMcpError):
            if state := self._named():
                async with state.writing(place) as transaction:
                    transaction.put(f"DELETE FROM host_pause WHERE ends < {NOW}")
                    transaction.put(
                        f"INSERT INTO host_pause (place, ends, seconds, code) VALUES (?, {NOW} + ?, ?, ?)"
                        " ON CONFLICT (place) DO UPDATE SET ends = excluded.ends, seconds = excluded.seconds,"
                        " code = excluded.code",
                        place, seconds, seconds, code or 0,
                    )  # fmt: skip

    def _proof(self, address: str, login: Login) -> str:
        """A keyed digest: it tells nothing of the secret, and cannot be found by guessing."""
        text = json.dumps([address, dict(login.headers), dict(login.body)], default=str, sort_keys=True)
        key = self._ring().all_derived(PURPOSE)[0]
        return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
