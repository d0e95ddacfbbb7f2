"""What a person means to write, and what that is for one record: literals, and values computed from what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta
from ...errors import InputError
from ...text.numbers import EXACT, RANGE, fits, number_in
from ..plans.item import FromStep
from .shifts import Shift
from .text_values import Before, Computed, appended, replaced, with_values, without_values

FORMS = (
    'a plain value, {"add": 5}, {"multiply": 1.1, "round": 2}, {"shift": {"days": 7}}, {"append": "text"}, '
    '{"replace": "old", "with": "new"} (and "regex": true), {"add_value": "x"}, {"remove_value": "x"}, {"clear": true}, {"field": "Other field"}, {"file": "name.pdf"} or {"step": 1, "field": "ID"}'
)


MOST_PLACES = 400


@dataclass(frozen=True, slots=True)
class FromFile:
    """A file for a container: `name` in the files folder, or `content` given inline."""

    name: str
    content: bytes | None = None


Meant = Value | Computed | FromStep | FromFile
"""A literal, something to compute from the record as it is, or something that is not known yet."""


def meant(meta: FieldMeta, name: str, raw: object) -> Meant:
    """What `raw` asks for in the field `name`. Raises InputError for a form that does not exist or does not fit the field."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return int(raw)
    if isinstance(raw, float):
        return Decimal(str(raw))
    if isinstance(raw, str | int | Decimal):
        return raw
    if isinstance(raw, Mapping):
        return _computed(meta, name, cast("Mapping[str, Any]", raw))
    raise InputError(
        f"The value for {name!r} is a {type(raw).__name__}", advice=f"Nothing was changed. Use {FORMS}."
    )


def _computed(meta: FieldMeta, name: str, raw: Mapping[str, Any]) -> Meant:
    match dict(raw):
        case {"clear": True, **rest} if not rest:
            return ""
        case {"add": amount, **rest} if not rest:
            return _sum(meta, name, _number(name, amount))
        case {"multiply": factor, **rest} if set(rest) <= {"round"}:
            places = None if rest.get("round") is None else _whole(name, rest["round"], "rounded to")
            return _product(meta, name, _number(name, factor), places)
        case {"shift": {**units}, **rest} if not rest and units:
            return Shift(meta, name, {str(u): _whole(name, n, "shifted by") for u, n in units.items()})
        case {"append": str(text), **rest} if not rest:
            return appended(name, text)
        case {"replace": str(old), "with": str(new), **rest} if set(rest) <= {"regex"}:
            return replaced(meta, name, old, new, is_pattern=rest.get("regex") is True)
        case {"add_value": value, **rest} if not rest:
            return with_values(meta, name, value)
        case {"remove_value": value, **rest} if not rest:
            return without_values(meta, name, value)
        case {"step": int(step), "field": str(source), **rest} if set(rest) <= {"record"} and step >= 1:
            return FromStep(
                step - 1, _whole(name, rest.get("record", 1), "taken from a record by") - 1, source
            )
        case {"field": str(source), **rest} if not rest:
            return lambda before: _other(before, source, name)
        case {"file": str(file), **rest} if set(rest) <= {"data"} and meta.type == "container":
            return FromFile(file, _decoded(name, rest["data"]) if "data" in rest else None)
        case _:
            raise InputError(
                f"The value for {name!r} is of no known form", advice=f"Nothing was changed. Use {FORMS}."
            )


def _sum(meta: FieldMeta, name: str, amount: Decimal) -> Computed:
    _only(meta, name, "add", ("number",))
    return lambda before: _tidy(name, EXACT.add(_present(before, name), amount))


def _product(meta: FieldMeta, name: str, factor: Decimal, places: int | None) -> Computed:
    _only(meta, name, "multiply", ("number",))
    if places is not None and abs(places) > MOST_PLACES:
        raise InputError(f"{name!r} cannot be rounded to {places} places", advice="Nothing was changed.")

    def multiplied(before: Before) -> Value:
        product = EXACT.multiply(_present(before, name), factor)
        if places is not None and fits(
            product
        ):  # commercial rounding: halves away from zero, as FileMaker's Round does
            product = product.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)
        return _tidy(name, product)

    return multiplied


def _only(meta: FieldMeta, name: str, form: str, types: tuple[str, ...]) -> None:
    if meta.type not in types:
        raise InputError(
            f"{form!r} works on {' and '.join(types)} fields, and {name!r} is a {meta.type} field",
            advice="Nothing was changed.",
        )


def _present(before: Before, name: str) -> Decimal:
    """The number in the field. An empty field counts as 0."""
    value = before.get(name, "")
    if value == "":
        return Decimal(0)
    number = number_in(value)
    if number is None:
        raise InputError(f"{name!r} holds {str(value)[:60]!r}, which is no number to compute with")
    return number


def _other(before: Before, source: str, name: str) -> Value:
    if source not in before:
        raise InputError(f"{name!r} is to be taken from {source!r}, which is not a field of this layout")
    return before[source]


def _number(name: str, value: object) -> Decimal:
    if not isinstance(value, bool) and isinstance(value, str | int | float | Decimal):
        number = number_in(repr(value) if isinstance(value, float) else value)
        if number is not None:
            return number
    raise InputError(
        f"{str(value)[:60]!r} is no number to compute {name!r} with",
        advice=f"It takes one {RANGE}. Nothing was changed.",
    )


def _whole(name: str, value: object, how: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise InputError(f"{name!r} can be {how} whole numbers only", advice="Nothing was changed.")


def _tidy(name: str, number: Decimal) -> Value:
    if not fits(number):
        raise InputError(
            f"What {name!r} would become is no number that FileMaker holds: it takes one {RANGE}",
            advice="Nothing was changed.",
        )
    return int(number) if number == number.to_integral_value() else number.normalize(EXACT)


def _decoded(name: str, data: object) -> bytes:
    import base64
    import binascii

    try:
        return base64.b64decode(str(data), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"The data for {name!r} is not base64", advice="Nothing was changed.") from error
