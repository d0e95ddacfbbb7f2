"""A call's arguments as models and clients send them, made into what the tool takes; or one sentence that says what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin

from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ...server.errors import InputError
from ...server.text.exact_json import levels_of
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
HALF = re.compile("[\ud800-\udfff]")
DEEPEST = 60
"""Objects and lists inside one another."""
CONTENTS = ("records", "values", "parameter")
"""What is written or handed on. Its own bounds are the owner's and FileMaker's."""
FEW = 100
MOST_VALUES, LONGEST_TEXT = 10_000, 20_000
"""Of any other argument: what is asked for, in names and criteria. Beyond it everybody else would wait while it is read."""


def validated(tool: str, metadata: FuncMetadata, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Lists and objects may come as JSON text, null stands for an argument that was left out.

    Raises InputError with every problem in one sentence.
    """
    doubtful = {name: value for name, value in arguments.items() if not _is_harmless(value)}
    too_much = [reason for name, value in doubtful.items() if (reason := _beyond(name, value))]
    if too_much:
        raise _unfit(tool, too_much)
    model = metadata.arg_model
    known, verbatim = _parameters(model)
    problems = [_unknown(name, known) for name in arguments if name not in known]
    given = {name: value for name, value in arguments.items() if value is not None or _needs(model, name)}
    others = metadata.pre_parse_json({name: value for name, value in given.items() if name not in verbatim})
    problems += [
        reason
        for name, value in (given | others).items()
        if not _is_harmless(value) and (reason := _unwritable(name, value))
    ]
    try:
        values = model.model_validate(given | others)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems += dict.fromkeys(_sentence(each) for each in details if not _is_other_way(each, details))
    except RecursionError:
        problems += ["they are nested without end"]
    else:
        if not problems:
            return values.model_dump_one_level()
    raise _unfit(tool, problems)


@lru_cache(1_000)
def _parameters(model: type[BaseModel]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names of a tool's parameters, and those whose text stays what it is."""
    fields = model.model_fields
    known = tuple(field.alias or name for name, field in fields.items())
    return known, frozenset(name for name, field in fields.items() if _takes_text(field.annotation))


def _unfit(tool: str, problems: Sequence[str]) -> InputError:
    return InputError(
        f"The arguments of {tool} do not fit: {'; '.join(problems)}", advice="Nothing was sent."
    )


def _is_harmless(value: object) -> bool:
    """A number, a short text of plain letters, or some of them together, as most arguments are: nothing in it has to be looked for."""
    if isinstance(value, dict):
        parts = cast("dict[object, object]", value)
        return len(parts) <= FEW and all(map(_is_short, parts)) and all(map(_is_short, parts.values()))
    if isinstance(value, list):
        return len(cast("list[object]", value)) <= FEW and all(map(_is_short, cast("list[object]", value)))
    return _is_short(value)


def _is_short(value: object) -> bool:
    if type(value) is str:
        return len(value) <= LONGEST_TEXT and value.isascii()
    return value is None or type(value) in (bool, int)


def _beyond(name: str, value: object) -> str:
    """What is more than anybody asks for in earnest."""
    if name in CONTENTS:
        return ""
    count = 0
    for level in levels_of(value):
        count += len(level)
        if count > MOST_VALUES:
            return f"{name[:80]!r} holds more than {MOST_VALUES:,} values"
        if any(isinstance(part, str) and len(part) > LONGEST_TEXT for part in level):
            return f"{name[:80]!r} holds a text of more than {LONGEST_TEXT:,} characters"
    return ""


def _needs(model: type[BaseModel], name: str) -> bool:
    """Whether a tool cannot do without it, so that null is a mistake."""
    field = model.model_fields.get(name)
    return field is None or field.is_required()


def _takes_text(annotation: object) -> bool:
    """Text that looks like JSON stays the text it is."""
    if get_origin(annotation) in (Union, UnionType):
        return str in get_args(annotation)
    return annotation is Any or annotation is str


def _unwritable(name: str, value: object) -> str:
    """What no JSON text can say, although readers of JSON take it: NaN, infinity (as which 1e999 is read), half a sign."""
    for depth, level in enumerate(levels_of(value)):
        if depth > DEEPEST:
            return f"{name!r} is nested more than {DEEPEST} deep"
        if float in map(type, level) and any(isinstance(p, float) and not math.isfinite(p) for p in level):
            return f"{name!r} holds a number that is none (NaN, or larger than any that can be kept)"
        if _is_cut(level):
            return f"{name!r} holds half of a sign (one half of a surrogate pair), which no file or database can keep"
    return ""


def _is_cut(level: Sequence[Any]) -> bool:
    texts: list[str] = [part for part in level if type(part) is str]
    texts += chain.from_iterable(cast("dict[str, object]", part) for part in level if type(part) is dict)
    return not all(map(str.isascii, texts)) and any(map(HALF.search, texts))


def _unknown(name: str, known: tuple[str, ...]) -> str:
    habit = name.lstrip("$").casefold().replace("_", "")
    close = [meant for meant in OTHER_WORDS.get(habit, ()) if meant in known] or near(name, known)
    meant = f"did you mean {close[0]!r}?" if close else f"it takes {', '.join(known)}"
    return f"there is no parameter {name[:80]!r} ({meant})"


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
