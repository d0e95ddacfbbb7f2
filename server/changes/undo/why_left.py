"""Why an undo leaves something of a change as it is, each reason in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ...text.plain_parts import Inner, Listed, Name
from ...text.sentence import Sentence, say
from ..applying.record_check import NUMBERS
from ..plans.item import Item
from ..plans.outcome import Outcome
from .undo_delete import named


def because(item: Item, outcome: Outcome, why: str) -> Sentence:
    """For a reason that is a clause of its own."""
    return Sentence("%(label)s: %(why)s", {"label": named(item, outcome), "why": Inner(why)})


def unknown_whether(item: Item, outcome: Outcome) -> Sentence:
    return say("%(named)s: it is not known whether it was changed", named=named(item, outcome))


def after_script(item: Item, outcome: Outcome, script: str) -> Sentence:
    return say(
        "%(named)s: what the script %(script)s did cannot be taken back",
        named=named(item, outcome),
        script=Name(script),
    )


def no_record(item: Item, outcome: Outcome) -> Sentence:
    return say("%(named)s: the record does not exist any more", named=named(item, outcome))


def another_record(item: Item, outcome: Outcome, other: str) -> Sentence:
    """`other` is how the record of that number differs from the one that was changed."""
    return say(
        "%(named)s: its number is another record's now (%(other)s). %(numbers)s",
        named=named(item, outcome),
        other=other,
        numbers=NUMBERS,
    )


def changed_since(item: Item, outcome: Outcome, what: Sequence[str]) -> Sentence:
    return say(
        "%(named)s: the new record was changed since, so it stays (%(what)s)",
        named=named(item, outcome),
        what=Listed.of(what),
    )


def without_files(item: Item, fields: Sequence[str]) -> Sentence:
    return say(
        "%(named)s: the files in %(what)s do not come back", named=named(item, None), what=Listed.of(fields)
    )
