"""Keys for agents without a person: shown once, kept as a digest, good until they expire or are revoked."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Protocol

from ..caller import KEYS
from ..errors import InputError
from ..local.state.state import Row, State, Transaction
from .caller_identity import Identity
from .epoch import KNOWN_SECONDS, EpochWatch, raise_epoch
from .scopes import Scope

PREFIX = "fm_live_"
OF_KEY = "key "
"""Before its name: what a key is instead of a grant."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
DAY = 24 * 3600.0
BREAK_GLASS_DAYS = 1 / 24
"""For how long a key for an emergency is good: an hour. All others are good for a day at the least."""
EMERGENCY = "emergency"
"""The claim of whoever comes with such a key."""
USED_EVERY = 3600.0
MOST_KNOWN = 1_000
COUNTS = "caller_key.epoch >= COALESCE((SELECT since FROM epoch), 0)"
SEALED = ("name", "digest", "scopes", "networks", "owner", "made", "expires", "revoked", "epoch")
"""What the seal of a key covers: all but when it was used."""
KEY = f"SELECT caller_key.*, {COUNTS} AS counts FROM caller_key"


@dataclass(frozen=True, slots=True)
class CallerKey:
    """One key, without itself."""

    name: str
    scopes: frozenset[str]
    networks: tuple[str, ...]
    owner: str
    """The person who agrees for it; empty for none."""
    made: float
    expires: float | None
    revoked: float | None
    used: float | None
    counts: bool
    """Whether it was made since a copy of the state was last put back."""
    is_sealed: bool = True
    """Whether its row carries the seal of this server. What another program wrote is no key, and gives nothing."""

    @property
    def is_for_an_emergency(self) -> bool:
        return self.expires is not None and self.expires - self.made < DAY / 2

    def is_good(self, now: float) -> bool:
        return (
            self.is_sealed
            and self.counts
            and self.revoked is None
            and (self.expires is None or now < self.expires)
        )


class KeySeal(Protocol):
    """Keyed digests whose key is not in the state."""

    def of_caller_key(self, values: list[str]) -> str: ...

    def holds(self, seal: object, expected: str) -> bool: ...


class CallerKeys:
    """`state` and `seal` are asked for when they are needed. Times are seconds since 1970."""

    def __init__(self, state: Callable[[], State], seal: Callable[[], KeySeal]) -> None:
        self._state = state
        self._seal = seal

    async def add(
        self,
        name: str,
        *,
        scopes: Sequence[str],
        days: float | None,
        networks: Sequence[str],
        owner: str,
        now: float,
        written_down: Callable[[Transaction], Awaitable[None]] | None = None,
    ) -> str:
        """The key itself, which nobody can show again. `written_down`: what else is to be kept of it, or the key is not made.
        Raises InputError for a name that was used, and for what does not fit."""
        if not NAME.fullmatch(name):
            raise InputError(f"{name!r} is no name for a key: letters, digits and . _ - make one")
        if Scope.DELETE in scopes and not owner:
            raise InputError(
                "A key that may delete needs a person who answers for it", advice="Name them with --owner."
            )
        for network in networks:
            try:
                ip_network(network)
            except ValueError:
                raise InputError(f"{network!r} is no address and no network such as 10.0.0.0/24") from None
        token = PREFIX + secrets.token_urlsafe(32)
        async with self._state().writing() as transaction:
            # One that ended with a copy that was put back is still that agent's, and may be made anew.
            await transaction.execute(
                f"DELETE FROM caller_key WHERE name = ? AND revoked IS NULL AND NOT {COUNTS}", name
            )
            if await transaction.row("SELECT 1 AS here FROM caller_key WHERE name = ?", name) is not None:
                raise InputError(
                    f"There is, or was, a key {name!r}",
                    advice="Take another name: the journal tells keys apart by it.",
                )
            epoch = await transaction.row("SELECT number FROM epoch")
            made: dict[str, object] = {
                "name": name, "digest": digest_of(token), "scopes": " ".join(sorted(scopes)), "networks": " ".join(networks),
                "owner": owner, "made": float(now), "expires": None if days is None else float(now + days * DAY),
                "revoked": None, "epoch": 0 if epoch is None else epoch["number"],
            }  # fmt: skip
            made["seal"] = self._seal_of(made)
            transaction.put(
                f"INSERT INTO caller_key ({', '.join(made)}) VALUES ({', '.join('?' * len(made))})",
                *made.values(),
            )
            if written_down is not None:
                await written_down(transaction)
        return token

    async def all(self) -> list[CallerKey]:
        return [self._read(row) for row in await self._state().rows(f"{KEY} ORDER BY name")]

    async def revoke(self, name: str, now: float) -> bool:
        """Whether there was such a key that was good until now."""
        async with self._state().writing() as transaction:
            row = await transaction.row(f"{KEY} WHERE name = ? AND revoked IS NULL", name)
            if row is not None:
                is_sealed = self._read(row).is_sealed
                seal = (
                    self._seal_of({name: row[name] for name in SEALED} | {"revoked": float(now)})
                    if is_sealed
                    else row["seal"]
                )
                transaction.put(
                    "UPDATE caller_key SET revoked = ?, seal = ? WHERE name = ?", float(now), seal, name
                )
            raise_epoch(transaction)
        return row is not None

    async def key_of(self, digest: str) -> CallerKey | None:
        row = await self._state().row(f"{KEY} WHERE digest = ?", digest)
        return None if row is None else self._read(row)

    async def altered(self) -> list[str]:
        """Names of rows that are no key of this server's: another program wrote them, or another seal key sealed them."""
        return [key.name for key in await self.all() if not key.is_sealed]

    def _seal_of(self, row: Mapping[str, object]) -> str:
        return self._seal().of_caller_key([repr(row[name]) for name in SEALED])

    def _read(self, row: Row) -> CallerKey:
        if not self._seal().holds(row["seal"], self._seal_of({name: row[name] for name in SEALED})):
            name = row["name"] if isinstance(row["name"], str) else repr(row["name"])
            return CallerKey(name, frozenset(), (), "", 0.0, None, None, None, counts=False, is_sealed=False)
        return CallerKey(
            name=row["name"],
            scopes=frozenset(str(row["scopes"]).split()),
            networks=tuple(str(row["networks"]).split()),
            owner=row["owner"],
            made=row["made"],
            expires=row["expires"],
            revoked=row["revoked"],
            used=row["used"],
            counts=bool(row["counts"]),
        )

    async def note_use(self, name: str, now: float) -> None:
        async with self._state().writing() as transaction:
            transaction.put("UPDATE caller_key SET used = ? WHERE name = ?", now, name)


