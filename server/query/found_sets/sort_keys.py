"""The order of an answer: `Field`, `-Field` for descending, or a value list's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from ...criteria.targets import field_names
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import SortKey
from ...errors import InputError, NameUnknown
from ...text.near_names import near
from .answer_columns import single

HOW = (
    'A sort key is "Field", "-Field" for descending, {"Field": "value list"} for the order of a list, or {"Field": "number"} '
    '("-number" for descending) for text that holds numbers'
)
AS_NUMBERS = {"number": "ascend", "-number": "descend"}


def sort_keys(layout: LayoutMeta, wanted: Sequence[object]) -> tuple[SortKey, ...]:
    """Raises InputError and NameUnknown for what the layout cannot be sorted by."""
    return tuple(_key(layout, each) for each in wanted)


def read_as_numbers(layout: LayoutMeta, wanted: Sequence[object]) -> frozenset[str]:
    """The text fields among sort keys that are wanted in the order of numbers."""
    named = (
        name
        for each in wanted
        if isinstance(each, Mapping)
        for name, order in cast("Mapping[str, object]", each).items()
        if order in AS_NUMBERS
    )
    found = (single(layout, name, "be sorted by") for name in named)
    return frozenset(target.name for target in found if target.type == "text")


def _key(layout: LayoutMeta, given: object) -> SortKey:
    order = "ascend"
    if isinstance(given, Mapping):
        named = cast("Mapping[str, object]", given)
        if len(named) != 1:
            raise InputError(HOW)
        name, wanted = next(iter(named.items()))
        order = _order(layout, name, wanted)
    else:
        name = str(given)
        bare, _, direction = name.rpartition(" ")
        if direction.lower() in ("asc", "ascend", "ascending", "desc", "descend", "descending") and bare:
            raise InputError(f"{name!r} is no sort key", advice=f"{HOW}.")
        if name.startswith("-") and name not in field_names(layout):
            name, order = name[1:], "descend"
    target = single(layout, name, "be sorted by")
    if target.meta.is_disguised:
        raise InputError(f"{target.name!r} cannot be sorted by: the owner hides what it holds")
    if target.meta.is_global:
        raise InputError(f"{target.name!r} is a global field; it has one value for all records")
    return SortKey(target.name, order)


def _order(layout: LayoutMeta, field: str, wanted: object) -> str:
    if wanted in ("ascend", "descend"):
        return str(wanted)
    if isinstance(wanted, str) and wanted in AS_NUMBERS:
        return AS_NUMBERS[wanted]
    if isinstance(wanted, str) and wanted in layout.value_lists:
        return wanted
    raise NameUnknown(
        "value list",
        str(wanted),
        where=f"on layout {layout.name!r} to sort {field!r} by",
        near=near(str(wanted), layout.value_lists),
        advice="ascend and descend are the other orders.",
    )
