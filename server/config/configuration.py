"""Finds and reads the configuration: file, `extends`, environment; refuses what it does not know in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import ValidationError, create_model

from ..errors import ConfigurationError
from ..local.places import config_file, expanded
from .database_settings import DatabaseSettings
from .setting_errors import complaint, right_name
from .settings import Settings
from .state_settings import state_in
from .strict_settings import Secret

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings

    from .relative_paths import Tree

PREFIX = "FILEMAKER_"
RENAMED = {"file": "database", "account": "username"}
"""Settings of a database whose variables have another name: FILEMAKER_DATABASE, FILEMAKER_USERNAME."""
OURS_BUT_NOT_SETTINGS = ("FILEMAKER_CONFIG", "FILEMAKER_FORM", "FILEMAKER_LIVE_")
PLACEHOLDER = "${user_config."
_TEXTS = {str, int, float, bool, Path, NoneType}
"""Types that are made from one text."""


def configured(environment: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings in force. `file` is `--config`; else FILEMAKER_CONFIG; else the user's configuration folder.

    Raises ConfigurationError with one sentence that names the setting, and the nearest right name for a misspelt one.
    """
    # A desktop bundle's field that nobody filled in may arrive as its own placeholder.
    environment = {name: value for name, value in environment.items() if not value.startswith(PLACEHOLDER)}
    path = _chosen(environment, file)
    tree: Tree = {}
    if path is not None:
        from .configuration_files import tree_in

        tree = tree_in(path)
    return settled(overlaid(tree, environment), path)


def overlaid(tree: Tree, environment: Mapping[str, str]) -> Tree:
    """The tree of a file with the environment's settings over it."""
    return _overridden(tree, _from_environment(environment))


def settled(tree: Tree, path: Path | None) -> Settings:
    """The tree as Settings, or one sentence about the first thing that is wrong."""
    if not tree.get("database") and tree.keys() <= {"database", *Settings.model_fields}:
        raise ConfigurationError(
            "No database is configured",
            advice="Set FILEMAKER_HOST, FILEMAKER_DATABASE, FILEMAKER_USERNAME and FILEMAKER_PASSWORD, run "
            "'filemaker-mcp setup', or try 'filemaker-mcp --demo'.",
        )
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise complaint(error, path, prefix=PREFIX, renamed=RENAMED) from None


def _path(text: str | None) -> Path | None:
    return expanded(Path(text)) if text else None


def usual_config() -> Path | None:
    """The file in the user's configuration folder; None where there is none."""
    path = config_file()
    try:
        return path if path.is_file() else None
    except (
        OSError
    ) as error:  # started with the HOME of somebody else: their policy is not passed over in silence
        raise ConfigurationError(
            f"Whether there is a configuration file {path} cannot be seen: {error.strerror}",
            advice="Name the file with FILEMAKER_CONFIG, or set HOME to the home folder of this account.",
        ) from None


def files_of(environment: Mapping[str, str], file: Path | None = None) -> list[Path]:
    """The configuration file in force and those that it extends, whole paths. Raises as `configured` does."""
    path = _chosen(environment, file)
    if path is None:
        return []
    from .configuration_files import chain_from

    return [each for each, _ in chain_from(path)]


def _chosen(environment: Mapping[str, str], file: Path | None) -> Path | None:
    return file or _path(environment.get("FILEMAKER_CONFIG")) or usual_config()


