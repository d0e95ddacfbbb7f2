"""What a map says of values before they are sent: what FileMaker would refuse, refill or copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..dataapi.contents import Value
from ..text.numbers import number_in
from ..text.plain_parts import Name
from ..text.sentence import say
from .field_words import quoted
from .known_layout import KnownLayout
from .solution import FieldFacts, Rules


def refusal_of(known: KnownLayout, values: Mapping[str, Value]) -> str:
    """Why FileMaker would refuse the first of the values that it would; empty where the map knows no reason."""
    for name, value in values.items():
        facts = known.facts(name)
        if facts is None or "::" in name:
            continue
        if facts.fixed:
            return f"{name!r} may not be changed by hand: FileMaker fills it"
        if facts.rules is not None and not facts.rules.override and value != "":
            why = _outside(known, name, facts, facts.rules, value)
            if why:
                return why
    return ""


def unique_among(known: KnownLayout, names: Iterable[str]) -> list[str]:
    """Those that hold a value once in the whole table."""
    found = ((name, known.facts(name)) for name in names if "::" not in name)
    return [
        name
        for name, facts in found
        if facts is not None and facts.rules is not None and facts.rules.unique and not facts.rules.override
    ]


def cautions_of(known: KnownLayout, names: Iterable[str]) -> list[str]:
    """What happens to the values besides, in sentences."""
    written = list(names)
    sentences: list[str] = []
    for name in written:
        facts = known.facts(name)
        if facts is None:
            continue
        if facts.auto_enter is not None and facts.auto_enter.replaces:
            sentences.append(
                say(
                    "FileMaker refills %(name)s by a formula, so what is written may not stay.",
                    name=Name(name),
                )
            )
        if facts.rules is not None and facts.rules.formula:
            message = facts.rules.message
            sentences.append(
                say("FileMaker checks %(field)s: %(message)s", field=Name(name), message=quoted(message))
                if message and known.shown(message, facts, name)
                else say("FileMaker checks %(field)s by a formula.", field=Name(name))
            )
    return sentences + _copied(known, written)


def _outside(known: KnownLayout, name: str, facts: FieldFacts, rules: Rules, value: Value) -> str:
    for limit, is_low in ((rules.minimum, True), (rules.maximum, False)):
        if limit and _is_beyond(facts.type, value, limit, is_low=is_low):
            return f"{name!r} takes {rules.minimum or '...'} to {rules.maximum or '...'}, and this is {value}"
    listed = known.atlas.facts.lists.get(rules.value_list)
    choices = () if listed is None else listed.values
    if choices and str(value).casefold() not in {each.casefold() for each in choices}:
        return (
            f"{name!r} takes a value of the list {rules.value_list!r} only, and {str(value)!r} is not in it"
        )
    if rules.length and len(str(value)) > rules.length:
        return f"{name!r} takes {rules.length} characters, and this has {len(str(value))}"
    return ""


def _is_beyond(kind: str, value: Value, limit: str, *, is_low: bool) -> bool:
    """Numbers alone: the limits of other types are written in the form of the file, which nobody here knows."""
    if kind != "number":
        return False
    number, bound = number_in(value), number_in(limit)
    if number is None or bound is None:
        return False
    return number < bound if is_low else number > bound


def _copied(known: KnownLayout, written: list[str]) -> list[str]:
    """Lookups that a written match field sets off."""
    sentences: list[str] = []
    for field in known.meta.fields.values():
        facts = known.facts(field.name)
        if (
            facts is None
            or facts.auto_enter is None
            or facts.auto_enter.by != "lookup"
            or field.name in written
        ):
            continue
        occurrence, _, bare = facts.auto_enter.what.rpartition("::")
        near = [each for each in known.relations() if each.far == occurrence]
        if any(own in written for each in near for own, _, _ in each.match) and known.open.is_open(
            occurrence, bare
        ):
            sentences.append(f"FileMaker copies {field.name!r} anew from {facts.auto_enter.what}.")
    return sentences
