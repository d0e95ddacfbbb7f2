"""Accounts that callers proved themselves: where they are kept is not this folder's business."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from .caller_identity import Identity


@dataclass(frozen=True)
class OwnAccount:
    """A FileMaker account that its person proved, or that the administrator paired with them."""

    account: str
    password: str = field(repr=False)


class OwnAccounts(Protocol):
    async def account(self, identity: Identity, database: str) -> OwnAccount | None:
        """The account that this caller proved for exactly this database; None for one that they did not."""
        ...


class NoOwnAccounts:
    """Nobody can prove an account here."""

    async def account(self, identity: Identity, database: str) -> OwnAccount | None:
        return None
