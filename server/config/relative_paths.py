"""Paths in a configuration file stand where the file stands: a desktop client starts its servers anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from ..local.places import expanded
from ..local.state.state_place import is_address
from .database_settings import DatabaseSettings
from .http_settings import HttpSettings
from .key_settings import KeySettings
from .settings import Settings
from .sign_in_settings import DataSourceSettings
from .team_settings import ProviderSettings

Tree = dict[str, Any]


def anchored(tree: Tree, folder: Path) -> Tree:
    """The tree of a file in `folder` with its relative paths made whole; what is not shaped as it should be stays for the complaint."""
    whole = _settings(tree, Settings, folder)
    if isinstance(secrets := whole.get("secrets"), Mapping):
        whole["secrets"] = _listed(cast("Tree", secrets), "keys", KeySettings, folder)
    if isinstance(http := whole.get("http"), Mapping):
        whole["http"] = _http(cast("Tree", http), folder)
    if isinstance(databases := whole.get("database"), Mapping):
        whole["database"] = {
            name: _database(database, folder) for name, database in cast("Tree", databases).items()
        }
    return whole


def _http(given: Mapping[str, Any], folder: Path) -> Tree:
    whole = _settings(given, HttpSettings, folder)
    sign_in = whole.get("sign_in")
    provider = cast("Tree", sign_in).get("provider") if isinstance(sign_in, Mapping) else None
    if isinstance(sign_in, Mapping) and isinstance(provider, Mapping):
        made = _settings(cast("Tree", provider), ProviderSettings, folder)
        whole["sign_in"] = {**cast("Tree", sign_in), "provider": made}
    return whole


def _database(given: object, folder: Path) -> object:
    if not isinstance(given, Mapping):
        return given
    whole = _settings(cast("Tree", given), DatabaseSettings, folder)
    return _listed(whole, "data_sources", DataSourceSettings, folder)


def _listed(tree: Mapping[str, Any], name: str, model: type[BaseModel], folder: Path) -> Tree:
    """With the paths in a list of tables made whole."""
    whole = dict(tree)
    if isinstance(given := whole.get(name), list):
        whole[name] = [
            _settings(cast("Tree", each), model, folder) if isinstance(each, Mapping) else each
            for each in cast("list[object]", given)
        ]
    return whole


def _settings(tree: Mapping[str, Any], model: type[BaseModel], folder: Path) -> Tree:
    whole = dict(tree)
    for name, field in model.model_fields.items():
        value = whole.get(name)
        if name == "state" and isinstance(value, str) and not is_address(value):
            whole[name] = _at(value, folder)
        elif "Secret" in str(field.annotation) or name == "state":
            if isinstance(value, Mapping) and isinstance(file := cast("Tree", value).get("file"), str):
                whole[name] = {**value, "file": _at(file, folder)}
        elif "Path" in str(field.annotation) and isinstance(value, str) and value:
            whole[name] = _at(value, folder)
    return whole


def _at(path: str, folder: Path) -> str:
    return str(folder / expanded(Path(path)))
