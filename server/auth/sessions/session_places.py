"""Places for FileMaker sessions, shared by all servers on one state: as many as an account, and a host, may have open in all.

A place is taken before a session is opened, and asks nothing more for as long as that session is used. It belongs to a process that the
state knows as alive. What a killed one had is free at once, and the session that it left at FileMaker is logged out by whoever
gets its place, so that there are never more. Of one that was killed while it signed in nobody knows the token: its place is
taken until FileMaker has ended that session by itself, unless nobody would have a place then.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...errors import FilemakerMcpError
from ...local.state.state import Row, State, Transaction
from .place_shares import Held, PlaceShares, Want
from .session import GONE_SECONDS
from .sessions_endpoint import LOGIN_SECONDS

if TYPE_CHECKING:
    from ...local.keys.key_ring import KeyRing
    from ...local.keys.sealed_box import Sealer
    from .pool_places import PoolPlaces

NOW = "((julianday('now') - 2440587.5) * 86400.0)"
"""Seconds since 1970 by the clock of whatever keeps the state."""
HELD = f"SELECT *, box IS NULL AND ABS({NOW} - since) < ? AS may_be_open FROM session_place WHERE host = ?"
WANT_SECONDS = 3.0
"""How long a place is kept in mind for somebody who waits for one and does not ask again."""
STALE = f"ends NOT BETWEEN {NOW} AND {NOW} + {2 * WANT_SECONDS}"
"""Over, or of before the clock was set back."""
LOOK_SECONDS = 1.0
"""Between two looks at who waits for a place, while this process has some."""
PURPOSE = "session places"


@dataclass(slots=True)
class Place:
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    noted: str = field(default="", repr=False)
    """The session's token, as it stands beside the place for whoever comes after this process."""


@dataclass(frozen=True, slots=True)
class LeftSession:
    """What a process that is gone left open at FileMaker."""

    address: str
    token: str = field(repr=False)


