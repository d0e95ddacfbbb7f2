"""What people write out of habit from other query languages and from FileMaker's own, and how it is said here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from ..dataapi.layout_meta import LayoutMeta

WORDS = {
    **dict.fromkeys(("eq", "equals", "equal", "=", "==", "exact"), "is"),
    **dict.fromkeys(("ne", "neq", "not_equal", "!=", "<>", "≠", "is_not"), "not"),
    **dict.fromkeys((">", "greater", "greater_than", "after", "min"), "gt"),
    **dict.fromkeys((">=", "≥", "ge", "from", "since"), "gte"),
    **dict.fromkeys(("<", "less", "less_than", "before", "max"), "lt"),
    **dict.fromkeys(("<=", "≤", "le", "to", "until"), "lte"),
    **dict.fromkeys(("like", "ilike", "includes", "search", "match", "substringof", "substring"), "contains"),
    **dict.fromkeys(("in", "one_of", "or"), "any_of"),
    **dict.fromkeys(("range", "...", "date_range", "within"), "between"),
    **dict.fromkeys(("prefix", "begins_with"), "starts_with"),
    **dict.fromkeys(("null", "is_null", "is_empty", "missing", "isnull", "isna", "isempty"), "empty"),
    **dict.fromkeys(
        ("notnull", "notna", "is_not_null", "isnotnull", "exists", "not_empty"), '{"empty": false}'
    ),
    **dict.fromkeys(("find", "query", "filemaker", "regex", "~", "rlike", "regexp"), "raw"),
    **dict.fromkeys(("nin", "notin", "not in", "none_of"), "not"),
    **dict.fromkeys(("startswith", "beginswith"), "starts_with"),
    **dict.fromkeys(("endswith",), "ends_with"),
}
OTHER_RECORDS = {
    **dict.fromkeys(
        (
            "in",
            "isin",
            "exists",
            "any",
            "some",
            "lookup",
            "join",
            "semi",
            "semi_join",
            "left_semi",
            "subquery",
            "select",
        ),
        "in",
    ),
    **dict.fromkeys(
        (
            "nin",
            "notin",
            "not in",
            "not_exists",
            "anti",
            "anti_join",
            "left_anti",
            "none",
            "all",
            "except",
            "minus",
        ),
        "not_in",
    ),
}
"""The same for an operand that names other records."""
BOUND = re.compile(r"\s*(>=|<=|≥|≤|>|<)\s*(\S.*)")
RANGE = re.compile(r"\s*(\S.*?)\s*(?:\.{2,3}|…)\s*(\S.*)")
SIGN = re.compile(r'[*@#?!=<>≤≥"“”„~…]')
SHOWN = 12
"""Values of a list that a hint names."""


def word_for(operator: str, operand: object = None) -> str | None:
    """The condition that another language's word for it means."""
    word = operator.lstrip("$").casefold()
    if isinstance(operand, Mapping):
        return OTHER_RECORDS.get(word, WORDS.get(word))
    return WORDS.get(word)


def bound_meant(operand: object) -> str:
    """How to say what somebody wrote with a sign of FileMaker's find; empty when there is none."""
    if not isinstance(operand, str):
        return ""
    if found := BOUND.fullmatch(operand):
        return f'Write {{"{WORDS[found[1]]}": {_shown(found[2])}}}.'
    if (found := RANGE.fullmatch(operand)) and operand.count("-") != 1:
        return f'Write {{"between": [{_shown(found[1])}, {_shown(found[2])}]}}.'
    return ""


def hints(where: object, layout: LayoutMeta, *, nothing_found: bool) -> tuple[str, ...]:
    """What may not have been meant: a value that its field's list does not have; signs that were taken literally."""
    sentences: dict[str, None] = {}
    for name, value in equal_texts(where):
        field = layout.field_named(name)
        if field is None or field.type != "text":
            continue
        values = layout.value_lists.get(field.value_list or "")
        pairs = values.values if values else ()
        listed = [kept for kept, _ in pairs] if values and values.kind == "customList" else []
        known = {each.casefold() for pair in pairs for each in pair}
        if listed and "\n" not in value and value.casefold() not in known:
            more = ", ..." if len(listed) > SHOWN else ""
            sentences[
                f"{value!r} is not in the value list of {name!r}: {', '.join(listed[:SHOWN])}{more}"
            ] = None
        elif nothing_found and SIGN.search(value):
            sentences[f"signs in {value!r} were taken literally; contains, gt, raw and others search"] = None
    return tuple(sentences)


def equal_texts(where: object) -> Iterator[tuple[str, str]]:
    """Fields with the texts that they are to be equal to."""
    for item in cast("list[object]", where) if isinstance(where, list) else [where]:
        if isinstance(item, Mapping):
            for name, condition in cast("Mapping[str, object]", item).items():
                for value in _texts(condition):
                    yield name, value


def _texts(condition: object) -> Iterator[str]:
    if isinstance(condition, str) and condition:
        yield condition
    elif isinstance(condition, list):
        for each in cast("list[object]", condition):
            yield from _texts(each)
    elif isinstance(condition, Mapping):
        for name, operand in cast("Mapping[str, object]", condition).items():
            if name in ("is", "any_of", "not"):
                yield from _texts(operand)


def _shown(text: str) -> str:
    number = text.replace(",", "") if re.fullmatch(r"-?[\d,]+(\.\d+)?", text) else ""
    return number or f'"{text}"'
