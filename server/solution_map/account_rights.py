"""What the account's privilege set allows, by the map: why some records never come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..dataapi.menu_item import MenuItem
from .map_view import MapView
from .solution import Privileges, TableRights

MOST = 12
WITHHELD = "a rule that uses a field that is closed"


def account_rights(view: MapView | None, layouts: Sequence[MenuItem]) -> dict[str, object]:
    """Empty where the map does not tell which set is the account's."""
    if view is None or view.is_scoped:
        return {}
    found = privileges_of_account(view)
    if found is None:
        return {}
    name, rights = found
    told: list[str] = []
    if "fmrest" not in rights.extended and not rights.full_access:
        told.append("the extended privilege fmrest is missing")
    opened = view.open_to(layouts)
    for key in opened.tables:
        table = view.atlas.name_of(key)
        own = rights.tables.get(table, rights.tables.get("*"))
        if own is not None and (
            words := _table(own, lambda rule, t=table: opened.names_nothing_closed(rule, t))
        ):
            told.append(f"{table}: {words}")
    more = [f"{len(told) - MOST} more"] if len(told) > MOST else []
    return {
        "rights": {
            "privilege_set": name,
            "by": f"the solution map of {view.date}",
            "limits": [*sorted(told)[:MOST], *more],
        }
    }


def privileges_of_account(view: MapView) -> tuple[str, Privileges] | None:
    """The set that the owner named, else the only one without full access that has fmrest. A map holds no accounts."""
    sets = view.atlas.facts.privileges
    if view.privilege_set:
        return view.privilege_set, sets[view.privilege_set]
    able = [(n, p) for n, p in sets.items() if "fmrest" in p.extended and not p.full_access]
    return able[0] if len(able) == 1 else None


def _table(rights: TableRights, shown: Callable[[str], bool]) -> str:
    words: list[str] = []
    for effect, rule in (
        ("view", rights.view),
        ("edit", rights.edit),
        ("create", rights.create),
        ("delete", rights.delete),
    ):
        if rule == "no":
            words.append(f"no {effect}")
        elif rule != "yes":
            words.append(f"{effect} only where {rule if shown(rule) else WITHHELD}")
    return ", ".join(words)
