"""An address of PostgreSQL at another machine is used only where its certificate is checked, or the owner says that nobody is on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filemaker_mcp.server.config.state_settings import state_in
from filemaker_mcp.server.errors import ConfigurationError

from ..changes.workshop_host import command

pytestmark = pytest.mark.anyio
FILE = """
state = { postgres = { env = "STATE_URL"%s } }
[database.harbor]
host = "https://fm.example"
file = "Harbor"
account = "mcp"
password = { env = "HARBOR" }
"""


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://fm@db.example/fm", "postgresql://fm@db.example/fm?sslmode=require",
        "postgresql://fm@db.example/fm?sslmode=verify-ca", "postgresql://fm@127.0.0.1,db.example/fm",
        "postgresql://fm@10.0.0.7/fm", "postgresql:///fm?host=db.example", "postgresql://fm@localhost/fm?hostaddr=10.0.0.7",
        "postgresql://fm@[fd00::1]/fm", "postgresql:///fm?service=team", "postgresql://fm@127.0.0.1.example/fm",
        "postgresql://fm@db.example/fm?sslmode=prefer&sslrootcert=system", "postgresql://fm@0x0a000007/fm",
        "postgresql://fm@db.example/fm?hostaddr=", "postgresql:///fm?host=a,db.example&hostaddr=127.0.0.1,",
        "postgresql://fm@127.0.0.1,localhost/fm?hostaddr=,10.0.0.7", "postgresql://fm@localhost/fm?service=team",
    ],
)  # fmt: skip
def test_an_address_that_nothing_checks_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="nothing checks who answers"):
        state_in(address).place()
    monkeypatch.setenv("STATE_URL", address)
    told = {"postgres": {"env": "STATE_URL", "trusts_network": True}}
    assert state_in(json.dumps(told)).place().url == address


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://fm@db.example/fm?sslmode=verify-full", "postgresql://fm@db.example/fm?sslrootcert=system",
        "postgresql://fm@localhost/fm", "postgresql://fm@127.0.0.9:5433/fm", "postgresql://fm@[::1]/fm", "postgresql:///fm",
        "postgresql:///fm?host=/run/postgresql", "postgresql://fm@%2Frun%2Fpostgresql/fm",
        "postgresql:///fm?service=team&sslmode=verify-full", "postgresql://fm@db.example/fm?hostaddr=127.0.0.1",
        "postgresql:///fm?host=a,localhost&hostaddr=127.0.0.1,", "postgresql://fm@localhost/fm?hostaddr=&service=x&sslmode=verify-full",
    ],
)  # fmt: skip
def test_what_is_checked_or_stays_on_this_machine_needs_no_word(address: str) -> None:
    assert state_in(address).place().url == address


def test_what_the_environment_says_for_libpq_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.example")
    with pytest.raises(ConfigurationError, match=r"at db\.example"):
        state_in("postgresql:///fm").place()
    assert state_in("postgresql:///fm?host=").place(), "an empty host is this machine's socket"
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert state_in("postgresql:///fm").place()
    monkeypatch.delenv("PGSSLMODE")
    monkeypatch.setenv("PGHOST", "localhost")
    monkeypatch.setenv("PGSERVICEFILE", "of/no/service.conf")
    assert state_in("postgresql:///fm").place()
    monkeypatch.setenv("PGHOSTADDR", "10.0.0.7")
    with pytest.raises(ConfigurationError, match=r"at 10\.0\.0\.7"):
        state_in("postgresql://fm@localhost/fm").place()
    monkeypatch.delenv("PGHOSTADDR")
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGSERVICE", "team")
    with pytest.raises(ConfigurationError, match="service file"):
        state_in("postgresql://fm@/fm").place()


async def test_commands_say_it_in_a_sentence_and_show_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ("--config", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text(FILE % "", "utf-8")
    monkeypatch.setenv("STATE_URL", "postgresql://fm:hush@db.example/fm")
    monkeypatch.setenv("HARBOR", "demo")
    for words, status in (
        (("doctor",), 2), (("journal", "verify"), 2), (("state", "migrate"), 2), (("halt", "--show"), 2),
        (("run",), 2), (("policy", "--check"), 1),
    ):  # fmt: skip
        assert await command(*words, *config) == status, words
        told = capsys.readouterr()
        text = " ".join((told.out + told.err).split())
        assert "nothing checks who answers there" in text, words
        assert "sslmode=verify-full" in text, words
        assert "hush" not in text, words
    (tmp_path / "config.toml").write_text(FILE % ", trusts_network = true", "utf-8")
    monkeypatch.setenv("STATE_URL", "postgresql://fm:hush\udcff@db.example/fm")
    assert await command("halt", "--show", *config) == 2
    told = capsys.readouterr().err
    assert ("no UTF-8" in told, "hush" in told) == (True, False)
    monkeypatch.setenv("STATE_URL", "postgresql://fm:hush@db.example/fm")
    assert await command("policy", "--check", *config) == 1
    assert "trusts_network is true" in capsys.readouterr().out
