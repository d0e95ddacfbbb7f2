"""The owner's files that stand open to others: the configuration and what it extends, notes, runbooks, and files of secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from pydantic import BaseModel

from ..config.configuration import files_of
from ..config.key_settings import KeySettings
from ..config.settings import Settings
from ..config.strict_settings import Secret
from ..local.exposed_files import exposure


def exposed(settings: Settings, environment: Mapping[str, str], file: Path | None) -> list[str]:
    """A sentence for each."""
    places = dict.fromkeys(files_of(environment, file), "The configuration")
    for database in settings.database.values():
        if database.notes is not None:
            places[database.notes] = "The notes"
    if settings.runbooks is not None:
        folder = settings.runbooks
        places |= dict.fromkeys((folder, *sorted(folder.glob("*.toml"))), "The runbook")
    found = [(path, what, exposure(path, is_secret=False)) for path, what in places.items()]
    secrets = dict.fromkeys(_secrets(settings))
    found += [(path, "The secret in", exposure(path, is_secret=True)) for path in secrets]
    return [f"{what} {path} {open_to}." for path, what, open_to in found if open_to]


def _secrets(part: object) -> Iterator[Path]:
    if isinstance(part, Secret | KeySettings):
        if part.file is not None:
            yield part.file
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _secrets(getattr(part, name))
    elif isinstance(part, Mapping):
        for value in cast("Mapping[object, object]", part).values():
            yield from _secrets(value)
    elif isinstance(part, tuple):
        for value in cast("tuple[object, ...]", part):
            yield from _secrets(value)
