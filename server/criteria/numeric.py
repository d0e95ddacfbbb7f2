"""Criteria on number fields."""

from __future__ import annotations

from decimal import Decimal

from ..errors import InputError
from ..text.numbers import number_in
from ..text.sentence import say
from .checks.record_tests import Like, ranged_test
from .checks.residual import NotPlain, Within
from .habits import bound_meant
from .literal import number_text
from .operators import ORDERED, PARTS
from .targets import Target
from .terms import PHRASES, HostTerm, Meaning, Omit, bounds_said, here, host

OPERATORS = ORDERED | PARTS.keys() | {"invalid"}
PATTERNS = {"is": "={}", **PARTS}
SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def number_of(operand: object, name: str) -> Decimal:
    number = None
    if isinstance(operand, str | int | Decimal) and not isinstance(operand, bool):
        number = number_in(operand)
    elif isinstance(operand, float):
        number = number_in(repr(operand))
    if number is None:
        raise InputError(f"{name!r} holds numbers; {_said(operand)} is none", advice=_advice(operand))
    return number


def _said(operand: object) -> str:
    return str(operand).lower() if isinstance(operand, bool) else repr(operand)


def _advice(operand: object) -> str:
    if isinstance(operand, bool):
        return 'FileMaker keeps yes and no as 1 and 0 as a rule, or as empty: {"empty": true}.'
    plainly = 'Write it without separators and units; to find text in a number field use {"invalid": true}.'
    return bound_meant(operand) or plainly


def meaning(target: Target, operator: str, operand: object) -> Meaning:
    number = number_of(operand, target.name)
    text = number_text(number)
    sentence = say(PHRASES[operator], field=target.name, value=text)
    test = ranged_test(target, [("is", text)]) if operator == "is" else Like(target, operator, text)
    return host(target.name, PATTERNS[operator].format(text), sentence, test)


def invalid(target: Target) -> Meaning:
    """Content that is no plain number. That `?` finds it is hearsay (section 7.3), so it is looked for here among all that is not empty."""
    return here(
        NotPlain(target),
        say("%(field)s holds text (looked for here)", field=target.name),
        narrowed=(target.name, "*"),
    )


def bounded(target: Target, bounds: dict[str, object]) -> Meaning:
    """A bound or two. A find has only ranges with both ends included; a strict end is left out by an omit request where a record has one value."""
    limits = {name: number_of(limit, target.name) for name, limit in bounds.items()}
    texts = {name: number_text(limit) for name, limit in limits.items()}
    return ranged(target, texts, texts, _reversed(limits))


def ranged(target: Target, texts: dict[str, str], values: dict[str, str], is_reversed: bool) -> Meaning:
    """For all that has an order: `texts` are the bounds as criteria take them, `values` as records hold them."""
    sentence = bounds_said(target.name, (f"{SIGNS[name]} {value}" for name, value in values.items()))
    if len(texts) == 1:
        ((name, text),) = texts.items()
        return host(target.name, SIGNS[name] + text, sentence, ranged_test(target, list(values.items())))
    if is_reversed:
        raise InputError(f"Nothing lies between: {sentence}", advice="Give the lower bound first.")
    low, high = (next(t for n, t in texts.items() if n.startswith(side)) for side in ("gt", "lt"))
    strict = bool({"gt", "lt"} & texts.keys())
    expression = f"{low}...{high}"
    ends = ranged_test(target, [(name[:2] + "e", value) for name, value in values.items()])
    if not strict:
        return host(target.name, expression, sentence, ends)
    if target.is_single:
        left_out = tuple(
            Omit(target.name, f"={texts[name]}", ranged_test(target, [("is", values[name])]))
            for name in texts
            if name in ("gt", "lt")
        )
        return Meaning(((HostTerm(target.name, expression, test=ends), *left_out),), sentence)
    return here(
        Within(target, target.type, tuple(values.items())),
        say("%(what)s (bounds checked here)", what=sentence),
        narrowed=(target.name, expression),
    )


def _reversed(limits: dict[str, Decimal]) -> bool:
    low = next((v for n, v in limits.items() if n.startswith("gt")), None)
    high = next((v for n, v in limits.items() if n.startswith("lt")), None)
    if low is None or high is None:
        return False
    return low > high or (low == high and bool({"gt", "lt"} & limits.keys()))
