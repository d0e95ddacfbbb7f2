"""The language of Find mode (sections 7.3 to 7.5): a criterion's text to its meaning, and whether a value meets it."""

from __future__ import annotations

from datetime import date

from ..model import Field, FieldKind, FieldType
from .criterion import Anything, Criterion, Duplicated, Empty, Invalid, Present
from .criterion import BadCriterion as BadCriterion
from .criterion_characters import Sign, begins, bounds, plain, scan, stripped, without_indent
from .criterion_match import duplicated as duplicated
from .criterion_match import matches as matches
from .criterion_match import matches_any as matches_any
from .date_criteria import Calendar
from .number_criteria import parse_number
from .periods import Periods
from .text_criteria import parse_text

_ALONE = {"=": Empty(), "==": Empty(), "!": Duplicated()}


def parse(
    text: str,
    field: Field,
    *,
    today: date,
    iso_dates: bool = False,
    match_lines: bool = False,
    open_range: bool = False,
) -> Criterion:
    """Understand a criterion as typed in Find mode; raises BadCriterion.

    `iso_dates` adds `YYYY-MM-DD` to the US dates (section 20: when the request has dateformats 2); `match_lines` lets
    `==` match one line of several (section 20: off); `open_range` reads `1...` as `>=1` and `...9` as `<=9` (a switch).
    """
    if field.type is FieldType.CONTAINER or field.kind is FieldKind.SUMMARY:
        raise BadCriterion(508)  # neither can be searched (section 7.2 [I])
    signs = scan(_clean(text))
    whole = plain(stripped(signs))
    if whole == "":
        return Anything()
    if whole is not None and set(whole) == {"*"}:
        return Present()
    if whole in _ALONE:
        return _ALONE[whole]
    if open_range and not begins(without_indent(signs), "=="):
        signs = _one_sided(signs)
    if field.type is FieldType.TEXT:
        return parse_text(signs, field.index_language, match_lines=match_lines)
    if whole == "?":
        return Invalid()
    if field.type is FieldType.NUMBER:
        return parse_number(stripped(signs))
    return Calendar(Periods(field.type, today, iso_dates)).parse(stripped(signs))


def _one_sided(signs: list[Sign]) -> list[Sign]:
    """A range that lacks one of its ends, as the comparison with the other."""
    low, high = bounds(signs) or ([], [])
    if bool(low) == bool(high):
        return signs
    return [*scan(">="), *low] if low else [*scan("<="), *high]


def _clean(text: str) -> str:
    # Lines end with a return in FileMaker, and JSON can spell half a surrogate pair, which is no character.
    ends = text.replace("\r\n", "\r").replace("\n", "\r")
    return ends.encode("utf-8", "replace").decode("utf-8")
