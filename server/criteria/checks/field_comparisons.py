"""A field compared with other fields: of the same record, and of other records, which `in` and `not_in` name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.reserved_words import is_find_word
from ...errors import InputError
from ...text.sentence import marked_count, say, say_count
from .. import numeric
from ..grammar import WAYS_ACROSS
from ..key_set import InKeys, KeySet
from ..offset import Offset, OtherField
from ..operators import BOUNDS
from ..searchable import refuse_unsearchable
from ..targets import Target, target
from ..terms import HostTerm, Meaning, Omit, here
from .residual import Compared

IS_IN = marked_count(
    "%(field)s is in %(keys)s (%(count)s value)", "%(field)s is in %(keys)s (%(count)s values)"
)
IS_NOT_IN = marked_count(
    "%(field)s is not in %(keys)s (%(count)s value)", "%(field)s is not in %(keys)s (%(count)s values)"
)


def across(field: Target, name: str, operand: object, any_of: Callable[[list[Value]], Meaning]) -> Meaning:
    """A field against the values of other records, which were read before. `any_of` finds a few values."""
    if not isinstance(operand, KeySet):
        is_place = isinstance(operand, Mapping)
        meant = "any_of" if name == "in" else "not"
        advice = f"Did you mean {meant!r}? A list of values is any_of; {name} takes {WAYS_ACROSS}."
        raise InputError(
            f"{name} on {field.name!r} takes the records of another layout or of a found set",
            advice="Here it cannot be used; tools that read and change records take it."
            if is_place
            else advice,
        )
    forms = IS_IN if name == "in" else IS_NOT_IN
    text = say_count(*forms, len(operand), field=field.name, keys=operand.said)
    if not len(operand) and not is_find_word(field.meta.name):
        found = Meaning(((HostTerm(field.name, "*"), Omit(field.name, "*")),), text)
    elif (listed := operand.listed_for(field.type)) is not None:
        found = Meaning(any_of(listed).branches, text)
    else:
        found = here(InKeys(field, operand), text)
    if name == "in":
        return found
    return Meaning(found.negated.branches, text)


def against_field(
    layout: LayoutMeta, field: Target, name: str, operand: OtherField
) -> tuple[Meaning, Target]:
    """Two fields of one record, since a find compares with constants only; and the other field."""
    if name not in (*BOUNDS, "is", "not"):
        raise InputError(
            f"{name!r} takes a value; only is, not, gt, gte, lt and lte compare with another field"
        )
    other = target(layout, operand.name)
    refuse_unsearchable(other)
    if other.portal is not None:
        raise InputError(
            f"{other.name!r} stands in portal {other.portal!r} and may have many values in a record",
            advice="Compare with a field of the record itself.",
        )
    kinds = {field.type, other.type}
    if len(kinds) > 1 and not kinds <= {"date", "timeStamp"} and not kinds <= {"text", "number"}:
        raise InputError(
            f"{field.name!r} ({field.type}) and {other.name!r} ({other.type}) do not compare with one another"
        )
    kind = "number" if "number" in kinds else field.type
    if operand.plus is not None:
        _refuse_offset(operand.plus, other, kind)
    words = {"is": "=", "not": "≠", **numeric.SIGNS}
    plus = f" {operand.plus}" if operand.plus is not None else ""
    compared = f"{field.name} {words[name]} {other.name}{plus}"
    meaning = here(
        Compared(field, name, kind, other, operand.plus),
        say("%(comparison)s (compared here)", comparison=compared),
    )
    return meaning, other


def _refuse_offset(plus: Offset, other: Target, kind: str) -> None:
    """A number is added to numbers, days to dates and timestamps, hours to timestamps."""
    fits = kind == "number" if plus.number is not None else kind in ("date", "timeStamp")
    if not fits or (plus.seconds and other.type == "date"):
        raise InputError(f"{plus} cannot be added to {other.name!r}, a {other.type.lower()} field")