def _from_environment(environment: Mapping[str, str]) -> Tree:
    """Variables that are set and not empty, by the names of settings; JSON in those that take lists or tables."""
    fields = {RENAMED.get(name, name): name for name in DatabaseSettings.model_fields}
    general = [name for name in Settings.model_fields if name != "database"]
    known = {f"{PREFIX}{name}".upper() for name in (*fields, *general)}
    secrets = {
        name for name, field in DatabaseSettings.model_fields.items() if "Secret" in str(field.annotation)
    }
    known |= {f"{PREFIX}{name}_file".upper() for name in secrets}
    for name, value in environment.items():
        ours = name.upper().startswith(PREFIX) and not name.upper().startswith(OURS_BUT_NOT_SETTINGS)
        if ours and value and name.upper() not in known:
            meant = right_name(name[len(PREFIX) :], {each.removeprefix(PREFIX).lower() for each in known})
            hint = f"Did you mean {PREFIX}{meant.upper()}?" if meant else ""
            raise ConfigurationError(f"{name} is no setting of filemaker-mcp", advice=hint)
    plain = {
        name: fields.get(name, name)
        for name in (*fields, *general)
        if fields.get(name, name) not in secrets and name != "state"
    }
    values = _variables(environment, plain)
    if state := environment.get(f"{PREFIX}STATE"):
        values["state"] = state_in(state)
    for name in secrets:
        value = environment.get(f"{PREFIX}{RENAMED.get(name, name)}".upper())
        place = environment.get(f"{PREFIX}{RENAMED.get(name, name)}_file".upper())
        if value and place:
            raise ConfigurationError(
                f"{PREFIX}{name.upper()} and {PREFIX}{name.upper()}_FILE are both set; leave one"
            )
        if value:
            values[name] = Secret.model_validate(
                {"keychain": True} if value == "keychain" else {"value": value}
            )
        elif place:
            values[name] = Secret(file=Path(place))
    return values


def _variables(environment: Mapping[str, str], names: Mapping[str, str]) -> Tree:
    """The variables that are set, by the names of settings: texts as they are, lists and tables as JSON."""
    given = {name.lower(): value for name, value in environment.items() if value}
    here = {variable: name for variable, name in names.items() if f"{PREFIX}{variable}".lower() in given}
    types = {variable: _annotation(name) for variable, name in here.items()}
    values: Tree = {
        here[variable]: given[f"{PREFIX}{variable}".lower()] for variable in here if _is_text(types[variable])
    }
    others = tuple((variable, name) for variable, name in here.items() if name not in values)
    return values | {here[variable]: value for variable, value in _parsed(given, others).items()}


def _annotation(name: str) -> Any:
    return (DatabaseSettings.model_fields.get(name) or Settings.model_fields[name]).annotation


def _is_text(annotation: Any) -> bool:
    """Whether a variable's text is what the setting is made from."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_text(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return all(map(_is_text, get_args(annotation)))
    return origin is Literal or annotation in _TEXTS


@lru_cache(16)
def _model(variables: tuple[tuple[str, str], ...]) -> type[BaseSettings]:
    """Of variables and the settings that they are: making one takes as long as all else of reading the environment."""
    from pydantic_settings import BaseSettings, SettingsConfigDict

    fields = {variable: (_annotation(name), None) for variable, name in variables}
    model = create_model("Environment", __base__=BaseSettings, **cast("dict[str, Any]", fields))
    model.model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True)
    return model


def _parsed(given: Mapping[str, str], variables: tuple[tuple[str, str], ...]) -> Tree:
    """pydantic-settings' reading of variables that may hold JSON. It is loaded for them alone, as it takes its time."""
    if not variables:
        return {}
    from pydantic_settings import EnvSettingsSource, SettingsError

    source = EnvSettingsSource(_model(variables), env_prefix=PREFIX, env_ignore_empty=True)
    source.env_vars = given
    try:
        return source()
    except SettingsError as error:
        raise ConfigurationError(
            f"A variable {PREFIX}... takes JSON and holds something else: {error}"
        ) from None


def _overridden(tree: Tree, values: Tree) -> Tree:
    """Environment beats file. What concerns a database goes to the only one there is."""
    general = {name: value for name, value in values.items() if name not in DatabaseSettings.model_fields}
    own = {name: value for name, value in values.items() if name in DatabaseSettings.model_fields}
    tree = tree | general
    if not own:
        return tree
    databases = cast("Tree", tree.get("database") or {})
    if len(databases) > 1:
        variable = f"{PREFIX}{RENAMED.get(next(iter(own)), next(iter(own)))}".upper()
        raise ConfigurationError(
            f"{variable} is set, but the configuration file has several databases and it cannot belong to all",
            advice="Put it into the file, under the database it is for.",
        )
    name = next(iter(databases), None) or str(own.get("file", "database")).removesuffix(".fmp12")
    return tree | {"database": {name: cast("Tree", databases.get(name, {})) | own}}
