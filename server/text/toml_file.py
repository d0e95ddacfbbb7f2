"""A TOML file that the owner writes, read strictly: every mistake with file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import ConfigurationError
from .lowered_first import lowered_first
from .near_names import near
from .toml_text import text_of, tree_of

NAME = r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\[\]\s.=#"']+)\s*"""
HEADER = re.compile(rf"\s*(\[\[?)((?:{NAME}\.)*{NAME})\]\]?")
KEY = re.compile(rf"{NAME}[=.]")


class Strict(BaseModel):
    """A table that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class TomlFile:
    """`kind` is what the file is (`runbook`), `page` where an example of one stands."""

    path: Path
    text: str
    kind: str
    page: str

    @classmethod
    def open(cls, path: Path, kind: str, page: str) -> TomlFile:
        try:
            return cls(path, text_of(path, f"The {kind}"), kind, page)
        except FileNotFoundError:
            raise ConfigurationError(
                f"The {kind} {path} is not there", advice="Correct its name in the configuration."
            ) from None

    def as_a(self, model: type[M]) -> M:
        """Raises ConfigurationError for the first mistake: file, line, what is wrong, what to do."""
        tree = tree_of(self.text, self.path)
        try:
            return model.model_validate(tree)
        except ValidationError as error:
            raise self._complaint(error, model) from None

    def mistake(self, parts: Sequence[str], what: str, advice: str = "") -> ConfigurationError:
        """The error for what is wrong at a setting."""
        return ConfigurationError(
            f"{self.path}, line {self.line_of(parts)}: {what}",
            advice=advice or f"{self.page} shows an example.",
        )

    def _complaint(self, error: ValidationError, model: type[BaseModel]) -> ConfigurationError:
        details = error.errors(include_url=False, include_input=False)
        # A misspelt name is often the cause of a missing one.
        detail = next((d for d in details if d["type"] == "extra_forbidden"), details[0])
        parts = [str(p) for p in detail["loc"] if not str(p).startswith(("function-", "dict[", "list["))]
        name = ".".join(part for part in parts if not part.isdecimal())
        if detail["type"] == "extra_forbidden":
            known = _known_beside(model, parts)
            close = near(parts[-1], known, most=1)
            return self.mistake(
                parts,
                f"{name!r} is nothing that a {self.kind} knows",
                f"Did you mean {close[0]!r}?" if close else f"Here it knows {', '.join(known)}.",
            )
        if detail["type"] == "missing":
            return self.mistake(parts, f"{name!r} is missing")
        reason = detail["msg"].removeprefix("Value error, ")
        return self.mistake(parts, f"{name!r}: {lowered_first(reason)}")

    def line_of(self, parts: Sequence[str]) -> int:
        """The line on which a setting stands; that of its table, else the first, when it is not written out."""
        table: list[str] = []
        counts: dict[str, int] = {}
        best = (0, 1)
        for number, line in enumerate(self.text.splitlines(), 1):
            header = HEADER.match(line)
            key = KEY.match(line)
            if header is not None:
                table = [name.strip("\"'") for name in re.findall(NAME, header[2])]
                if header[1] == "[[":
                    counts[header[2]] = counts.get(header[2], -1) + 1
                    table = [*table, str(counts[header[2]])]
                here = table
            elif key is not None:
                here = [*table, key[1].strip("\"'")]
            else:
                continue
            depth = len(here) if list(parts[: len(here)]) == here else 0
            if depth > best[0]:
                best = (depth, number)
        return best[1]


def _known_beside(model: type[BaseModel], parts: Sequence[str]) -> list[str]:
    """The names that exist where the last of `parts` was written."""
    here: Any = model
    for part in parts[:-1]:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[part].annotation if part in here.model_fields else None
        else:
            here = next((kind for kind in reversed(get_args(here)) if kind is not Ellipsis), None)
        here = _table_in(here)
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _table_in(kind: Any) -> Any:
    """Of alternatives the one that is a table; else what it was."""
    tables = [each for each in get_args(kind) if isinstance(each, type) and issubclass(each, BaseModel)]
    return tables[0] if tables and not hasattr(kind, "__origin__") else kind
