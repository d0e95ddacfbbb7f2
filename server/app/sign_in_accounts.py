"""Who we are at a database: the settings of signing in, checked, with every secret found."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..config.database_settings import DatabaseSettings
from ..config.strict_settings import Secret
from ..errors import ConfigurationError
from ..text.near_names import folded
from .secrets import reader

Reader = Callable[[], str]


@dataclass(frozen=True)
class SignInAccount:
    """Everything that signing in needs and nothing that has to be imported for it."""

    settings: DatabaseSettings
    password: Reader | None = field(default=None, repr=False)
    refresh_token: Reader | None = field(default=None, repr=False)
    service_key: Reader | None = field(default=None, repr=False)
    otto_key: Reader | None = field(default=None, repr=False)
    source_passwords: tuple[Reader | None, ...] = field(default=(), repr=False)
    """One for each data source, None where it signs in by a provider."""

    @property
    def name(self) -> str:
        """What tells it from other accounts of the same file, folded as FileMaker compares account names. Where only an
        identity provider or OttoFMS knows the account, the way of signing in stands for it."""
        settings = self.settings
        if settings.method in ("oauth", "otto"):
            return folded(f"{settings.method} {settings.provider}".rstrip())
        return folded(settings.account or settings.method)


def account_for(settings: DatabaseSettings, environment: Mapping[str, str] = os.environ) -> SignInAccount:
    """Raises ConfigurationError for what is missing or does not go together."""

    def found(secret: Secret | None, what: str, entry: str) -> Reader | None:
        return None if secret is None else reader(secret, entry=entry, what=what, environment=environment)

    _check(settings)
    entries = keychain_entries(settings)
    return SignInAccount(
        settings,
        password=found(settings.password, "password", entries["password"]),
        refresh_token=found(settings.claris_refresh_token, "refresh token", entries["claris_refresh_token"]),
        service_key=found(settings.token_service_key, "key", entries["token_service_key"]),
        otto_key=found(settings.otto_key, "OttoFMS key", entries["otto_key"]),
        source_passwords=tuple(
            found(source.password, f"password of {source.file!r}", entries[f"data source {source.file}"])
            for source in settings.data_sources
        ),
    )


def keychain_entries(settings: DatabaseSettings) -> dict[str, str]:
    """Under which name the keychain keeps each secret of a database: setting, or `data source FILE` -> name."""
    host = settings.base_url.partition("://")[2]
    return {
        "password": f"{settings.account}@{settings.file} on {host}",
        "claris_refresh_token": f"{settings.account} refresh token",
        "token_service_key": f"key of {settings.token_service}",
        "otto_key": f"OttoFMS key for {settings.file} on {host}",
        **{f"data source {s.file}": f"{s.account}@{s.file} on {host}" for s in settings.data_sources},
    }


def _check(settings: DatabaseSettings) -> None:
    match settings.method:
        case "password":
            _check_password(settings)
        case "claris_id":
            _check_claris_id(settings)
        case "oauth":
            if not settings.provider:
                raise ConfigurationError(
                    "Signing in by OAuth needs the name of the identity provider",
                    advice="Set FILEMAKER_PROVIDER; 'filemaker-mcp doctor' lists those of the host.",
                )
        case "otto":
            if settings.otto_key is None:
                raise ConfigurationError(
                    "Signing in through OttoFMS needs its API key",
                    advice="Set FILEMAKER_OTTO_KEY or FILEMAKER_OTTO_KEY_FILE; the key begins with dk_.",
                )
    for source in settings.data_sources:
        if not source.provider and not (source.account and source.password):
            raise ConfigurationError(
                f"The data source {source.file!r} has neither account and password nor a provider"
            )


def _check_password(settings: DatabaseSettings) -> None:
    if not settings.account:
        raise ConfigurationError(
            f"No account is set for the file {settings.file!r}",
            advice="Set FILEMAKER_USERNAME, or account in the configuration file.",
        )
    if ":" in settings.account:
        raise ConfigurationError(
            f"The account name {settings.account!r} contains a colon, which a sign-in with a password cannot carry",
            advice="Use an account whose name has no colon.",
        )
    if settings.password is None:
        raise ConfigurationError(
            f"No password is set for the account {settings.account!r}",
            advice="Set FILEMAKER_PASSWORD or FILEMAKER_PASSWORD_FILE, or run 'filemaker-mcp setup'.",
        )


def _check_claris_id(settings: DatabaseSettings) -> None:
    if not settings.account and settings.claris_refresh_token is None:
        raise ConfigurationError(
            f"{settings.host_name} wants a Claris ID and none is set",
            advice="Set FILEMAKER_USERNAME to its e-mail address.",
        )
    if settings.token_service and settings.password is None:
        raise ConfigurationError(
            "The token service needs a Claris ID and its password",
            advice="Set FILEMAKER_PASSWORD or FILEMAKER_PASSWORD_FILE.",
        )
    if bool(settings.claris_pool_id) != bool(settings.claris_client_id):
        raise ConfigurationError(
            "FILEMAKER_CLARIS_POOL_ID and FILEMAKER_CLARIS_CLIENT_ID belong together; set both or none"
        )
    if settings.claris_pool_id and "_" not in settings.claris_pool_id:
        raise ConfigurationError(
            "FILEMAKER_CLARIS_POOL_ID is a region and a name, such as us-west-2_AbCdEf123"
        )
