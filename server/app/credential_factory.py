"""From accounts to credentials. Databases of one Claris ID share its tokens. What is kept between runs has one place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..config.database_settings import DatabaseSettings
from ..config.settings import Settings
from ..errors import ConfigurationError
from ..local.places import sign_in_folder
from .sign_in_accounts import Reader, SignInAccount

if TYPE_CHECKING:
    from ..auth.claris.claris_account import ClarisAccount
    from ..auth.claris.claris_id import ClarisId
    from ..auth.claris.cognito import UserPool
    from ..auth.claris.id_token import IdTokens
    from ..auth.claris.kept_sign_in import KeptSignIns
    from ..auth.claris.sign_in_desk import SignInDesk
    from ..auth.clock import Clock
    from ..auth.credentials import Credentials
    from ..auth.data_sources import DataSource
    from ..auth.http_connection import ConnectionFactory
    from ..auth.saved_login import SavedLogins


class CredentialFactory:
    """Imports what an account needs when it is asked for, and nothing of it before."""

    def __init__(self, folder: Path, *, asks_people: bool = False, language: str = "") -> None:
        """`asks_people`: somebody is at this machine's screen and may sign in on a page, in `language` where the owner sets
        one."""
        self._language = language
        self._folder = folder
        self._asks_people = asks_people
        self._desk: SignInDesk | None = None
        self._claris_ids: dict[tuple[str, UserPool, bool], ClarisId] = {}

    @classmethod
    def of(cls, settings: Settings, *, asks_people: bool = False) -> CredentialFactory:
        return cls(kept_in(settings), asks_people=asks_people, language=settings.page_language)

    async def close(self) -> None:
        """Closes the pages on which people sign in."""
        if self._desk is not None:
            await self._desk.close()

    def saved(self, settings: DatabaseSettings) -> SavedLogins:
        from ..auth.saved_login import LoginFiles, LoginKeychain

        return (
            LoginKeychain(self._folder) if settings.keep_sign_in == "keychain" else LoginFiles(self._folder)
        )

    def credentials(self, account: SignInAccount, connect: ConnectionFactory, clock: Clock) -> Credentials:
        credentials = self._own(account, connect, clock)
        if not account.settings.data_sources:
            return credentials
        from ..auth.data_sources import WithDataSources

        return WithDataSources(credentials, self.sources(account), clock)

    def _own(self, account: SignInAccount, connect: ConnectionFactory, clock: Clock) -> Credentials:
        settings = account.settings
        match settings.method:
            case "password":
                from ..auth.credentials import BasicAccount

                return BasicAccount(
                    settings.account, _needed(account.password), clock, at_cloud=settings.is_cloud
                )
            case "otto":
                from ..auth.otto import OttoKey

                return OttoKey(_needed(account.otto_key), clock)
            case "oauth":
                from ..auth.oauth import OAuthAccount, saved_name

                name = saved_name(settings.host, settings.file, settings.provider)
                return OAuthAccount(self.saved(settings), name, settings.provider)
            case "claris_id":
                from ..auth.claris.claris_account import ClarisAccount

                claris = ClarisAccount(self.id_tokens(account, connect, clock), settings.account, clock)
                return self._assisted(claris, account, connect, clock) if self._asks_people else claris

    def _assisted(
        self, claris: ClarisAccount, account: SignInAccount, connect: ConnectionFactory, clock: Clock
    ) -> Credentials:
        if not account.settings.account:
            return claris  # what is kept is kept by its name
        from ..auth.claris.assisted_account import AssistedAccount
        from ..auth.claris.sign_in_desk import SignInDesk

        if self._desk is None:
            self._desk = SignInDesk(clock, self._language)
        own = replace(account, password=None) if account.settings.token_service else account
        return AssistedAccount(claris, self._desk, self.claris_id(own, connect, clock), account.password)

    def id_tokens(self, account: SignInAccount, connect: ConnectionFactory, clock: Clock) -> IdTokens:
        """Claris ID itself, or the token service of the settings and before it what `filemaker-mcp login` kept here."""
        settings = account.settings
        if not settings.token_service:
            return self.claris_id(account, connect, clock)
        from ..auth.claris.service_tokens import TokenService

        return TokenService(
            address=settings.token_service,
            user=settings.account,
            password=_needed(account.password),
            key=account.service_key,
            connect=connect,
            clock=clock,
            own=self.claris_id(replace(account, password=None), connect, clock),
        )

    def claris_id(self, account: SignInAccount, connect: ConnectionFactory, clock: Clock) -> ClarisId:
        """The one object for this Claris ID. Without a password it is another one."""
        from ..auth.claris.claris_id import ClarisId
        from ..auth.claris.cognito import Cognito
        from ..auth.claris.pool_discovery import PoolDiscovery

        settings = account.settings
        pool = user_pool(settings)
        key = (settings.account.casefold(), pool, account.password is None)
        if key not in self._claris_ids:
            self._claris_ids[key] = ClarisId(
                user=settings.account,
                password=account.password,
                configured=account.refresh_token,
                cognito=Cognito(connect, clock),
                finder=PoolDiscovery(pool, connect, is_named=bool(settings.claris_pool_id)),
                kept=kept_sign_ins(settings, self.saved(settings)),
                clock=clock,
            )
        return self._claris_ids[key]

    def sources(self, account: SignInAccount) -> list[DataSource]:
        """The external data sources with what opens each."""
        from ..auth.data_sources import DataSource
        from ..auth.oauth import saved_name, saved_pair

        settings = account.settings
        saved = self.saved(settings)
        sources: list[DataSource] = []
        for source, password in zip(settings.data_sources, account.source_passwords, strict=True):
            if source.provider:
                name = saved_name(settings.host, source.file, source.provider)
                sources.append(DataSource(source.file, pair=partial(saved_pair, saved, name)))
            else:
                sources.append(DataSource(source.file, source.account, password))
        return sources


def _needed(reader: Reader | None) -> Reader:
    if reader is None:
        raise ConfigurationError("A secret is missing that the settings were checked for")
    return reader


def user_pool(settings: DatabaseSettings) -> UserPool:
    from ..auth.claris.cognito import UserPool

    own = UserPool()
    return UserPool(
        settings.claris_pool_id or own.pool_id,
        settings.claris_client_id or own.client_id,
        settings.claris_url,
    )


def kept_sign_ins(settings: DatabaseSettings, saved: SavedLogins) -> KeptSignIns:
    from ..auth.claris.kept_sign_in import KeptSignIns

    named = bool(settings.claris_pool_id)
    return KeptSignIns(saved, settings.account, user_pool(settings), pool_is_named=named)


def kept_in(settings: Settings) -> Path:
    """Where sign-ins are kept between runs: beside the state file, else in the user's state folder."""
    if settings.state is not None and settings.state.file is not None:
        return settings.state.file.parent / "sign-in"
    return sign_in_folder()
