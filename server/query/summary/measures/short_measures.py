"""A measure written as one text, such as `sum Total`."""

from __future__ import annotations

import re

from ....errors import InputError
from .. import other_words
from .measures import WAYS
from .operands import COMBINED

PERCENTILE = re.compile(r"p(\d+) (.+)")
SHORT = re.compile(r"(\w+)(?:\s*[: ]\s*(.+)|\((.+)\))")


def measure_in(given: object) -> dict[str, object]:
    """A measure as one text, in the ways an answer shows it: `sum Total`, `p90 Total`, `share of Total %`,
    `average days_between(Sent, Paid)`; also `sum(Total)` and `sum: Total`."""
    text = given.strip() if isinstance(given, str) else ""
    if text == "share":
        return {"share": "count"}
    if percentile := PERCENTILE.fullmatch(text):
        return {"percentile": percentile.group(2), "p": int(percentile.group(1))}
    found = SHORT.fullmatch(text)
    if found is None:
        raise InputError(f"{given!r} is no measure", advice=WAYS)
    kind, of = found.group(1).lower(), found.group(2) or found.group(3)
    kind = other_words.measure_for(kind) or kind.lstrip("$")
    if kind == "share":
        of = of.removeprefix("of ").removesuffix(" %")
    if kind in ("first", "last") and " by " in of:
        field, _, by = of.partition(" by ")
        return {kind: field, "by": by}
    if inner := COMBINED.fullmatch(of):
        return {kind: {inner.group(1): [inner.group(2), inner.group(3)]}}
    return {kind: of}
