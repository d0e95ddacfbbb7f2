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

from ...server.errors import InputError
from ...server.text.exact_json import levels_of
from .argument_faults import faults, unknown

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
    problems = [unknown(name, known) for name in arguments if name not in known]
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
        problems += faults(error.errors(include_url=False))
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
