"""The owner at a terminal: who was let in, and the end of it while a server runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.local.keys.key_file import KeyFile, ring_of

from ..changes.workshop_host import command
from ..postgres import on_files
from .stand import CLAUDE, Stand, ada

pytestmark = pytest.mark.anyio


@on_files
async def test_the_owner_sees_who_was_let_in_and_ends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Stand(tmp_path) as stand:
        browser, where = stand.browser(), ["--state", str(tmp_path / "state.db")]

        async def said(*words: str) -> str:
            assert await command("callers", *words, *where) == 0, capsys.readouterr().err
            return capsys.readouterr().out

        assert await stand.rows("halt") == []
        assert "Nobody was let in so far." in await said("list")
        tokens = await browser.tokens()
        stand.visit.person = ada("bob")
        bobs = await browser.tokens()
        assert [line.split("; ")[:2] for line in (await said("list")).splitlines()] == [
            ["https://id.example|ada", "1 program"], ["https://id.example|bob", "1 program"],
        ]  # fmt: skip
        assert "claude.ai" in await said("show", "ada")
        assert await command("callers", "revoke", "id.example", *where) == 2
        assert "is in 2 callers" in capsys.readouterr().err
        assert await command("callers", "show", "eve", *where) == 2
        assert "callers list" in capsys.readouterr().err
        for named in ("eve", "id.example"):
            assert await command("halt", "--caller", named, *where) == 2, (
                "a slip of the pen stops nobody in silence"
            )
        for words in (
            ("halt", "--caller", ""),
            ("halt", "--lift", "--caller", " "),
            ("callers", "revoke", ""),
        ):
            assert await command(*words, *where) == 2, "an empty variable of a shell means nobody"
            assert "The name of the caller is empty" in capsys.readouterr().err
        assert await command("halt", "--caller", "ADA", *where) == 0
        assert "the caller 'https://id.example|ada'" in capsys.readouterr().out
        assert await command("halt", "--caller", "https://id.example|eve", *where) == 0
        assert "Nobody has come by that name" in capsys.readouterr().err
        for named in ("ada", "https://id.example|eve"):
            assert await command("halt", "--lift", "--caller", named, *where) == 0
        assert await stand.rows("halt") == []
        capsys.readouterr()
        assert "nowhere any more" in await said("revoke", "ada", "--reason", "left")
        assert await stand.server.verify(tokens["access_token"]) is None
        assert await stand.server.verify(bobs["access_token"]) is not None
        assert "revoked" in await said("show", "ada")
        unused = await browser.code()
        assert "ended: 1" in await said("revoke", "bob", "--program", CLAUDE)
        assert await stand.server.verify(bobs["access_token"]) is None
        assert (await browser.redeem(unused)).status_code == 400, "what the program had not used yet is over"
        stand.visit.person = ada("bob")
        bobs = await browser.tokens()
        assert "ended: 1" in await said("revoke", "--program", CLAUDE)
        assert await stand.server.verify(bobs["access_token"]) is None
        later, unused = await browser.tokens(), await browser.code()
        assert await stand.server.verify(later["access_token"]) is None, "the program is kept out"
        await said("revoke", "--program", CLAUDE)
        assert (await browser.redeem(unused)).status_code == 400
        later = await browser.tokens()
        await said("admit", "--program", CLAUDE)
        assert await stand.server.verify(later["access_token"]) is not None
        assert await command("callers", "revoke", *where) == 2
        unused = await browser.code()
        async with stand.state.writing() as transaction:
            transaction.put(
                "INSERT INTO credential VALUES (?, 'sales', 'Api.Bob', x'00', 1, 1)", ada("bob").caller
            )
        assert "'api.bob' any more" in await said(
            "revoke", "--account", "api.bob", "--reason", "left\n\x1b[2J"
        )
        assert (await browser.redeem(unused)).status_code == 400
        assert "\x1b" not in (listed := await said("list"))
        assert "for everybody. left⏎" in listed.partition("account api.bob: ended")[2]
        assert await command("callers", "revoke", "--account", "api.bobb", *where) == 0
        assert "compare its spelling" in capsys.readouterr().err
        for wrong in (("--account", " "), ("--account", "api.bob", "--erase")):
            assert await command("callers", "revoke", *wrong, *where) == 2
        assert await command("callers", "revoke", "bob", "--account", "api.bob", *where) == 2
        assert "again" in await said("admit", "--account", "API.Bob")
        assert await command("callers", "admit", "--account", "api.bob", *where) == 2
        capsys.readouterr()
        await said("revoke", "bob", "--erase")
        assert {row["caller"] for row in await stand.rows("oauth_grant")} == {ada().caller}
        stand.visit.person = ada()
        await browser.ask()
        assert (await browser.allow()).status_code == 403
        assert "again" in await said("admit", "ada")
        assert await browser.tokens()


@on_files
async def test_a_copy_that_was_put_back_lets_nobody_in(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser, where = stand.browser(), ["--state", str(tmp_path / "state.db")]
        tokens, code = await browser.tokens(), await browser.code()
        assert await command("state", "restored", *where, "--seal-key", str(tmp_path / "seal.key")) == 0
        assert await stand.server.verify(tokens["access_token"]) is None
        assert (await browser.refresh(tokens["refresh_token"])).status_code == 400
        assert (await browser.redeem(code)).status_code == 400
        assert await browser.tokens()


@on_files
async def test_keys_that_somebody_else_has_end_what_everybody_signed_in_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILEMAKER_SEAL_KEY", str(tmp_path / "seal.key"))
    keys = KeyFile.beside(tmp_path / "seal.key")
    async with Stand(tmp_path, ring=ring_of((), keys)) as stand:
        browser, where = stand.browser(), ["--state", str(tmp_path / "state.db")]
        tokens, code = await browser.tokens(), await browser.code()
        begun = stand.browser()
        await begun.ask()
        assert await command("secrets", "rotate", "--compromised", *where) == 0
        assert (await begun.allow()).status_code == 410, "what was begun is begun anew"
        assert await stand.server.verify(tokens["access_token"]) is None
        assert (await browser.refresh(tokens["refresh_token"])).status_code == 400
        assert (await browser.redeem(code)).status_code == 400
