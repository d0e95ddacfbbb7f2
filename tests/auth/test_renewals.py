"""Nothing but its own end costs a kept sign-in: random faults at a refresh, three processes, kills at random moments.

`FILEMAKER_SOAK` says how many faults; `make soak` sets it.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from filemaker_mcp.server.auth.claris.cognito import UserPool
from filemaker_mcp.server.auth.claris.kept_sign_in import KeptSignIn, KeptSignIns
from filemaker_mcp.server.auth.saved_login import LoginFiles
from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.cognito.pool import UserPool as EmulatedPool
from filemaker_mcp.server.emulator.cognito.users import User
from filemaker_mcp.server.emulator.cognito.wire import application
from filemaker_mcp.server.emulator.faults.effects import Cut, Drop, Effect, Hang, Page, WrongDate
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.serving import serving
from filemaker_mcp.server.errors import SignInFailed, Unreachable

from ..started import Process, start
from .cloud import ADA, COGNITO, Cloud
from .renewal_process import USER
from .renewal_process import main as renewing

pytestmark = pytest.mark.anyio

FAULTS = int(os.environ.get("FILEMAKER_SOAK", "30"))
REFRESHES = min(500, FAULTS // 2)
PASSING = (
    ("NotAuthorizedException", "Unable to login because of security reasons."),
    ("NotAuthorizedException", "Request not allowed due to security reasons."),
    ("NotAuthorizedException", "Password attempts exceeded"),
    ("NotAuthorizedException", "User is disabled."),
    ("NotAuthorizedException", "A sentence of next year"),
    ("PasswordResetRequiredException", "Password reset required for the user"),
    ("UserNotConfirmedException", "User is not confirmed."),
    ("UserNotFoundException", "User does not exist."),
    ("TooManyRequestsException", "Rate exceeded"),
    ("LimitExceededException", "Attempt limit exceeded, please try after some time."),
    ("InternalErrorException", ""),
    ("ForbiddenException", "Request not allowed by AWS WAF"),
    ("InvalidLambdaResponseException", "Unrecognizable lambda output"),
    ("ResourceNotFoundException", "User pool client does not exist."),
)
JSON = "application/x-amz-json-1.1"
EFFECTS: tuple[Effect, ...] = (
    Drop(),
    Drop(processed=True),
    Drop(reset=True),
    Hang(),
    Hang(processed=True),
    Cut(),
    Cut(200),
    Page(),
    Page(processed=True),
    Page(200, "<html>Welcome to Hotel WiFi"),
    Page(302, "", location="https://portal.example.net/"),
    Page(407, ""),
    Page(429, "", JSON),
    Page(200, "{}", JSON),
    Page(200, "[]", JSON),
    Page(200, '{"AuthenticationResult":{}}', JSON),
    Page(200, '{"AuthenticationResult":{"IdToken":"a\\r\\nb"}}', JSON),
    Page(200, '{"ChallengeName":"SMS_MFA","ChallengeParameters":{}}', JSON),
    Page(400, '{"__type":"NotAuthorizedException"}', JSON),
    Page(500, "{", JSON),
    WrongDate(timedelta(minutes=-20)),
    WrongDate(timedelta(days=400)),
)


@pytest.mark.parametrize("grace", [10, 0])
async def test_no_random_fault_at_a_refresh_costs_the_sign_in_or_sends_a_password(
    tmp_path: Path, grace: int
) -> None:
    cloud, dice = Cloud(tmp_path), random.Random(grace)
    cloud.users.switches.rotation = True
    cloud.users.switches.rotation_grace = timedelta(seconds=grace)
    layer = FaultLayer(application(cloud.users), cloud.clock)
    cloud.internet.hosts[COGNITO] = layer
    ids = cloud.claris_id()
    await ids.id_token()
    lost = 0
    for _ in range(FAULTS):
        effect = None
        if dice.random() < 0.4:
            kind, words = dice.choice(PASSING)
            operation = dice.choice(("InitiateAuth", "GetTokensFromRefreshToken"))
            cloud.users.refuse_next(kind, words, operation=operation)
        else:
            effect = dice.choice(EFFECTS)
            layer.arm(Match(times=1), *([effect] if dice.random() < 0.5 else [effect, effect]))
        before = cloud.users.count("InitiateAuth", "USER_SRP_AUTH")
        lost += await _ends_well(cloud, ids if dice.random() < 0.7 else cloud.claris_id(), layer)
        proofs = cloud.users.count("InitiateAuth", "USER_SRP_AUTH") - before
        assert proofs == 0 or not grace, effect
        assert proofs <= 1
        cloud.clock.advance(3600)
    assert not grace or not lost


async def _ends_well(cloud: Cloud, ids: object, layer: FaultLayer) -> int:
    """One fault, and the next attempts at once and later; whether the sign-in was lost to it."""
    assert hasattr(ids, "tokens")
    for attempt in range(4):
        try:
            await ids.tokens()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        except (SignInFailed, Unreachable):
            if attempt == 0:
                layer.clear()
                cloud.users._outages.clear()  # pyright: ignore[reportPrivateUsage] -- the fault passes
                cloud.clock.advance(6)  # within the grace
                ids = cloud.claris_id()
            else:
                cloud.clock.advance(901)
        else:
            layer.clear()
            cloud.users._outages.clear()  # pyright: ignore[reportPrivateUsage] -- as above
            return 0 if cloud.users.calls[-1].operation != "RespondToAuthChallenge" else 1
    raise AssertionError("it does not get up again")


@asynccontextmanager
async def a_pool(grace: int, folder: Path) -> AsyncGenerator[tuple[EmulatedPool, str]]:
    """A pool that replaces refresh tokens, at an address, and a kept sign-in of Ada's."""
    pool = EmulatedPool(SystemClock())
    pool.add(User(USER, ADA.password))
    pool.switches.rotation = True
    pool.switches.rotation_grace = timedelta(seconds=grace)
    async with serving(application(pool)) as url:
        tokens = pool._grants.first(pool._people.find(USER), "issuer")  # type: ignore[arg-type]  # pyright: ignore[reportPrivateUsage, reportArgumentType] -- as after a sign-in
        where = UserPool(endpoint=url)
        kept = KeptSignIns(LoginFiles(folder), USER, where, pool_is_named=False)
        kept.write(KeptSignIn(where, tokens["AuthenticationResult"]["RefreshToken"]))
        yield pool, url


