"""Runbooks as files: read strictly, every mistake with file, line and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import ConfigurationError
from ..names import near
from .planned_runs import Retry
from .runbook import Check, Pace, Runbook


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Records(_Strict):
    layout: str = Field(min_length=1)
    where: dict[str, Any] | list[dict[str, Any]] | None = None
    omit: dict[str, Any] | list[dict[str, Any]] | None = None
    most: int = Field(default=1_000, ge=1, le=50_000)


class _Each(_Strict):
    script: str | None = None
    parameter: Any = None
    edit: dict[str, Any] = Field(default_factory=dict[str, Any])

    @model_validator(mode="after")
    def _one(self) -> _Each:
        if (self.script is None) == (not self.edit):
            raise ValueError("takes either `script`, perhaps with `parameter`, or `edit`")
        return self


class _Check(_Strict):
    field: str = Field(min_length=1)
    filled: bool = True
    one_of: tuple[str, ...] = ()
    otherwise: Literal["review", "skip"] = "review"


class _Pace(_Strict):
    per_minute: int | None = Field(default=None, ge=1)
    at_once: int = Field(default=1, ge=1, le=10)
    stop_after: int = Field(default=10, ge=1)


class _Retry(_Strict):
    errors: tuple[int, ...] = (301,)
    times: int = Field(default=3, ge=0, le=20)
    pause: float = Field(default=5, ge=0, le=600)


class _File(_Strict):
    name: str | None = Field(default=None, min_length=1)
    description: str = ""
    database: str | None = None
    records: _Records
    each: _Each
    checks: tuple[_Check, ...] = ()
    pace: _Pace = _Pace()
    retry: _Retry | None = None


def runbooks_in(folder: Path | None) -> dict[str, Runbook]:
    """Every runbook of a folder, by name. Raises ConfigurationError with file, line and remedy for the first mistake."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise ConfigurationError(
            f"The folder of runbooks {folder} is not there", advice="Create it, or correct `runbooks`."
        )
    found: dict[str, Runbook] = {}
    for path in sorted(folder.glob("*.toml")):
        runbook = read_runbook(path)
        if runbook.name in found:
            raise ConfigurationError(
                f"{path} and {found[runbook.name].path} both hold a runbook {runbook.name!r}",
                advice="Give one of them another name.",
            )
        found[runbook.name] = runbook
    return found


def read_runbook(path: Path) -> Runbook:
    """Raises ConfigurationError: file, line, what is wrong, what to do."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The runbook {path} cannot be read: {error}") from None
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = place[1] if place else str(text.count("\n") + 1)
        raise ConfigurationError(
            f"{path}, line {line}: this is no TOML: {str(error).partition(' (at')[0]}",
            advice="Text stands in quotes; a table begins with [name].",
        ) from None
    try:
        read = _File.model_validate(tree)
    except ValidationError as error:
        raise _complaint(error, path, text) from None
    return Runbook(
        name=read.name or path.stem,
        path=path,
        description=" ".join(read.description.split()),
        database=read.database,
        layout=read.records.layout,
        where=read.records.where,
        omit=read.records.omit,
        most=read.records.most,
        script=read.each.script,
        parameter=read.each.parameter,
        edit=read.each.edit,
        checks=tuple(Check(c.field, c.filled, c.one_of, c.otherwise) for c in read.checks),
        pace=Pace(read.pace.per_minute, read.pace.at_once, read.pace.stop_after),
        retry=Retry()
        if read.retry is None
        else Retry(frozenset(read.retry.errors), read.retry.times, read.retry.pause),
    )


def _complaint(error: ValidationError, path: Path, text: str) -> ConfigurationError:
    details = error.errors(include_url=False, include_input=False)
    detail = next((d for d in details if d["type"] == "extra_forbidden"), details[0])
    parts = [str(part) for part in detail["loc"] if not str(part).startswith(("function-", "dict[", "list["))]
    where = f"{path}, line {line_of(text, parts)}"
    name = ".".join(part for part in parts if not part.isdecimal())
    if detail["type"] == "extra_forbidden":
        known = _known_beside(parts)
        close = near(parts[-1], known, most=1)
        return ConfigurationError(
            f"{where}: {name!r} is nothing that a runbook knows",
            advice=f"Did you mean {close[0]!r}?" if close else f"Here it knows {', '.join(known)}.",
        )
    if detail["type"] == "missing":
        return ConfigurationError(
            f"{where}: {name!r} is missing", advice="docs/runbooks.md shows an example."
        )
    reason = detail["msg"].removeprefix("Value error, ")
    return ConfigurationError(
        f"{where}: {name!r}: {reason[:1].lower()}{reason[1:]}", advice="docs/runbooks.md shows an example."
    )


def _known_beside(parts: list[str]) -> list[str]:
    models: Mapping[str, type[BaseModel]] = {
        "records": _Records, "each": _Each, "checks": _Check, "pace": _Pace, "retry": _Retry,
    }  # fmt: skip
    return list((models.get(parts[0], _File) if len(parts) > 1 else _File).model_fields)


def line_of(text: str, parts: list[str]) -> int:
    """The line on which a setting stands; that of its table, else the first, when it is not written out."""
    table: list[str] = []
    counts: dict[str, int] = {}
    best = (0, 1)
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?", line)
        key = re.match(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^=#\s.\[]+)\s*[=.]""", line)
        if header is not None:
            table = [part.strip().strip("\"'") for part in header[2].split(".")]
            if header[1] == "[[":
                table = [*table, str(counts.get(header[2], 0))]
                counts[header[2]] = counts.get(header[2], 0) + 1
            here = table
        elif key is not None:
            here = [*table, key[1].strip("\"'")]
        else:
            continue
        depth = len(here) if parts[: len(here)] == here else 0
        if depth > best[0]:
            best = (depth, number)
    return best[1]
