"""One Claris ID for the commands that sign in and out: from the settings of a database, or from variables alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ..auth.claris.cognito import Cognito, UserPool
from ..auth.claris.kept_sign_in import KeptSignIns
from ..auth.claris.pool_discovery import PoolDiscovery
from ..auth.claris.sign_in_dialogue import SignInDialogue
from ..auth.clock import SystemClock
from ..auth.http_connection import ConnectionFactory, connections
from ..auth.saved_login import LoginFiles, SavedLogins
from ..config.configuration import overlaid
from ..config.strict_settings import Secret
from ..local.places import sign_in_folder
from .credential_factory import CredentialFactory, user_pool
from .secrets import reader
from .sign_in_accounts import Reader, SignInAccount

if TYPE_CHECKING:
    from ..config.database_settings import DatabaseSettings


@dataclass(frozen=True)
class ClarisSettings:
    """`user` is empty where nobody is configured."""

    user: str
    pool: UserPool
    password: Reader | None = field(repr=False)
    saved: SavedLogins
    connect: ConnectionFactory
    pool_is_named: bool = False

    @classmethod
    def of(cls, account: SignInAccount, sign_ins: CredentialFactory) -> ClarisSettings:
        settings: DatabaseSettings = account.settings
        return cls(
            settings.account,
            user_pool(settings),
            account.password if settings.method == "claris_id" else None,
            sign_ins.saved(settings),
            connections(ca_file=settings.ca_file),
            bool(settings.claris_pool_id),
        )

    @classmethod
    def from_variables(cls, environment: Mapping[str, str]) -> ClarisSettings:
        """Without a database: FILEMAKER_USERNAME, FILEMAKER_PASSWORD and FILEMAKER_CLARIS_*."""
        databases = cast("dict[str, dict[str, Any]]", overlaid({}, environment).get("database", {}))
        text = next(iter(databases.values()), dict[str, Any]())
        secret = text.get("password")
        password = (
            reader(secret, entry=str(text.get("account", "")), what="password", environment=environment)
            if isinstance(secret, Secret)
            else None
        )
        own = UserPool()
        pool = UserPool(
            str(text.get("claris_pool_id") or own.pool_id),
            str(text.get("claris_client_id") or own.client_id),
            str(text.get("claris_url") or ""),
        )
        named = bool(text.get("claris_pool_id"))
        return cls(
            str(text.get("account", "")), pool, password, LoginFiles(sign_in_folder()), connections(), named
        )

    def finder(self) -> PoolDiscovery:
        return PoolDiscovery(self.pool, self.connect, is_named=self.pool_is_named)

    def cognito(self) -> Cognito:
        return Cognito(self.connect, SystemClock())

    def dialogue(self, user: str) -> SignInDialogue:
        return SignInDialogue(self.cognito(), self.finder(), self.kept(user), SystemClock())

    def password_of(self, user: str) -> Reader | None:
        """The stored password, if it is this person's: another's would be a wrong attempt, and those lock accounts."""
        return self.password if not self.user or user.casefold() == self.user.casefold() else None

    def kept(self, user: str) -> KeptSignIns:
        return KeptSignIns(self.saved, user, self.pool, pool_is_named=self.pool_is_named)
