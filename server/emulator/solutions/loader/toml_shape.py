"""TOML text to the shape of a definition. What does not fit is reported and left out, so that the rest is checked too."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, cast

from pydantic import ValidationError

from .definition import FileShape
from .mistakes import Mistake, dotted, nearest
from .places import Path, Places


class Findings:
    """Collects the mistakes of one definition."""

    def __init__(self, file: str, places: Places) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self._places = places

    def add(self, path: Sequence[str | int], message: str) -> None:
        self.mistakes.append(Mistake(self.file, self._places.line(path), dotted(path), message))


def read_shape(file: str, text: str) -> tuple[FileShape | None, Findings]:
    """The shape, or None when nothing can be made of the text."""
    findings = Findings(file, Places(text))
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        words, _, place = str(problem).partition(" (at line ")
        line = place.partition(",")[0]
        findings.mistakes.append(
            Mistake(
                file,
                int(line) if line.isdecimal() else text.count("\n") + 1,
                "",
                f"This is not TOML: {words}.",
            )
        )
        return None, findings
    return _shape(raw, findings), findings


def _shape(raw: dict[str, Any], findings: Findings) -> FileShape | None:
    rest = deepcopy(raw)
    # Each round reports what does not fit and takes it out. The last one has nothing left to take out.
    for _ in range(200):
        try:
            return FileShape.model_validate(rest)
        except ValidationError as problem:
            errors = problem.errors(include_url=False, include_context=True)
            misspelt = {_meant(error, rest) for error in errors if error["type"] == "extra_forbidden"}
            told = [error for error in errors if error["type"] != "missing" or error["loc"] not in misspelt]
            untold = [error["loc"] for error in errors if error not in told]
            paths = [_found(error, rest, findings) for error in told]
            if not _take_out(rest, [*paths, *(_real_path(rest, loc, missing=True) for loc in untold)]):
                return None
    return None


def _found(error: Any, rest: dict[str, Any], findings: Findings) -> Path:
    path = _real_path(rest, tuple(error["loc"]), missing=error["type"] == "missing")
    kind, key = str(error["type"]), str(error["loc"][-1])
    if kind == "extra_forbidden":
        findings.add(path, f"There is no key {key!r} here. {nearest(key, _known_keys(rest, path))}")
    elif kind == "missing":
        findings.add(path[:-1] or path, f"The key {key!r} is missing; add it.")
    else:
        findings.add(path, f"{error['msg']}; this is {_shown(_at(rest, path))}.")
    return path


def _meant(error: Any, rest: dict[str, Any]) -> Path:
    """The key that a misspelt one stands for, so that it is not called missing as well."""
    *holder, key = error["loc"]
    near = get_close_matches(str(key), _known_keys(rest, tuple(error["loc"])), n=1)
    return (*holder, near[0]) if near else ()


def _real_path(rest: object, loc: Path, *, missing: bool) -> Path:
    """pydantic puts names of union members into a location. Only what is in the document counts."""
    path: list[str | int] = []
    node = rest
    for index, part in enumerate(loc):
        if isinstance(node, dict) and part in node:
            node = cast("dict[Any, Any]", node)[part]
        elif isinstance(node, list) and isinstance(part, int) and part < len(cast("list[Any]", node)):
            node = cast("list[Any]", node)[part]
        elif not (missing and index == len(loc) - 1):
            continue
        path.append(part)
    return tuple(path)


def _take_out(rest: dict[str, Any], paths: list[Path]) -> bool:
    taken = False
    # Later members of a list go first, so that the earlier ones keep their index.
    for path in sorted(set(paths), key=lambda path: [str(part).zfill(9) for part in path], reverse=True):
        target = path if _exists(rest, path) else path[:-1]
        while target and not _exists(rest, target):
            target = target[:-1]
        if not target:
            continue
        holder = _at(rest, target[:-1])
        del holder[target[-1]]
        taken = True
    return taken


def _exists(rest: object, path: Path) -> bool:
    try:
        _at(rest, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _at(rest: object, path: Path) -> Any:
    node: Any = rest
    for part in path:
        node = node[part]
    return node


def _known_keys(rest: dict[str, Any], path: Path) -> list[str]:
    """The keys that the schema knows at the place of an unknown one."""
    schema = FileShape.model_json_schema()
    node: Any = schema
    for part in path[:-1]:
        node = _step(schema, node, part)
    return list(_resolve(schema, node).get("properties", {}))


def _step(schema: Any, node: Any, part: str | int) -> Any:
    resolved = _resolve(schema, node)
    if isinstance(part, int):
        return resolved.get("items", {})
    return resolved.get("properties", {}).get(part) or resolved.get("additionalProperties", {})


def _resolve(schema: Any, node: Any) -> Any:
    if not isinstance(node, dict):
        return {}
    found = cast("dict[str, Any]", node)
    if "$ref" in found:
        return _resolve(schema, schema["$defs"][str(found["$ref"]).rpartition("/")[2]])
    for option in found.get("anyOf", []):
        if option.get("type") != "null" and option.get("type") != "string":
            return _resolve(schema, option)
    return found


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
