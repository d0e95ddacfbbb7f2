"""Adds a database to the configuration file without losing what is written there, comments included."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import tomlkit
import tomlkit.items
from tomlkit.exceptions import ParseError

from ..errors import ConfigurationError
from ..local.places import documentation
from ..local.private_files import write_private, write_whole
from ..text.toml_text import text_of

SCHEMA = "config.schema.json"
NAMES_SCHEMA = f"#:schema ./{SCHEMA}"
"""As the first line it tells editors what the file may hold: they complete and check it."""


def names(path: Path) -> tuple[str, ...]:
    """The databases that the file has."""
    return tuple(_databases(_read(path)))


def known_as(path: Path, host: str, file: str) -> dict[str, str]:
    """The databases that are this file of this host already: name -> access. `host` with its scheme, as settings have it."""
    tables = cast("Mapping[str, Mapping[str, Any]]", _databases(_read(path)))
    return {
        name: str(table.get("access", "read")) for name, table in tables.items() if _is(table, host, file)
    }


def set_access(path: Path, name: str, access: str) -> None:
    """Writes what the assistant may do with a database that the file has."""
    document = _read(path)
    cast("dict[str, Any]", _databases(document))[name]["access"] = access
    write_whole(path, tomlkit.dumps(document))


def add_database(path: Path, name: str, values: Mapping[str, Any]) -> None:
    """Raises ConfigurationError where there is one of that name, or the file cannot be read as TOML."""
    document = _read(path)
    databases = _databases(document)
    if name in databases:
        raise ConfigurationError(f"{path} has a database {name!r} already; it is left as it is")
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, _inline(cast("Mapping[str, Any]", value)) if isinstance(value, dict) else value)
    if "database" not in document:
        document.add("database", tomlkit.table(is_super_table=True))
    cast("dict[str, Any]", document["database"])[name] = table
    text = tomlkit.dumps(document)
    if path.exists():
        write_whole(path, text)
    else:
        text = f"{NAMES_SCHEMA}\n{text}"
        write_private(path, text)
    if text.startswith(NAMES_SCHEMA):  # that of this version
        schema = documentation() / "docs" / SCHEMA
        write_whole(path.with_name(SCHEMA), schema.read_text(encoding="utf-8"))


def _read(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text_of(path, "The configuration file"))
    except FileNotFoundError:
        return tomlkit.document()
    except (ParseError, ValueError, RecursionError):
        raise ConfigurationError(f"{path} cannot be read as TOML; it is left as it is") from None


def _databases(document: tomlkit.TOMLDocument) -> Mapping[str, Any]:
    databases = cast("dict[str, Any]", document).get("database", {})
    return cast("Mapping[str, Any]", databases) if isinstance(databases, dict) else {}


def _is(table: Mapping[str, Any], host: str, file: str) -> bool:
    address = str(table.get("host", "")).casefold().rstrip("/")
    address = address if "://" in address else f"https://{address}"
    return address == host.casefold() and str(table.get("file", "")).casefold() == file.casefold()


def _inline(values: Mapping[str, Any]) -> tomlkit.items.InlineTable:
    table = tomlkit.inline_table()
    for key, value in values.items():
        table.append(key, value)
    return table
