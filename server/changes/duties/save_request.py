"""One record as the owner's script is given it, and what the script answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from ...dataapi.contents import Value
from ...dataapi.wire import plain
from ...dataapi.write import Write
from ..plans.item import Item, RowKind
from ..plans.step import Step, StepKind
from .signature import Signature

ACTIONS = {StepKind.CREATE: "create", StepKind.EDIT: "edit", StepKind.DELETE: "delete"}


@dataclass(frozen=True, slots=True)
class Saved:
    """What the script answered."""

    failure: str = ""
    """What it reports, as a sentence; nothing where it reports success."""
    told: str = ""
    """The record id that it tells."""
    is_read: bool = True
    """Its answer is a JSON object."""


class Saves(Protocol):
    """The owner's scripts that write records."""

    async def run(self, step: Step, item: Item, parameter: str) -> Saved:
        """Raises what `Database.save_through` raises."""
        ...


def parameter_of(signature: Signature, place: tuple[int, int], step: Step, item: Item, write: Write) -> str:
    """`write`: the item's, with its stamps; of a delete an empty one. Dates are ISO, numbers have every digit, line ends are returns
    as FileMaker keeps them."""
    asked: dict[str, Any] = {
        "action": ACTIONS[step.kind],
        "id": item.record_id or "",
        "modId": item.mod_id or "",
        "fields": _fields(write.fields),
        "plan": signature.plan,
        "item": f"{signature.plan}/{place[0] + 1}/{place[1] + 1}",
        "person": signature.who.caller.id,
    }
    if item.rows:
        written = {portal: iter(rows) for portal, rows in write.portals.items()}
        asked["rows"] = [
            {
                "portal": row.portal,
                "do": row.kind.value,
                "id": row.record_id or "",
                "fields": {} if row.kind is RowKind.REMOVE else _fields(next(written[row.portal]).fields),
            }
            for row in item.rows
        ]
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":"))


def _fields(values: Any) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Value) -> str:
    if isinstance(value, Decimal | int):
        return str(plain(value))
    return value.replace("\r\n", "\r").replace("\n", "\r")
