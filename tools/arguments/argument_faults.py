"""What is wrong with an argument, and the form that it takes in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic_core import ErrorDetails

from ...server.text.lowered_first import lowered_first
from ...server.text.near_names import near

KINDS = ("function-", "tagged-", "dict[", "list[", "constrained-")
"""Parts of a place that name a type and not something that was written."""
SHAPES = {
    "dict_type": 'an object such as {"Name": "value"}',
    "list_type": 'a list such as ["Name"]',
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} at most",
    "string_pattern_mismatch": 'a record id, digits such as "7" (`id` in answers); other keys are found by where',
}
FORMS = ("dict_type", "list_type")
OWN_SHAPES = {
    ("ids", "list_type"): 'a list of record ids such as ["7"]',
    ("records", "list_type"): 'a list such as [{"Name": "value"}]',
    ("measures", "list_type"): 'a list such as [{"sum": "Total"}]',
    ("group_by", "list_type"): 'a list such as ["Status", {"field": "Date", "by": "month"}]',
    ("sort", "list_type"): 'a list such as ["Name", "-Date"]',
    ("records", "dict_type"): 'an object by record id such as {"7": {"Name": "value"}}',
}
"""Of arguments that are lists or objects of something else than the others."""
OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("filter", "query", "criteria", "conditions", "search", "match"), ("where", "search")),
    **dict.fromkeys(("orderby", "order", "sortby"), ("sort",)),
    **dict.fromkeys(("select", "columns", "project", "projection", "fieldlist"), ("fields", "measures")),
    **dict.fromkeys(("limit", "take", "first", "pagesize", "n", "top", "maxrecords"), ("limit", "top")),
    **dict.fromkeys(("skip", "page", "start"), ("offset",)),
    **dict.fromkeys(("table", "from", "layoutname", "entity"), ("layout",)),
    **dict.fromkeys(
        ("aggregate", "aggregates", "aggregations", "agg", "metrics", "summaries", "values"),
        ("measures", "values", "records"),
    ),
    **dict.fromkeys(("groupby", "group", "dimensions", "by"), ("group_by",)),
    **dict.fromkeys(
        ("partitionby", "pergroup", "toppergroup", "topneach", "limitby", "topn"), ("top_each", "limit")
    ),
    **dict.fromkeys(("versus", "vs", "compareto", "comparewith", "offsetby"), ("compare",)),
    **dict.fromkeys(("expand", "include", "join"), ("portals",)),
    **dict.fromkeys(("exclude", "wherenot", "not"), ("omit",)),
    **dict.fromkeys(("recordid", "rowid", "pk"), ("id", "ids")),
    **dict.fromkeys(("fields", "fielddata", "set", "changes", "updates"), ("values", "records")),
    **dict.fromkeys(("name", "scriptname"), ("script", "search")),
}
"""What SQL, pandas, Mongo and OData call a parameter -> what it may be called here."""


def unknown(name: str, known: tuple[str, ...]) -> str:
    """For a parameter that a tool does not have."""
    habit = name.lstrip("$").casefold().replace("_", "")
    close = [meant for meant in OTHER_WORDS.get(habit, ()) if meant in known] or near(name, known)
    meant = f"did you mean {close[0]!r}?" if close else f"it takes {', '.join(known)}"
    return f"there is no parameter {name[:80]!r} ({meant})"


def faults(details: Sequence[ErrorDetails]) -> Sequence[str]:
    """In words, each once."""
    return list(dict.fromkeys(_sentence(each) for each in details if not _is_other_way(each, details)))


def _sentence(detail: ErrorDetails) -> str:
    place, kind = ".".join(_place(detail)), detail["type"]
    if kind == "missing":
        return f"{place!r} is missing"
    if shape := OWN_SHAPES.get((place, kind)) or SHAPES.get(kind):
        return f"{place!r} takes {_filled(shape, detail)}"
    if detail["type"] == "shape":
        return f"{place!r} takes {detail['msg']}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{place!r}: {lowered_first(message)}"


def _place(detail: ErrorDetails) -> list[str]:
    parts = (str(part)[:80] for part in detail["loc"] if part != "[key]")
    return [part for part in parts if not part.startswith(KINDS)]


def _filled(shape: str, detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    return shape.replace("{ge}", str(context.get("ge"))).replace("{le}", str(context.get("le")))


def _is_other_way(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Whether it tells of a form that was not meant: what may be a list or something else is told about once, as what it is or
    where it goes wrong within."""
    place = _place(detail)
    return detail["type"] in FORMS and any(
        _place(other)[: len(place)] == place
        and (other["type"] not in FORMS or len(_place(other)) > len(place))
        for other in details
    )
