"""Runbooks as files: read strictly, every mistake with file, line and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from ..errors import ConfigurationError
from ..scripts.planned_runs import Retry
from ..text.toml_file import Strict, TomlFile
from .runbook import Check, Pace, Runbook


class _Records(Strict):
    layout: str = Field(min_length=1)
    where: dict[str, Any] | list[dict[str, Any]] | None = None
    omit: dict[str, Any] | list[dict[str, Any]] | None = None
    most: int = Field(default=1_000, ge=1, le=50_000)


class _Each(Strict):
    script: str | None = None
    parameter: Any = None
    edit: dict[str, Any] = Field(default_factory=dict[str, Any])

    @model_validator(mode="after")
    def _one(self) -> _Each:
        if (self.script is None) == (not self.edit):
            raise ValueError("takes either `script`, perhaps with `parameter`, or `edit`")
        return self


class _Check(Strict):
    field: str = Field(min_length=1)
    filled: bool = True
    one_of: tuple[str, ...] = ()
    otherwise: Literal["review", "skip"] = "review"


class _Pace(Strict):
    per_minute: int | None = Field(default=None, ge=1)
    at_once: int = Field(default=1, ge=1, le=10)
    stop_after: int = Field(default=10, ge=1)


class _Retry(Strict):
    errors: tuple[int, ...] = (301,)
    times: int = Field(default=3, ge=0, le=20)
    pause: float = Field(default=5, ge=0, le=600)


class _RunbookFile(Strict):
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
    read = TomlFile.open(path, "runbook", "docs/runbooks.md").as_a(_RunbookFile)
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
