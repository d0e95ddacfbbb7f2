"""Criteria on text fields."""

from __future__ import annotations

from decimal import Decimal

from ..errors import InputError
from ..text.sentence import say
from .checks.record_tests import Like
from .checks.residual import Compared, Identical, Lined, Within
from .literal import LINE_END, escaped, number_text
from .operators import ORDERED, PARTS
from .targets import Target
from .terms import PHRASES, Meaning, bounds_said, here, host

OPERATORS = ORDERED | PARTS.keys() | {"words", "case_exact"}
PATTERNS = {"is": "=={}", **PARTS}


def text_of(operand: object, name: str) -> str:
    if isinstance(operand, str):
        return operand.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(operand, bool) or not isinstance(operand, int | float | Decimal):
        raise InputError(f"{name!r} holds text; {operand!r} is not a text")
    return number_text(Decimal(str(operand)))


def meaning(target: Target, operator: str, operand: object) -> Meaning:
    """One operator on a text field; bounds come through `bounded`."""
    text = text_of(operand, target.name)
    if not text.strip() and operator != "is" and operator != "case_exact":
        raise InputError(
            f"{operator} on {target.name!r} needs some text", advice="For empty fields use null or empty."
        )
    if operator == "words":
        return host(
            target.name,
            escaped(text),
            say("%(field)s has words starting with %(value)s", field=target.name, value=quoted(text)),
        )
    if operator == "case_exact":
        narrowed = (target.name, PATTERNS["is"].format(escaped(text)))
        return here(
            Identical(target, text),
            say("%(field)s is exactly %(value)s (case checked here)", field=target.name, value=quoted(text)),
            narrowed=narrowed,
        )
    expression = PATTERNS[operator].format(escaped(text))
    sentence = say(PHRASES[operator], field=target.name, value=quoted(text))
    if LINE_END in text:
        return here(
            Lined(target, text, operator),
            say("%(what)s (line ends checked here)", what=sentence),
            also=(target.name, expression),
        )
    return host(target.name, expression, sentence, Like(target, operator, text))


def bounded(target: Target, bounds: dict[str, object]) -> Meaning:
    """Bounds on text: of numbers when a number is given, else in the order of letters. The host orders by words, so both are tested here."""
    numeric = all(isinstance(b, int | float | Decimal) and not isinstance(b, bool) for b in bounds.values())
    kind = "number" if numeric else "text"
    limits = tuple((name, text_of(limit, target.name)) for name, limit in bounds.items())
    shown = bounds_said(
        target.name, (f"{name} {limit if numeric else quoted(limit)}" for name, limit in limits)
    )
    text = (
        say("%(what)s (compared here as numbers)", what=shown)
        if numeric
        else say("%(what)s (compared here as whole texts)", what=shown)
    )
    if len(limits) == 1:
        name, limit = limits[0]
        return here(Compared(target, name, kind, limit), text)
    return here(Within(target, kind, limits), text)


def quoted(text: str) -> str:
    shown = text if len(text) <= 60 else text[:57] + "..."
    return '"' + shown.replace("\n", "⏎") + '"'
