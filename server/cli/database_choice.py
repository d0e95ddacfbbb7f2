"""Which of the configured databases a command is about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..app.sign_in_accounts import SignInAccount, account_for
from ..config.configuration import configured, usual_config
from ..config.database_settings import DatabaseSettings
from ..config.settings import Settings
from ..errors import InputError, NameUnknown
from ..text.near_names import near


def chosen(settings: Settings, name: str | None) -> Mapping[str, DatabaseSettings]:
    """All of them, or the one named. Raises NameUnknown."""
    if name is None:
        return settings.database
    if name not in settings.database:
        raise NameUnknown("configured database", name, near=near(name, settings.database))
    return {name: settings.database[name]}


def one_database(settings: Settings, name: str | None) -> tuple[str, DatabaseSettings]:
    """The one named, or the only one. Raises InputError where it has to be named, NameUnknown for one that is not there."""
    if name is None and len(settings.database) > 1:
        raise InputError(
            "Several databases are configured",
            advice=f"Add --database with one of: {', '.join(settings.database)}.",
        )
    return next(iter(chosen(settings, name).items()))


def needs_sign_in(settings: DatabaseSettings) -> bool:
    """Whether a person has something to do before the server can sign in, for the file itself or for one beside it."""
    return settings.method in ("claris_id", "oauth") or any(
        source.provider for source in settings.data_sources
    )


def accounts_to_sign_in(
    environment: Mapping[str, str], file: Path | None, name: str | None
) -> tuple[Settings, Mapping[str, SignInAccount]] | None:
    """The databases that a person signs in for, by name; all the chosen ones where none needs it. None when no database is
    configured at all."""
    if not (
        file or environment.get("FILEMAKER_CONFIG") or environment.get("FILEMAKER_HOST") or usual_config()
    ):
        return None
    settings = configured(environment, file)
    databases = chosen(settings, name)
    wanted = {n: d for n, d in databases.items() if needs_sign_in(d)} or databases
    return settings, {n: account_for(database) for n, database in wanted.items()}


def one_account(
    environment: Mapping[str, str], file: Path | None, name: str | None, *, by_claris_id: bool = False
) -> tuple[Settings, SignInAccount] | None:
    """The one database that a sign-in is for; `by_claris_id`: one that signs in so.

    Raises InputError when there are several and none is named.
    """
    found = accounts_to_sign_in(environment, file, name)
    if found is None:
        return None
    settings, accounts = found
    if by_claris_id:
        accounts = {
            n: each for n, each in accounts.items() if each.settings.method == "claris_id"
        } or accounts
    return settings, the_one(accounts)


def the_one(accounts: Mapping[str, SignInAccount]) -> SignInAccount:
    if len(accounts) > 1:
        raise InputError(
            "Several databases are configured", advice=f"Add --database with one of: {', '.join(accounts)}."
        )
    return next(iter(accounts.values()))
