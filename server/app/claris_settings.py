"""One Claris ID for the commands that sign in and out: from the settings of a database, or from variables alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ..auth.claris.claris_id import saved_name
from ..auth.claris.cognito import Cognito, Tokens, UserPool
from ..auth.claris.pool_discovery import PoolFinder
from ..auth.clock import SystemClock
from ..auth.http_connection import ConnectionFactory, connections
from ..auth.saved_login import LoginFiles, SavedLogins
from ..config.configuration import overlaid
from ..config.settings import Secret
from .credential_factory import SignIns, own_folder, user_pool
from .secrets import reader
from .sign_in_accounts import Account, Reader

if TYPE_CHECKING:
    from ..config.settings import DatabaseSettings


@dataclass(frozen=True)
class ClarisPlace:
    """`user` is empty where nobody is configured."""

    user: str
    pool: UserPool
    password: Reader | None = field(repr=False)
    saved: SavedLogins
    connect: ConnectionFactory

    @classmethod
    def of(cls, account: Account, sign_ins: SignIns) -> ClarisPlace:
        settings: DatabaseSettings = account.settings
        return cls(
            settings.account,
            user_pool(settings),
            account.password,
            sign_ins.saved(settings),
            connections(ca_file=settings.ca_file),
        )

    @classmethod
    def from_variables(cls, environment: Mapping[str, str]) -> ClarisPlace:
        """Without a database: FILEMAKER_USERNAME, FILEMAKER_PASSWORD and FILEMAKER_CLARIS_*."""
        databases = cast("dict[str, dict[str, Any]]", overlaid({}, environment).get("database", {}))
        said = next(iter(databases.values()), dict[str, Any]())
        secret = said.get("password")
        password = (
            reader(secret, entry=str(said.get("account", "")), what="password", environment=environment)
            if isinstance(secret, Secret)
            else None
        )
        own = UserPool()
        pool = UserPool(
            str(said.get("claris_pool_id") or own.pool_id),
            str(said.get("claris_client_id") or own.client_id),
            str(said.get("claris_url") or ""),
        )
        return cls(str(said.get("account", "")), pool, password, LoginFiles(own_folder()), connections())

    def finder(self) -> PoolFinder:
        return PoolFinder(self.pool, self.connect)

    def cognito(self) -> Cognito:
        return Cognito(self.connect, SystemClock())

    def keep(self, user: str, pool: UserPool, tokens: Tokens) -> bool:
        values = {
            "user": user,
            "pool_id": pool.pool_id,
            "client_id": pool.client_id,
            "refresh_token": tokens.refresh_token or "",
        }
        return self.saved.write(saved_name(pool, user), values)
