"""Our side of a token service against Soliant's, restated with amazon-cognito-identity-js 5.2.10 as it is published."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import anyio
from steps import finish, step

from filemaker_mcp.server.auth.claris.service_tokens import TokenService
from filemaker_mcp.server.auth.clock import SystemClock
from filemaker_mcp.server.auth.http_connection import connections
from filemaker_mcp.server.errors import SignInFailed

PEOPLE = json.loads(Path(os.environ["CLARIS_USERS"]).read_text(encoding="utf-8"))
SECOND_STEP = next(person for person in PEOPLE if person.get("factors"))
service = subprocess.Popen(
    [os.environ["NODE"], os.environ["SOLIANT_SERVICE"]], stdout=subprocess.PIPE, text=True, encoding="utf-8"
)
assert service.stdout is not None
ADDRESS = service.stdout.readline().strip()


def source(user: str, password: str) -> TokenService:
    return TokenService(
        address=ADDRESS,
        user=user,
        password=lambda: password,
        key=None,
        connect=connections(),
        clock=SystemClock(),
    )


def refusal_of(ids: TokenService) -> str:
    try:
        anyio.run(ids.id_token)
    except SignInFailed as error:
        return error.reason
    raise AssertionError("the service gave a token")


@step("id tokens, first by the password and then by the refresh route")
def _() -> None:
    async def twice() -> None:
        ids = source(os.environ["CLARIS_ID"], os.environ["CLARIS_PASSWORD"])
        first = await ids.id_token()
        assert await ids.id_token(refused=first) != first

    anyio.run(twice)


@step("a wrong password, of which the service does not tell the reason")
def _() -> None:
    assert refusal_of(source(os.environ["CLARIS_ID"], "wrong")) == "refused_unsaid"


@step("a second step, which the service answers as success with an empty error")
def _() -> None:
    assert refusal_of(source(SECOND_STEP["name"], SECOND_STEP["password"])) == "mfa_needed"


@step("a name that the service finds malformed")
def _() -> None:
    assert refusal_of(source("nobody", "password")) == "service_refused"


service.terminate()
finish()
