"""From settings to credentials: who we are at a host."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .auth.credentials import BasicAccount, Credentials
from .errors import ConfigurationError
from .secrets import reader
from .settings import DatabaseSettings


def credentials_for(settings: DatabaseSettings, environment: Mapping[str, str] = os.environ) -> Credentials:
    """What signs in to a database. Raises ConfigurationError for what is missing."""
    if not settings.account:
        raise ConfigurationError(
            f"No account is set for the file {settings.file!r}",
            advice="Set FILEMAKER_USERNAME, or account in the configuration file.",
        )
    if settings.password is None:
        raise ConfigurationError(
            f"No password is set for the account {settings.account!r}",
            advice="Set FILEMAKER_PASSWORD or FILEMAKER_PASSWORD_FILE, or run 'filemaker-mcp setup'.",
        )
    password = reader(
        settings.password, entry=keychain_entry(settings), what="password", environment=environment
    )
    return BasicAccount(settings.account, password)


def keychain_entry(settings: DatabaseSettings) -> str:
    """Under which name the keychain keeps an account's password."""
    return f"{settings.account}@{settings.file} on {settings.base_url.partition('://')[2]}"