class KeyVerifier:
    """Knows keys."""

    def __init__(
        self, keys: CallerKeys, now: Callable[[], float], steady: Callable[[], float], watch: EpochWatch
    ) -> None:
        """`steady` is a clock that nobody sets."""
        self._keys = keys
        self._now = now
        self._steady = steady
        self._watch = watch
        self._epoch = -1
        self._known: dict[str, tuple[float, CallerKey | None]] = {}

    async def verify(self, token: str) -> Identity | None:
        if not token.startswith(PREFIX) or len(token) > 200 or not token.isascii():
            return None
        key = await self._looked_up(digest_of(token))
        if key is None or not key.is_good(self._now()):
            return None
        claims: dict[str, object] = {"owner": key.owner} if key.owner else {}
        if key.is_for_an_emergency:
            claims[EMERGENCY] = "true"
        return Identity(
            KEYS, key.name, key.name, key.scopes, claims, f"{OF_KEY}{key.name}", networks=key.networks
        )

    async def stands(self, identity: Identity) -> bool:
        """Whether the key by which somebody was let in would let them in now; True for whoever came with something else."""
        if identity.issuer != KEYS:
            return True
        await self._forget_what_was_ended()
        known = (key for _, key in self._known.values() if key is not None)
        if any(key.name == identity.subject and key.is_good(self._now()) for key in known):
            return True
        return any(key.is_good(self._now()) for key in await self._keys.all() if key.name == identity.subject)

    async def _forget_what_was_ended(self) -> None:
        epoch = await self._watch.number()
        if epoch != self._epoch:
            self._known.clear()
            self._epoch = epoch

    async def _looked_up(self, digest: str) -> CallerKey | None:
        """One that is known stays so while nothing is ended, and one that is not for four seconds: it may be made meanwhile."""
        await self._forget_what_was_ended()
        asked, key = self._known.get(digest, (float("-inf"), None))
        if self._steady() - asked < (KNOWN_SECONDS if key is None else USED_EVERY):
            return key
        if len(self._known) >= MOST_KNOWN:  # guessing fills it with nothing
            self._known.clear()
        epoch, asked = self._epoch, self._steady()
        key = await self._keys.key_of(digest)
        if epoch == self._epoch:  # nobody heard of an ending meanwhile
            self._known[digest] = (asked, key)
        now = self._now()
        if key is not None and key.is_good(now) and (key.used is None or now - key.used > USED_EVERY):
            await self._keys.note_use(key.name, now)
        return key


def is_emergency(identity: Identity) -> bool:
    """Whether somebody came with a key for an emergency."""
    return identity.issuer == KEYS and EMERGENCY in identity.claims


def digest_of(token: str) -> str:
    """A key has 256 random bits, so that a plain digest gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()
