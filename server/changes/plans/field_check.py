"""Checks values against the layout's metadata, and compares two values as FileMaker does."""

from __future__ import annotations

from decimal import Decimal

from ...criteria.targets import spelled_on
from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta, LayoutMeta, ValueListMeta
from ...dataapi.reserved_words import is_write_word
from ...dataapi.wire import writable
from ...database.conversion import unknown_field
from ...errors import InputError
from ...policy import hidden
from ...text.near_names import near
from ...text.numbers import number_in
from ...text.plain_parts import Listed, Name
from ...text.sentence import Sentence, say
from .list_choices import alike, values_in

CLOSED_CONTROLS = ("popupMenu", "radioButtons", "checkBox")
"""With these controls a person at the layout can only choose from the list. Others let them type something else."""

UNCHANGED = "Nothing was changed."


def writable_field(meta: LayoutMeta, name: str) -> tuple[str, FieldMeta]:
    """The name under which a record shows the field, and the field. Raises InputError or NameUnknown for what cannot be written,
    and Forbidden for a field of which only pseudonyms or parts are seen: nothing is compared with those."""
    own = spelled_on(meta, name)
    field = None if own is None else meta.fields.get(own) or meta.field_named(own)
    if own is None or field is None:
        raise unknown_field(name, meta)
    name = own
    if is_write_word(field.name):
        raise InputError(
            f"{field.name!r} is a word of the Data API in a write, so a field of that name cannot be written",
            advice=f"A developer can rename the field. {UNCHANGED}",
        )
    if field.is_disguised:
        raise hidden(meta.name, field.name, in_part=field.is_masked)
    if field.kind != "normal":
        raise InputError(f"{name!r} is a {field.kind} field: FileMaker fills it by itself", advice=UNCHANGED)
    if field.is_global:
        raise InputError(
            f"{name!r} is a global field: it has one value for each session and none for a record, so nothing of it would stay",
            advice=f"A script gets such values by the owner's setting `globals` (docs/scripts.md). {UNCHANGED}",
        )
    if field.type == "invalid":
        raise InputError(f"{name!r} is a broken object on the layout", advice=UNCHANGED)
    if field.max_repetitions == 1:
        if name != field.name:
            raise InputError(f"{field.name!r} has no repetitions", advice=UNCHANGED)
        return name, field
    shown = name if name != field.name else f"{name}({field.first_repetition})"
    if shown not in field.shown_names:
        raise InputError(
            f"The layout shows the repetitions {field.first_repetition} to {field.last_repetition} of {field.name!r}, not {name!r}",
            advice=UNCHANGED,
        )
    return shown, field


def check_value(field: FieldMeta, name: str, value: Value, value_list: ValueListMeta | None) -> str | None:
    """A warning about a value that fits, or None. Raises InputError for one that does not fit."""
    try:
        writable(value, field)
    except InputError as error:
        error.advice = f"{error.advice} {UNCHANGED}".strip()
        raise
    if value == "":
        if field.required:
            raise InputError(f"{name!r} is required and cannot be empty", advice=UNCHANGED)
        return None
    if field.max_characters and len(str(value)) > field.max_characters:
        raise InputError(
            f"{name!r} takes {field.max_characters} characters, and this has {len(str(value))}",
            advice=UNCHANGED,
        )
    return _outside_list(field, name, value, value_list)


def _outside_list(field: FieldMeta, name: str, value: Value, listed: ValueListMeta | None) -> str | None:
    if listed is None or not listed.values:
        return None
    choices = [choice for choice, _ in listed.values]
    known = set(map(alike, choices))
    foreign = [line for line in values_in(field, value) if line and alike(line) not in known]
    if not foreign:
        return None
    close = near(foreign[0], choices) or tuple(choices[:8])
    text = say(
        "%(value)s is not in the value list %(list)s of %(field)s",
        value=Name(foreign[0]),
        list=Name(listed.name),
        field=Name(name),
    )
    hint = say("It has %(values)s.", values=Listed(tuple(map(Name, close)), more=len(choices) - len(close)))
    if field.display in CLOSED_CONTROLS and listed.kind == "customList":
        raise InputError(text, advice=f"{hint} {UNCHANGED}")
    return Sentence("%(first)s. %(next)s", {"first": text, "next": hint})


def same_value(field: FieldMeta | None, one: Value, other: Value) -> bool:
    """Equal as FileMaker stores them: 5 and "5.0" in a number field, `9:15` and `09:15:00` in a time field."""
    return one == other or stored_form(field, one) == stored_form(field, other)


def typed(field: FieldMeta, value: Value) -> Value:
    """A text as the number that it is, in a number field. It stays a text where the number would be sent with other characters:
    FileMaker keeps `007` as it was written."""
    number = number_in(value) if isinstance(value, str) and field.type == "number" else None
    if number is None or format(number, "f") != value:
        return value
    return number if number.as_tuple().exponent else int(number)


def stored_form(field: FieldMeta | None, value: Value) -> object:
    """What two values have in common that are the same in FileMaker."""
    if field is None or field.type == "text":
        return _text(value)
    if field.type == "number":
        number = number_in(value)
        return _text(value) if number is None else number
    try:
        return writable(value, field)
    except InputError:
        return _text(value)


def _text(value: Value) -> str:
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n")
