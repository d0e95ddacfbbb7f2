"""A process that renews the kept sign-in of a Claris ID over and over, until it is killed or has done its share.

Its words are URL FOLDER COUNT [PASSWORD]; a line on standard output for each renewal.
"""

from __future__ import annotations

import sys
from pathlib import Path

import anyio

from filemaker_mcp.server.auth.claris.claris_id import ClarisId
from filemaker_mcp.server.auth.claris.cognito import Cognito, UserPool
from filemaker_mcp.server.auth.claris.kept_sign_in import KeptSignIns
from filemaker_mcp.server.auth.claris.pool_discovery import PoolDiscovery
from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.auth.http_connection import connections
from filemaker_mcp.server.auth.saved_login import LoginFiles
from filemaker_mcp.server.errors import SignInFailed

USER = "ada@example.com"


async def renew(url: str, folder: Path, count: int, password: str | None) -> None:
    clock, connect, pool = SystemClock(), connections(), UserPool(endpoint=url)
    ids = ClarisId(
        user=USER,
        password=None if password is None else lambda: password,
        configured=None,
        cognito=Cognito(connect, clock),
        finder=PoolDiscovery(pool, connect),
        kept=KeptSignIns(LoginFiles(folder), USER, pool, pool_is_named=False),
        clock=clock,
    )
    for _ in range(count):
        try:
            await ids.tokens()
        except SignInFailed as error:
            sys.stdout.write(f"{error.reason}\n")
        else:
            sys.stdout.write("renewed\n")
        sys.stdout.flush()


def main() -> int:
    address, where, share, *secret = sys.argv[1:]
    anyio.run(renew, address, Path(where), int(share), secret[0] if secret else None)
    return 0
