"""A solution's Claris ID accounts become people of the pool."""

from __future__ import annotations

import pytest

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.cognito.users import Factor, User
from filemaker_mcp.server.emulator.model import Account, File
from filemaker_mcp.server.emulator.sign_in.claris_id import claris_pool

from ..cognito.cognito_client import PoolClient

pytestmark = pytest.mark.anyio

CLARIS = Account("Ada@example.com", "[Full Access]", "Analytical Engine 1843", identity="claris")
FILE_ACCOUNT = Account("bob@example.com", "[Full Access]", "tables", identity="filemaker")
SALES = File("Sales", {}, {}, (), {}, (), (), (), {}, (CLARIS, FILE_ACCOUNT), {})


async def test_an_account_via_claris_id_can_sign_in_whatever_the_case_of_its_name() -> None:
    pool = claris_pool(ManualClock(), [SALES])
    signed_in = (await PoolClient(pool).sign_in("ada@example.com", CLARIS.password)).json()
    assert pool.verify_id_token(signed_in["AuthenticationResult"]["IdToken"]) == CLARIS.name
    assert pool.verify_id_token("made.up.token") is None


async def test_a_file_account_is_nobody_at_claris() -> None:
    pool = claris_pool(ManualClock(), [SALES])
    assert (await PoolClient(pool).sign_in(FILE_ACCOUNT.name, FILE_ACCOUNT.password)).status_code == 400


async def test_a_user_given_beside_the_solution_brings_a_second_step() -> None:
    user = User(CLARIS.name, CLARIS.password, (Factor.SMS,))
    pool = claris_pool(ManualClock(), [SALES], [user])
    asked = await PoolClient(pool).sign_in(CLARIS.name, CLARIS.password)
    assert asked.json()["ChallengeName"] == "SMS_MFA"
