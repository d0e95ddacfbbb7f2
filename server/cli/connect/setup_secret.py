"""Where setup puts secrets: the keychain, or files that only their owner can read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...app.sign_in_accounts import keychain_entries
from ...auth.keychain import Keychain
from ...config.configuration import settled
from ...errors import ConfigurationError
from ...local.private_files import write_private
from ..terminal import say
from .setup_trial import with_secrets

if TYPE_CHECKING:
    from .setup_account import Answers


def keep_secrets(answers: Answers, folder: Path) -> dict[str, Any]:
    """The values for the configuration file, with the place of each secret in them."""
    if not answers.secrets:
        return answers.values
    tree = {"database": {answers.name: with_secrets(answers.values, answers.secrets)}}
    entries = keychain_entries(settled(tree, None).database[answers.name])
    places = {
        setting: _kept(entries[setting], secret, folder / "secrets" / _file_name(answers.name, setting))
        for setting, secret in answers.secrets.items()
    }
    kept = {setting: place for setting, place in places.items() if not setting.startswith("data source ")}
    values: dict[str, Any] = {**answers.values, **kept}
    sources: list[dict[str, Any]] = values.get("data_sources", [])
    if sources:
        values["data_sources"] = [{**s, "password": places[f"data source {s['file']}"]} for s in sources]
    return values


def _file_name(database: str, setting: str) -> str:
    plain = "".join(letter if letter.isalnum() else "-" for letter in setting)
    return database if setting in ("password", "otto_key") else f"{database}-{plain}"


def _kept(entry: str, secret: str, file: Path) -> object:
    if Keychain.usable():
        try:
            Keychain().write(entry, secret)
        except ConfigurationError as error:
            say(str(error))
        else:
            say(f"The keychain of this machine holds it, as {entry!r}.")
            return "keychain"
    write_private(file, secret)
    say(f"This machine has no keychain to use, so the secret is in {file}, which only you can read.")
    return {"file": str(file)}
