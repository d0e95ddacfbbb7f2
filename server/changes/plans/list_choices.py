"""Values of a value list in the list's own spelling: FileMaker stores what it is given, and a find by case or a script would miss it."""

from __future__ import annotations

from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta, ValueListMeta
from ...text.plain_parts import Name
from ...text.sentence import say

OF_ONE = ("popupMenu", "radioButtons")
"""With these controls a field holds one value. In others each line of a text is a value of the list."""


def spelled(
    field: FieldMeta, name: str, value: Value, listed: ValueListMeta | None, warnings: list[str]
) -> Value:
    """The value as the list spells it, where it differs in case or in blanks around it. `warnings` says so."""
    if listed is None or not isinstance(value, str):
        return value
    choices = [choice for choice, _ in listed.values]
    meant = "\n".join(_choice(line, choices) for line in values_in(field, value))
    if meant != value:
        text = say(
            "%(name)s becomes %(meant)s, as the value list %(name_2)s spells it.",
            name=Name(name),
            meant=Name(meant),
            name_2=Name(listed.name),
        )
        if text not in warnings:
            warnings.append(text)
    return meant


def values_in(field: FieldMeta, value: Value) -> list[str]:
    """What of a text is held against the list."""
    return [str(value)] if field.display in OF_ONE else str(value).split("\n")


def alike(text: str) -> str:
    """What two spellings of one value of a list have in common."""
    return text.strip().casefold()


def _choice(line: str, choices: list[str]) -> str:
    close = [choice for choice in choices if alike(choice) == alike(line)]
    return close[0] if len(close) == 1 and line not in choices else line
