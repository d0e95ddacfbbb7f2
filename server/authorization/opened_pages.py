"""Which pages of a plan a person has opened: any server of the team knows it, since each answers as it comes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..local.state.state import State
from .grants.grant import Person

KEPT_SECONDS = 2 * 86_400.0
"""A plan lasts a day."""


@dataclass(frozen=True)
class OpenedPages:
    state: Callable[[], State]
    now: Callable[[], float]

    async def of(self, person: Person, plan: str, digest: str) -> set[int]:
        rows = await self.state().rows(
            "SELECT page FROM opened_page WHERE caller = ? AND plan = ? AND digest = ?",
            person.caller, plan, digest,
        )  # fmt: skip
        return {int(row["page"]) for row in rows}

    async def note(self, person: Person, plan: str, digest: str, pages: Collection[int]) -> None:
        now = self.now()
        async with self.state().writing() as transaction:
            transaction.put("DELETE FROM opened_page WHERE at < ?", now - KEPT_SECONDS)
            transaction.put_many(
                "INSERT INTO opened_page (caller, plan, digest, page, at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (caller, plan, digest, page) DO NOTHING",
                [(person.caller, plan, digest, page, now) for page in pages],
            )
