"""An entry of the journal, and how it is read from its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...caller import Caller
from ...local.keys.sealed_contents import JOINED, Contents
from ...local.state.state import Row
from ..plans.plan import Who
from .entry_facts import facts_in, image_in
from .entry_image import FACTS

WITH_IMAGES = (
    f"SELECT journal.*, image.content, image.box, image.gone, taken_over.tag, {JOINED} FROM journal LEFT JOIN image USING (number)"
    " LEFT JOIN taken_over USING (number) LEFT JOIN data_key ON data_key.id = image.key"
)


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    at: float
    database: str
    who: Who
    plan: str
    step: int
    item: int
    event: str
    """`planned`, `agreed`, `declined`, `reopened`, `attempt`, `outcome`, `settled`, `refused`, `started`, `ended`, `erased`, `forgetting`,
    `forgotten`, `held`, `let go`."""
    facts: dict[str, Any]
    image: dict[str, Any] | None
    """Field contents. None when they were left out, are erased, or were altered."""
    is_erased: bool = False


def entry_of(row: Row, contents: Contents) -> Entry:
    """Of a row of `WITH_IMAGES`."""
    image = image_in(row, contents)
    told: dict[str, Any] = image.pop(FACTS, {})
    return Entry(
        number=row["number"],
        at=row["at"],
        database=row["database"],
        who=Who(Caller(row["caller"], row["account"]), row["client"]),
        plan=row["plan"],
        step=row["step"],
        item=row["item"],
        event=row["event"],
        facts=facts_in(row) | told,
        image=image or None,
        is_erased=row["gone"] is not None,
    )
