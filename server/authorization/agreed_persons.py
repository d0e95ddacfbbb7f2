"""Who the people were that agreed to plans, when they were last looked at: what they may do is judged anew when an agreement is used."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from ..local.keys.key_ring import KeyRing
from ..local.keys.sealed_box import BrokenBox
from ..local.keys.sealed_column import AGREED_PERSONS
from ..local.state.state import State
from .grants.grant import Person

KEPT_SECONDS = 2 * 86_400.0
"""A plan lasts a day."""


@dataclass(frozen=True)
class AgreedPersons:
    state: Callable[[], State]
    ring: KeyRing
    now: Callable[[], float]

    async def keep(self, person: Person) -> None:
        """As they are now. What was kept of them before is replaced."""
        now = self.now()
        box = self._box(person)
        async with self.state().writing() as transaction:
            transaction.put("DELETE FROM agreed_person WHERE ends < ?", now)
            transaction.put(
                "INSERT INTO agreed_person (caller, box, ends) VALUES (?, ?, ?) ON CONFLICT (caller) DO UPDATE SET"
                " box = excluded.box, ends = excluded.ends",
                person.caller, box, now + KEPT_SECONDS,
            )  # fmt: skip

    async def found(self, caller: str) -> Person | None:
        """None for somebody who has not agreed, or of whom nothing is kept any more."""
        row = await self.state().row("SELECT box FROM agreed_person WHERE caller = ?", caller)
        if row is None:
            return None
        try:
            told = AGREED_PERSONS.sealer(self.ring).open(bytes(row["box"]), self._place(caller))
        except BrokenBox:
            return None
        return Person(**json.loads(told))

    def _box(self, person: Person) -> bytes:
        told = {**vars(person), "claims": dict(person.claims)}
        return AGREED_PERSONS.sealer(self.ring).seal(json.dumps(told).encode(), self._place(person.caller))

    def _place(self, caller: str) -> tuple[str, str, str]:
        return (AGREED_PERSONS.table, AGREED_PERSONS.column, caller)
