"""Each way to sign in, from an assistant's question to FileMaker and back."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from .workplace import (
    ADA,
    BY_OTTO,
    BY_PROVIDER,
    BY_SERVICE,
    CLARIS_ID,
    FILE_ACCOUNT,
    Assistant,
    Stand,
    consented,
)

pytestmark = pytest.mark.anyio

MINUTE = 60.0


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


async def test_a_file_account(stand: Stand) -> None:
    async with stand.assistant(FILE_ACCOUNT) as assistant:
        assert "Rope" in await assistant.sales()
    assert stand.emulator.open_sessions == 0


async def test_an_extended_account_of_claris_server(stand: Stand) -> None:
    account = {"FILEMAKER_USERNAME": "joan@example.com", "FILEMAKER_PASSWORD": "extended"}
    async with stand.assistant(FILE_ACCOUNT | account) as assistant:
        assert "Rope" in await assistant.sales()


async def test_a_claris_id(stand: Stand) -> None:
    async with stand.assistant(CLARIS_ID) as assistant:
        assert "Rope" in await assistant.sales()
        assert stand.emulator.sessions[0].account == ADA
    assert stand.emulator.open_sessions == 0


async def test_a_claris_id_on_a_host_with_a_name_of_its_own(stand: Stand) -> None:
    stand.internet.hosts["shop.example.com"] = stand.cloud
    own = {"FILEMAKER_HOST": "shop.example.com", "FILEMAKER_SIGN_IN": "claris_id"}
    async with stand.assistant(CLARIS_ID | own) as assistant:
        assert "Rope" in await assistant.sales()


async def test_a_refresh_token_brought_from_elsewhere(stand: Stand) -> None:
    async with stand.assistant(CLARIS_ID) as assistant:
        await assistant.sales()
    kept = next((stand.folder / "sign-in").glob("*.json"))
    token = kept.read_text(encoding="utf-8").split('"refresh_token": "')[1].split('"')[0]
    kept.unlink()
    brought = {"FILEMAKER_PASSWORD": "", "FILEMAKER_CLARIS_REFRESH_TOKEN": token}
    before = stand.pool.count("InitiateAuth", "USER_SRP_AUTH")
    async with stand.assistant(CLARIS_ID | brought) as assistant:
        assert "Rope" in await assistant.sales()
    assert stand.pool.count("InitiateAuth", "USER_SRP_AUTH") == before


async def test_a_token_service(stand: Stand) -> None:
    async with stand.assistant(BY_SERVICE) as assistant:
        assert "Rope" in await assistant.sales()
        assert stand.emulator.sessions[0].account == ADA


async def test_an_identity_provider(stand: Stand) -> None:
    await consented(stand)
    async with stand.assistant(BY_PROVIDER) as assistant:
        assert "Rope" in await assistant.sales()
        assert stand.emulator.sessions[0].account == "grace@example.com"
        for _ in range(6):  # used now and then it lives on, also beyond the life of the consent
            stand.clock.advance(10 * MINUTE)
            assert "Rope" in await assistant.sales()
    assert stand.emulator.open_sessions == 0


async def test_an_identity_providers_session_that_has_ended_is_explained(stand: Stand) -> None:
    await consented(stand)
    async with stand.assistant(BY_PROVIDER) as assistant:
        assert "Rope" in await assistant.sales()
        stand.clock.advance(20 * MINUTE)
        said = await assistant.sales()
        assert "15 minutes after the last use" in said
        assert "filemaker-mcp login" in said
        await consented(stand)
        assert "Rope" in await assistant.sales(), "a sign-in made meanwhile is noticed"


async def test_an_otto_key(stand: Stand) -> None:
    async with stand.assistant(BY_OTTO) as assistant:
        assert "Rope" in await assistant.sales()
    assert stand.emulator.open_sessions == 1, "OttoFMS keeps its own session"


@pytest.mark.parametrize("by", ["account", "provider"])
async def test_an_external_file_with_an_account_of_its_own(stand: Stand, by: str) -> None:
    if by == "account":
        source = {"file": "Stock", "account": "clerk", "password": {"env": "SHELF"}, "layout": "Sales"}
    else:
        source = {"file": "Stock", "provider": "Microsoft", "layout": "Sales"}
        await consented(stand, file="Stock")
    file = {"database": {"shop": {"data_sources": [source]}}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHELF", "shelf")
        async with stand.assistant(FILE_ACCOUNT, file) as assistant:
            found = await assistant.text("find_records", layout="Sales", fields=["Item", "Articles::Price"])
    assert ("12.5" in found) is (by == "account"), "Grace has no account in the stock"


async def test_a_password_from_a_file_and_from_a_variable(stand: Stand, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("cash\n", encoding="utf-8")
    by_file = FILE_ACCOUNT | {"FILEMAKER_PASSWORD": "", "FILEMAKER_PASSWORD_FILE": str(secret)}
    async with stand.assistant(by_file) as assistant:
        assert "Rope" in await assistant.sales()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TILL", "cash")
        named = {"database": {"shop": {"password": {"env": "TILL"}}}}
        async with stand.assistant(FILE_ACCOUNT | {"FILEMAKER_PASSWORD": ""}, named) as assistant:
            assert "Rope" in await assistant.sales()


async def fifty(assistant: Assistant, answers: list[str]) -> None:
    async def ask() -> None:
        answers.append(await assistant.sales())

    async with anyio.create_task_group() as askers:
        for _ in range(50):
            askers.start_soon(ask)


async def test_fifty_calls_with_an_expired_id_token_cause_one_call_to_cognito(stand: Stand) -> None:
    answers: list[str] = []
    async with stand.assistant(CLARIS_ID) as assistant:
        await assistant.sales()
        stand.clock.advance(61 * MINUTE)
        before = len(stand.pool.calls)
        await fifty(assistant, answers)
    assert [call.detail for call in stand.pool.calls[before:]] == ["REFRESH_TOKEN_AUTH"]
    assert all("Rope" in answer for answer in answers)
    assert stand.emulator.open_sessions == 0


@pytest.mark.parametrize("way", [FILE_ACCOUNT, CLARIS_ID])
async def test_fifty_calls_with_a_wrong_password_try_it_once(stand: Stand, way: dict[str, str]) -> None:
    answers: list[str] = []
    async with stand.assistant(way | {"FILEMAKER_PASSWORD": "wrong"}) as assistant:
        await fifty(assistant, answers)
    tried = sum(served.path.endswith("/sessions") for served in stand.emulator.requests)
    assert tried + stand.pool.count("RespondToAuthChallenge") == 1
    assert all("refused" in answer for answer in answers)
