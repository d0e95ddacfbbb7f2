"""The file of a map: small JSON that its owner reads, approves and names in the configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, cast

from ..errors import ConfigurationError
from .solution import Solution

FORMAT = "filemaker-mcp solution map"
VERSION = 1
MOST_BYTES = 200_000_000
_ABOUT = (
    "Read this, then put your name and the date into approved, and name the file in the configuration: map = ... "
    "Nothing in it applies before, and nothing in it opens a layout, a field or a script."
)


def map_text(solution: Solution) -> str:
    """The file's text, a draft that nobody approved yet."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "about": _ABOUT,
        "approved": False,
        "solution": _plain(solution),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def read_map(path: Path) -> Solution | None:
    """None for a draft. Raises ConfigurationError: file, what is wrong, what to do."""
    tree = _tree(path)
    if tree.get("format") != FORMAT:
        raise ConfigurationError(
            f"{path} is no solution map", advice="Make one with 'filemaker-mcp learn', and name that in map."
        )
    version = tree.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ConfigurationError(
            f"{path} was written by a newer filemaker-mcp: its version is {version!r}, and this program reads {VERSION}",
            advice="Update filemaker-mcp, or run 'filemaker-mcp learn' again with this one.",
        )
    solution = _solution(path, tree.get("solution"))
    approved = tree.get("approved")
    if not isinstance(approved, bool | str):
        raise ConfigurationError(
            f"{path}: approved is neither false nor a name", advice='Write for example "Marta, 2026-11-26".'
        )
    return solution if approved else None


def _tree(path: Path) -> Mapping[str, object]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigurationError(f"{path} is too large to be a solution map")
        tree: object = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"The solution map {path} is not there",
            advice="Correct its name in the configuration, or make it with 'filemaker-mcp learn'.",
        ) from None
    except OSError as error:
        raise ConfigurationError(f"The solution map {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"The solution map {path} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ConfigurationError(
            f"{path}, line {error.lineno}, is not JSON: {error.msg}",
            advice="Correct it there, or run 'filemaker-mcp learn' again.",
        ) from None
    except RecursionError:
        raise ConfigurationError(f"{path} is no solution map") from None
    if not isinstance(tree, dict):
        raise ConfigurationError(f"{path} is no solution map")
    return cast("Mapping[str, object]", tree)


def _solution(path: Path, tree: object) -> Solution:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Solution).validate_python(tree)
    except ValidationError as errors:
        first = errors.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "solution"
        raise ConfigurationError(
            f"{path}: {place} is not as a map has it ({first['msg']})",
            advice="Correct it there, or run 'filemaker-mcp learn' again.",
        ) from None


def _plain(value: object) -> object:
    """JSON without what is as by default, so that the file stays small enough to be read."""
    if is_dataclass(value) and not isinstance(value, type):
        given = ((each.name, getattr(value, each.name), each) for each in fields(value))
        return {name: _plain(own) for name, own, each in given if own != _default(each)}
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in cast("tuple[object, ...]", value)]
    return value


def _default(each: Field[Any]) -> object:
    if each.default_factory is not MISSING:
        return cast("object", each.default_factory())
    return cast("object", each.default)