async def _share(url: str, folder: Path, count: int, *password: str) -> Process:
    words, pipe = (url, str(folder), str(count), *password), asyncio.subprocess.PIPE
    return await start(*words, env=os.environ, stdout=pipe, stderr=pipe, instead=renewing)


async def _renewals(url: str, folder: Path, dice: random.Random, *password: str) -> tuple[Counter[str], int]:
    """What three processes said, of which one is killed now and then and another takes its place; and how many kills."""
    said: Counter[str] = Counter()
    kills = 0

    async def place() -> None:
        nonlocal kills
        while said["renewed"] < REFRESHES:
            process = await _share(url, folder, REFRESHES, *password)
            assert process.stdout is not None
            last = dice.randint(3, max(4, REFRESHES // 6))
            while said["renewed"] < REFRESHES and (line := await process.stdout.readline()):
                said[line.decode().strip()] += 1
                last -= 1
                if not last:
                    kills += 1
                    break
            if process.returncode is None:
                process.kill()
            _, err = await process.communicate()
            assert b"Traceback" not in err, err.decode()

    await asyncio.gather(*(place() for _ in range(3)))
    return said, kills


async def test_three_processes_and_kills_lose_nothing_where_a_replaced_token_has_a_grace(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "sign-in"
    async with a_pool(10, folder) as (pool, url):
        said, kills = await _renewals(url, folder, random.Random(1))
        assert set(said) == {"renewed"}, said
        assert kills >= 1
        assert pool.count("InitiateAuth", "USER_SRP_AUTH") == 0
        await (await _share(url, folder, 1)).communicate()
        assert pool.calls[-1].outcome == "tokens"


async def test_without_a_grace_only_a_kill_between_answer_and_file_costs_one_sign_in(tmp_path: Path) -> None:
    folder = tmp_path / "sign-in"
    async with a_pool(0, folder) as (pool, url):
        said, kills = await _renewals(url, folder, random.Random(2), ADA.password)
        assert set(said) == {"renewed"}, said
        assert pool.count("InitiateAuth", "USER_SRP_AUTH") <= kills
