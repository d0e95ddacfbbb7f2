"""Reads a criterion on a text field: words, phrases, wildcards, whole fields and ranges of words (section 7.3)."""

from __future__ import annotations

from ..values import text_words as words
from .criterion import BadCriterion, Criterion, Nothing, Present, WholeText, WordRange, Words
from .criterion_characters import Role, Sign, begins, bounds, comparison, stripped, text_of, without_indent
from .patterns import WILDCARDS
from .terms import Terms, pattern_of


def parse_text(signs: list[Sign], language: str, *, match_lines: bool = False) -> Criterion:
    """The criterion that the signs stand for. Raises BadCriterion (508) for a bound that is missing."""
    if begins(without_indent(signs), "=="):
        # Spaces after it belong to what is looked for.
        return WholeText(pattern_of(without_indent(signs)[2:], language), match_lines)
    signs = stripped(signs)
    if (compared := comparison(signs)) is not None:
        operator, rest = compared
        bound, strict = _bound(rest, language), len(operator) == 1
        if operator.startswith("<"):
            return WordRange(high=bound, high_open=strict)
        return WordRange(low=bound, low_open=strict)
    if (both := bounds(signs)) is not None:
        return WordRange(_bound(both[0], language), _bound(both[1], language))
    terms = Terms(language).read(signs)
    if terms:
        return Words(tuple(dict.fromkeys(terms)))  # a word that is repeated asks nothing more
    return Present() if any(begins([sign], "*") for sign in signs) else Nothing()


def _bound(signs: list[Sign], language: str) -> str:
    # Bounds are compared with words letter by letter, so wildcards in them have nothing to stand for.
    text = text_of([sign for sign in signs if sign.role is not Role.PLAIN or sign.character not in WILDCARDS])
    bound = words.for_comparing(text, language).strip()
    if not bound:
        raise BadCriterion(508)
    return bound
