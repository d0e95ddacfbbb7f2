"""External files with accounts of their own, under every kind of main account, from an assistant's question and back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.auth.oauth import saved_name
from filemaker_mcp.server.auth.saved_login import LoginFiles

from .workplace import BY_PROVIDER, CLARIS_ID, CLOUD, FILE_ACCOUNT, Assistant, Stand, consented

pytestmark = pytest.mark.anyio

FIELDS = ["Item", "Articles::Price"]
MAIN = {"basic": FILE_ACCOUNT, "claris_id": CLARIS_ID, "oauth": BY_PROVIDER}


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


def with_source(**source: object) -> dict[str, Any]:
    return {"database": {"shop": {"data_sources": [{"file": "Stock", **source}]}}}


def by_password(**more: object) -> dict[str, Any]:
    return with_source(account="clerk", password={"env": "SHELF"}, **more)


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELF", "shelf")


async def prices(assistant: Assistant) -> str:
    return await assistant.text("find_records", layout="Sales", fields=FIELDS)


async def sign_in(stand: Stand, environment: Mapping[str, str]) -> None:
    """What `filemaker-mcp login` does for the file and for the one beside it."""
    host = environment["FILEMAKER_HOST"]
    await consented(stand, "linus@example.com", "Stock", host)
    if environment is BY_PROVIDER:
        await consented(stand, host=host)


@pytest.mark.parametrize("main", MAIN)
async def test_a_file_that_opens_by_an_identity_provider(stand: Stand, main: str) -> None:
    stand.internet.hosts[CLOUD] = stand.cloud
    await sign_in(stand, MAIN[main])
    async with stand.assistant(MAIN[main], with_source(provider="Microsoft", layout="Articles")) as assistant:
        assert "12.5" in await prices(assistant)
        stages = await assistant.stages(data_sources=True)
        assert stages[-1]["stage"] == "data source"
        assert stages[-1]["result"] == "ok"
        assert "unopened_files" not in "".join(assistant.heard)
    assert stand.emulator.open_sessions == 0


@pytest.mark.parametrize("main", ["basic", "claris_id"])
async def test_a_consent_given_while_the_server_runs_serves_within_ten_seconds(
    stand: Stand, main: str
) -> None:
    source = with_source(provider="Microsoft", layout="Articles")
    async with stand.assistant(MAIN[main], source) as assistant:
        first = await prices(assistant)
        assert "12.5" not in first
        assert "nobody is signed in for it" in first
        assert "unopened_files" not in await prices(assistant), "said once"
        failed = (await assistant.stages(data_sources=True))[-1]
        assert failed["found"] == "Nobody is signed in with Microsoft for 'Stock'"
        assert "filemaker-mcp login" in failed["remedy"]
        await sign_in(stand, MAIN[main])
        stand.clock.advance(11)
        assert "12.5" in await prices(assistant)
    assert stand.emulator.open_sessions == 0


async def test_a_consent_that_is_over_is_said_beside_the_answer(stand: Stand) -> None:
    await sign_in(stand, FILE_ACCOUNT)
    source = with_source(provider="Microsoft", layout="Articles")
    stand.clock.advance(16 * 60)
    async with stand.assistant(FILE_ACCOUNT, source) as assistant:
        said = await prices(assistant)
        assert "FileMaker could not open it (error 100)" in said
        failed = (await assistant.stages(data_sources=True))[-1]
        assert failed["found"].startswith(
            "'Stock' is open on the host, but not to the sign-in with Microsoft"
        )
        assert "filemaker-mcp login" in failed["remedy"]


async def test_a_wrong_account_is_named_and_a_corrected_one_serves(stand: Stand, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("wrong", encoding="utf-8")
    source = with_source(account="clerk", password={"file": str(secret)}, layout="Articles")
    async with stand.assistant(FILE_ACCOUNT, source) as assistant:
        assert "could not open it (error 100)" in await prices(assistant)
        refused = await assistant.text("find_records", layout="Articles")
        assert "the account for it among the data_sources" in refused
        assert "The file is not open" not in refused
        failed = (await assistant.stages(data_sources=True))[-1]
        assert failed["found"] == (
            "'Stock' is open on the host, but not to the account 'clerk' that is set for it (FileMaker error 100)"
        )
        secret.write_text("shelf", encoding="utf-8")
        stand.clock.advance(11)
        assert "12.5" in await assistant.text("find_records", layout="Articles")


async def test_a_file_that_is_not_hosted_is_told_from_a_wrong_account(stand: Stand) -> None:
    stand.emulator.close_file("Stock")
    async with stand.assistant(FILE_ACCOUNT, by_password(layout="Articles")) as assistant:
        failed = (await assistant.stages(data_sources=True))[-1]
        assert failed["found"].startswith("'Stock' is not among the open files")
        assert "error 100" in await prices(assistant)


async def test_what_cannot_be_checked_is_said(stand: Stand) -> None:
    async with stand.assistant(FILE_ACCOUNT, by_password()) as assistant:
        stage = (await assistant.stages(data_sources=True))[-1]
        assert stage["result"] == "ok"
        assert "whether the account 'clerk' that is set for it opens it" in stage["not_checked"]
    async with stand.assistant(FILE_ACCOUNT, by_password(layout="Sales")) as assistant:
        assert (await assistant.stages(data_sources=True))[-1]["found"].endswith("with related values")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHELF", "wrong")
        async with stand.assistant(FILE_ACCOUNT, by_password(layout="Sales")) as assistant:
            stage = (await assistant.stages(data_sources=True))[-1]
            assert stage["result"] == "warning"
            assert "whether 'Stock' opens" in stage["not_checked"]
        async with stand.assistant(FILE_ACCOUNT, by_password()) as assistant:
            assert "may not be open to us" in await prices(assistant)
            assert "unopened_files" not in await prices(assistant)


async def test_a_total_of_values_that_are_missing_is_not_given_without_a_word(stand: Stand) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHELF", "wrong")
        async with stand.assistant(FILE_ACCOUNT, by_password(layout="Articles")) as assistant:
            said = await assistant.text(
                "summarize_records", layout="Sales", measures=[{"sum": "Articles::Price"}]
            )
            assert "could not open it (error 100)" in said


async def test_the_pair_of_another_host_is_not_sent(stand: Stand) -> None:
    values = {"request_id": "r" * 32, "identifier": "i" * 48}
    LoginFiles(stand.folder / "sign-in").write(
        saved_name("https://other.example.com", "Stock", "Microsoft"), values
    )
    async with stand.assistant(FILE_ACCOUNT, with_source(provider="Microsoft")) as assistant:
        assert "nobody is signed in for it" in await prices(assistant)


@pytest.mark.parametrize(
    ("account", "result", "found", "more"),
    [
        (
            "clerk",
            "warning",
            "signed in to 'Stock' alone, the account 'clerk' sees 1 layout ('Articles'), past the interface file",
            "give its privilege set no layouts and no scripts",
        ),
        ("narrow", "ok", "signed in to 'Stock' alone, the account 'narrow' sees no layout and no script", ""),
        (
            "fresh",
            "failed",
            "The password of the account 'fresh' in 'Stock' has expired or must be changed at the next log-in (FileMaker error 211)",
            "Sign in to that file with FileMaker Pro once",
        ),
        ("nobody", "not checked", "", "it cannot be signed in to alone (FileMaker error 212)"),
    ],
)
async def test_what_a_data_file_lets_its_account_do_past_the_interface_file_is_told(
    stand: Stand, account: str, result: str, found: str, more: str
) -> None:
    source = with_source(account=account, password={"env": "SHELF"}, layout="Articles")
    async with stand.assistant(FILE_ACCOUNT, source) as assistant:
        stages = [
            each for each in await assistant.stages(data_sources=True) if each["stage"] == "data source"
        ]
        assert stages[0]["result"] == result, stages
        assert found in stages[0]["found"]
        assert more in f"{stages[0].get('remedy', '')} {stages[0]['found']}"
        if result == "ok":
            assert "which records and fields it may change there" in stages[0]["not_checked"]
            assert "12.5" in await prices(assistant), "related records need no layout of that file"
    assert stand.emulator.open_sessions == 0
