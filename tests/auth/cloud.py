"""FileMaker Cloud in one process: a user pool, a host that its id tokens open, and a client of both."""

from __future__ import annotations

from pathlib import Path

from filemaker_mcp.server.auth.claris.claris_account import ClarisAccount
from filemaker_mcp.server.auth.claris.claris_id import ClarisId
from filemaker_mcp.server.auth.claris.cognito import Cognito, UserPool
from filemaker_mcp.server.auth.claris.kept_sign_in import KeptSignIns
from filemaker_mcp.server.auth.claris.pool_discovery import PoolDiscovery
from filemaker_mcp.server.auth.saved_login import LoginFiles
from filemaker_mcp.server.auth.sessions.session_pool import Pool
from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.cognito.pool import UserPool as EmulatedPool
from filemaker_mcp.server.emulator.cognito.users import User
from filemaker_mcp.server.emulator.cognito.wire import application
from filemaker_mcp.server.emulator.sign_in.cloud import CloudFront

from .hosts import EmulatedTime, FakeHost, Internet

ADA = User("ada@example.com", "Analytical Engine 1843")
HOST = "sales.account.filemaker-cloud.com"
COGNITO = "cognito-idp.us-west-2.amazonaws.com"


class OpenHost(FakeHost):
    def admits(self, headers: dict[str, str]) -> bool:
        return True


class Cloud:
    def __init__(self, folder: Path, user: User = ADA) -> None:
        self.clock = ManualClock()
        self.time = EmulatedTime(self.clock)
        self.users = EmulatedPool(self.clock)
        self.users.add(user)
        self.host = OpenHost()
        self.front = CloudFront(self.host, self.users, self.clock)
        self.internet = Internet()
        self.internet.hosts = {HOST: self.front, COGNITO: application(self.users)}
        self.saved = LoginFiles(folder)
        self.folder = folder

    def claris_id(
        self,
        password: str | None = ADA.password,
        *,
        refresh_token: str | None = None,
        pool: UserPool | None = None,
    ) -> ClarisId:
        return ClarisId(
            user=ADA.name,
            password=None if password is None else lambda: password,
            configured=None if refresh_token is None else lambda: refresh_token,
            cognito=Cognito(self.internet.client, self.time),
            finder=PoolDiscovery(pool or UserPool(), self.internet.client, is_named=pool is not None),
            kept=self.kept(pool),
            clock=self.time,
        )

    def kept(self, pool: UserPool | None = None, user: str = ADA.name) -> KeptSignIns:
        return KeptSignIns(self.saved, user, pool or UserPool(), pool_is_named=pool is not None)

    def pool(self, ids: ClarisId | None = None, *, size: int = 1) -> Pool:
        return Pool(
            base_url=f"https://{HOST}",
            database="Sales",
            credentials=ClarisAccount(ids or self.claris_id(), ADA.name, self.time),
            size=size,
            http=self.internet.client,
            clock=self.time,
        )
