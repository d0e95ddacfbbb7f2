"""Our Claris ID sign-in before a user pool that somebody else wrote: ministack, from PyPI, on this machine.

`python tests/clients/judge.py`; ends with status 1 when a step failed. ministack verifies passwords as Cognito does.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.auth.claris.claris_id import ClarisId
from filemaker_mcp.server.auth.claris.claris_sign_in import ClarisSignIn, CodeRequest
from filemaker_mcp.server.auth.claris.cognito import Cognito, Tokens, UserPool
from filemaker_mcp.server.auth.claris.kept_sign_in import KeptSignIns
from filemaker_mcp.server.auth.claris.pool_discovery import PoolDiscovery
from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.auth.http_connection import connections
from filemaker_mcp.server.auth.saved_login import LoginFiles
from filemaker_mcp.server.emulator.cognito.codes import authenticator_code
from filemaker_mcp.server.errors import SignInFailed

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".clients" / "ministack"
ADA = "ada@example.com"
PASSWORD = "Analytical-Engine-1843-ü密"
START_SECONDS = 120.0


class Judge:
    """ministack's own administration: it makes the pool and its one person."""

    def __init__(self, url: str) -> None:
        self._url = url
        # It takes a while until it listens; each try waits twice as long as the one before.
        patient = httpx.AsyncHTTPTransport(retries=8)
        self._http = httpx.AsyncClient(transport=patient, timeout=START_SECONDS)

    async def operate(self, name: str, **body: Any) -> Any:
        signed_somehow = "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/cognito-idp/aws4_request, SignedHeaders=host, Signature=00"
        answer = await self._http.post(
            self._url,
            content=json.dumps(body),
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"AWSCognitoIdentityProviderService.{name}",
                "Authorization": signed_somehow,
            },
        )
        answer.raise_for_status()
        return answer.json()

    async def pool(self) -> UserPool:
        pool_id = (await self.operate("CreateUserPool", PoolName="claris"))["UserPool"]["Id"]
        flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        made = await self.operate(
            "CreateUserPoolClient", UserPoolId=pool_id, ClientName="data-api", ExplicitAuthFlows=flows
        )
        person = {"UserPoolId": pool_id, "Username": ADA}
        await self.operate(
            "AdminCreateUser", **person, MessageAction="SUPPRESS", TemporaryPassword="Temp-1234"
        )
        await self.operate("AdminSetUserPassword", **person, Password=PASSWORD, Permanent=True)
        return UserPool(pool_id, made["UserPoolClient"]["ClientId"], self._url)

    async def with_authenticator(self, pool: UserPool, access_token: str) -> str:
        """Turns two-step verification on; the secret that an authenticator app would hold."""
        given = await self.operate("AssociateSoftwareToken", AccessToken=access_token)
        secret = str(given["SecretCode"])
        await self.operate("VerifySoftwareToken", AccessToken=access_token, UserCode=code_now(secret))
        factor = {"Enabled": True, "PreferredMfa": True}
        await self.operate("SetUserMFAPreference", AccessToken=access_token, SoftwareTokenMfaSettings=factor)
        await self.operate(
            "SetUserPoolMfaConfig",
            UserPoolId=pool.pool_id,
            SoftwareTokenMfaConfiguration={"Enabled": True},
            MfaConfiguration="OPTIONAL",
        )
        return secret

    async def aclose(self) -> None:
        await self._http.aclose()


async def trial(judge: Judge, folder: Path) -> None:
    pool, clock = await judge.pool(), SystemClock()
    connect = connections()
    cognito = Cognito(connect, clock)

    def claris_id(password: str | None, refresh_token: str | None = None) -> ClarisId:
        return ClarisId(
            user=ADA,
            password=None if password is None else lambda: password,
            configured=None if refresh_token is None else lambda: refresh_token,
            cognito=cognito,
            finder=PoolDiscovery(pool, connect),
            kept=KeptSignIns(LoginFiles(folder / str(len(password or ""))), ADA, pool, pool_is_named=True),
            clock=clock,
        )

    sign_in = ClarisSignIn(cognito, clock)
    tokens = await sign_in.begin(pool, ADA, PASSWORD)
    assert isinstance(tokens, Tokens)
    assert tokens.refresh_token
    passed("right password")
    assert await reason(claris_id("wrong")) == "denied"
    passed("wrong password")
    ids = claris_id(None, tokens.refresh_token)
    assert await ids.id_token()
    assert ids.way == "the saved sign-in"
    passed("refresh")
    assert await reason(claris_id(None, "bogus")) == "login_needed"
    passed("bogus refresh token")
    secret = await judge.with_authenticator(pool, tokens.access_token)
    question = await sign_in.begin(pool, ADA, PASSWORD)
    assert isinstance(question, CodeRequest)
    with pytest.raises(SignInFailed) as refused:
        await sign_in.answer(pool, question, "000000")
    assert refused.value.reason == "bad_code"
    passed("wrong authenticator code")
    assert isinstance(await sign_in.answer(pool, question, code_now(secret)), Tokens)
    passed("right authenticator code, on the same question")
    assert await reason(claris_id(PASSWORD)) == "mfa_needed"
    passed("a server without a person asks for login")


def code_now(secret: str) -> str:
    return authenticator_code(secret, datetime.now(UTC))


async def reason(ids: ClarisId) -> str:
    try:
        await ids.id_token()
    except SignInFailed as error:
        return error.reason
    return "signed in"


def passed(step: str) -> None:
    sys.stdout.write(f"ok {step}\n")
    sys.stdout.flush()


@asynccontextmanager
async def judging() -> AsyncGenerator[Judge]:
    """ministack for as long as the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = FOLDER / ("Scripts/ministack.exe" if os.name == "nt" else "bin/ministack")
    # Without BIND_HOST it listens on every address of the machine.
    own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": "cognito-idp"}
    process = await asyncio.create_subprocess_exec(
        str(program), env={**os.environ, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    judge = Judge(f"http://127.0.0.1:{port}/")
    try:
        yield judge
    finally:
        await judge.aclose()
        process.terminate()
        await process.wait()


def install() -> None:
    """What ministack.txt pins, unless the folder has it already."""
    stamp, pins = FOLDER / "installed", (HERE / "ministack.txt").read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == pins:
        return
    uv = os.environ.get("UV") or shutil.which("uv") or "uv"
    subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(FOLDER)], check=True)
    requirements = str(HERE / "ministack.txt")
    subprocess.run(
        [uv, "pip", "install", "-q", "--python", str(FOLDER), "--require-hashes", "-r", requirements],
        check=True,
    )
    stamp.write_text(pins, encoding="utf-8")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with judging() as judge:
            await trial(judge, Path(folder))


if __name__ == "__main__":
    install()
    sys.stdout.write("Claris ID sign-in against ministack\n")
    asyncio.run(main())