class SessionPlaces:
    """Nothing where the state ends with the process."""

    def __init__(
        self, state: Callable[[], State], ring: Callable[[], KeyRing], most_at_host: int | None
    ) -> None:
        """`most_at_host`: sessions at one host over all accounts; None for as many as the accounts may have."""
        self._state = state
        self._ring = ring
        self._most_at_host = most_at_host
        self._pools: list[PoolPlaces] = []
        self._watch: asyncio.Task[None] | None = None
        self._sealer: Sealer | None = None
        self._runner = ""

    @property
    def counts(self) -> bool:
        """Whether anybody else has to be thought of."""
        state = self._state()
        return bool(state.name) and (state.is_shared or self._most_at_host is not None)

    def account(self, *parts: str) -> str:
        """A keyed digest: the state tells nobody's name."""
        key = self._ring().all_derived(PURPOSE)[0]
        return hmac.new(key, json.dumps(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    async def take(self, host: str, me: Want, place: Place) -> list[LeftSession] | None:
        """What has to be logged out before the place is used; None where all are taken, and `me` is kept in mind then. Raises
        StateAway."""
        left, others = await self._try(host, me, place, frozenset())
        if left is None and others:
            state = self._state()
            dead = frozenset([each for each in sorted(others) if not await state.is_alive(each)])
            if dead:
                left, _ = await self._try(host, me, place, dead)
        return left

    async def _try(
        self, host: str, me: Want, place: Place, dead: frozenset[str]
    ) -> tuple[list[LeftSession] | None, frozenset[str]]:
        state = self._state()
        async with state.writing(f"sessions at {host}") as transaction:
            transaction.put(f"DELETE FROM session_want WHERE {STALE}")
            rows, wants = await transaction.several(
                (HELD, (GONE_SECONDS + LOGIN_SECONDS, host)),
                (f"SELECT *, {NOW} AS moment FROM session_want WHERE host = ?", (host,)),
            )
            known = next((_want(row) for row in wants if row["holder"] == me.holder), None)
            shares = PlaceShares(
                [_held(row) for row in rows], [_want(row) for row in wants], self._most_at_host
            )
            asking = known or Want(me.holder, me.account, me.most, float("inf"))
            replaced = shares.replaceable(asking, dead)
            if not replaced and not shares.has_room(asking):
                _put_want(transaction, host, me, state.runner)
                others = {str(row["runner"]) for row in rows} - {state.runner}
                return None, frozenset(others)
            left = self._left_by([row for row in rows if row["id"] in {each.id for each in replaced}])
            transaction.put_many("DELETE FROM session_place WHERE id = ?", [(each.id,) for each in replaced])
            transaction.put("DELETE FROM session_want WHERE holder = ?", me.holder)
            transaction.put(
                "INSERT INTO session_place (id, host, account, holder, runner, since, box)"
                f" VALUES (?, ?, ?, ?, ?, {NOW}, NULL)",
                place.id, host, me.account, me.holder, state.runner,
            )  # fmt: skip
            self._runner = self._runner or state.runner
        return left, frozenset()

    async def note(self, place: Place, address: str = "", token: str = "") -> None:
        """Which session is open there; without one, that one is about to be opened. Where the state is away it is noted at the
        next look."""
        written = json.dumps([address, token]).encode()
        box = self._sealed().seal(written, ("session_place", place.id)) if token else None
        with suppress(FilemakerMcpError):
            async with self._state().writing(place.id) as transaction:
                transaction.put(
                    f"UPDATE session_place SET box = ?, since = {NOW} WHERE id = ?", box, place.id
                )
            place.noted = token

    async def give_back(self, places: Sequence[Place], *, holder: str = "") -> None:
        """Where the state is away they are free once this process is gone. A `holder` that is named wants none any more."""
        with suppress(FilemakerMcpError):
            async with self._state().writing("session places") as transaction:
                transaction.put("DELETE FROM session_want WHERE holder = ?", holder)
                transaction.put_many(
                    "DELETE FROM session_place WHERE id = ?", [(each.id,) for each in places]
                )

    def watch(self, pool: PoolPlaces) -> None:
        """From now on this pool gives up what others need more."""
        if pool not in self._pools:
            self._pools.append(pool)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watched())

    def forget(self, pool: PoolPlaces) -> None:
        if pool in self._pools:
            self._pools.remove(pool)

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    async def _watched(self) -> None:
        """As long as this process has a session."""
        while self._pools:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(FilemakerMcpError):
                wants = await self._state().rows(f"SELECT * FROM session_want WHERE NOT ({STALE})")
                await self._come_back()
                for pool in list(self._pools):
                    await pool.settle()
                    if pool.is_empty:
                        self.forget(pool)
                await self._share(wants)

    async def _come_back(self) -> None:
        """A process that was cut off from the state has another name since then; its places are its own if nobody took them."""
        state = self._state()
        if state.runner == self._runner:
            return
        mine = [place.id for pool in self._pools for place in pool.places]
        kept: set[str] = set()
        async with state.writing("session places") as transaction:
            for each in mine:
                if await transaction.execute(
                    "UPDATE session_place SET runner = ? WHERE id = ?", state.runner, each
                ):
                    kept.add(each)
        self._runner = state.runner
        for pool in self._pools:
            pool.lose({place.id for place in pool.places} - kept)

    async def _share(self, wants: Sequence[Row]) -> None:
        """Gives up what others need more."""
        state = self._state()
        for pool in self._pools:
            pool.owed = 0
        for host in {pool.host for pool in self._pools} & {str(row["host"]) for row in wants}:
            rows = await state.rows(HELD, GONE_SECONDS + LOGIN_SECONDS, host)
            shares = PlaceShares(
                [_held(row) for row in rows],
                [_want(row) for row in wants if row["host"] == host],
                self._most_at_host,
            )
            pools = {pool.holder: pool for pool in self._pools if pool.host == host and pool.lends}
            idle = {holder: pool.idle for holder, pool in pools.items()}
            for holder, count in shares.surplus(idle, frozenset(pools)).items():
                pools[holder].give_up(count)

    def _left_by(self, rows: Sequence[Row]) -> list[LeftSession]:
        left: list[LeftSession] = []
        for row in rows:
            if row["box"] is not None:
                with suppress(FilemakerMcpError, ValueError):  # sealed by a key that is gone
                    box = self._sealed().open(bytes(row["box"]), ("session_place", row["id"]))
                    left.append(LeftSession(*json.loads(box)))
        return left

    def _sealed(self) -> Sealer:
        if self._sealer is None:
            from ...local.keys.sealed_box import Sealer

            self._sealer = Sealer(self._ring(), PURPOSE)
        return self._sealer


def _held(row: Row) -> Held:
    return Held(
        row["id"], row["account"], row["holder"], row["runner"], row["since"], bool(row["may_be_open"])
    )


def _want(row: Row) -> Want:
    return Want(row["holder"], row["account"], row["most"], row["since"])


def _put_want(transaction: Transaction, host: str, me: Want, runner: str) -> None:
    transaction.put(
        "INSERT INTO session_want (holder, host, account, most, runner, since, ends)"
        f" VALUES (?, ?, ?, ?, ?, {NOW}, {NOW} + ?) ON CONFLICT (holder) DO UPDATE SET ends = excluded.ends",
        me.holder, host, me.account, me.most, runner, WANT_SECONDS,
    )  # fmt: skip
