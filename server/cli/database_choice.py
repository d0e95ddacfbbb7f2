"""Which of the configured databases a command is about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..app.sign_in_accounts import Account, account_for
from ..config.configuration import configured, default_path
from ..config.settings import DatabaseSettings, Settings
from ..errors import InputError, NameUnknown
from ..text.near_names import near


def chosen(settings: Settings, name: str | None) -> Mapping[str, DatabaseSettings]:
    """All of them, or the one named. Raises NameUnknown."""
    if name is None:
        return settings.database
    if name not in settings.database:
        raise NameUnknown("configured database", name, near=near(name, settings.database))
    return {name: settings.database[name]}


def one_account(
    environment: Mapping[str, str], file: Path | None, name: str | None
) -> tuple[Settings, Account] | None:
    """The one database that a sign-in is for; None when no database is configured at all.

    Raises InputError when there are several that need a sign-in and none is named.
    """
    if not (
        file
        or environment.get("FILEMAKER_CONFIG")
        or environment.get("FILEMAKER_HOST")
        or default_path().is_file()
    ):
        return None
    settings = configured(environment, file)
    databases = chosen(settings, name)
    signing_in = {n: d for n, d in databases.items() if d.method in ("claris_id", "oauth")} or databases
    if len(signing_in) > 1:
        raise InputError(
            "Several databases are configured", advice=f"Add --database with one of: {', '.join(signing_in)}."
        )
    return settings, account_for(next(iter(signing_in.values())))
