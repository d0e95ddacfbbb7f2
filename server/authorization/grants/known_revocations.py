"""Whose access was ended, without asking for it in each call."""

from __future__ import annotations

from collections.abc import Sequence

from ...callers.caller_identity import Identity, TokenVerifier
from ...callers.caller_rule import caller_id
from ...callers.epoch import EpochWatch
from .revocations import Revocations, Revoked

MOST_KNOWN = 1_000


class KnownRevocations:
    """Keeps its answers for as long as nothing is ended anywhere: asking is half of what a call costs before its tool begins."""

    def __init__(self, revocations: Revocations, watch: EpochWatch) -> None:
        self._revocations = revocations
        self._watch = watch
        self._epoch = -1
        self._known: dict[tuple[tuple[Revoked, str], ...], bool] = {}

    async def are_any(self, what: Sequence[tuple[Revoked, str]]) -> bool:
        """As `Revocations.are_any`, as it was four seconds ago at the most."""
        epoch = await self._watch.number()
        if epoch != self._epoch or len(self._known) >= MOST_KNOWN:
            self._known.clear()
            self._epoch = epoch
        key = tuple(what)
        if key not in self._known:
            are_ended = await self._revocations.are_any(what)
            if epoch != self._epoch:  # somebody else heard of an ending meanwhile
                return are_ended
            self._known[key] = are_ended
        return self._known[key]


class Unrevoked:
    """Tokens of others, as long as nobody ended whom they prove."""

    def __init__(self, verifier: TokenVerifier, revocations: KnownRevocations) -> None:
        self._verifier = verifier
        self._revocations = revocations

    async def verify(self, token: str) -> Identity | None:
        identity = await self._verifier.verify(token)
        if identity is None:
            return None
        what = (
            (Revoked.CALLER, caller_id(identity)), (Revoked.CLIENT, identity.client), (Revoked.KEY, identity.subject),
        )  # fmt: skip
        return None if await self._revocations.are_any(what) else identity
