"""Values of a value list in the list's own spelling: FileMaker stores what it is given, and a find by case or a script would miss it."""

from __future__ import annotations

from ...dataapi.models import FieldMeta, Value, ValueListMeta
from ...text.plain_parts import Name
from ...text.sentence import say


def spelled(
    field: FieldMeta, name: str, value: Value, listed: ValueListMeta | None, warnings: list[str]
) -> Value:
    """The value as the list spells it, where it differs in case alone. `warnings` says so."""
    if listed is None or not isinstance(value, str):
        return value
    choices = [choice for choice, _ in listed.values]
    lines = value.split("\n") if field.display == "checkBox" else [value]
    meant = "\n".join(_choice(line, choices) for line in lines)
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


def _choice(line: str, choices: list[str]) -> str:
    alike = [choice for choice in choices if choice.casefold() == line.casefold()]
    return alike[0] if len(alike) == 1 and line not in choices else line
