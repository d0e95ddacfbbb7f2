"""Files of the owner that are not what they should be: one sentence each, and never a wait or a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.config.configuration import configured
from filemaker_mcp.server.errors import ConfigurationError

SALES = '[database.sales]\nhost = "fm.example.com"\nfile = "Sales"\naccount = "a"\n'
KEY = 'password = { env = "SALES_PASSWORD" }\n'
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")


def chain(folder: Path) -> None:
    for number in range(1_500):
        (folder / f"{number}.toml").write_text(f'extends = "{number + 1}.toml"\n')
    (folder / "config.toml").write_text('extends = "0.toml"\n')


def written(text: str | bytes) -> Callable[[Path], None]:
    content = text if isinstance(text, bytes) else text.encode()

    def write(folder: Path) -> None:
        (folder / "config.toml").write_bytes(content)

    return write


def extending(make: Callable[[Path], object], name: str = "below.toml") -> Callable[[Path], None]:
    def both(folder: Path) -> None:
        make(folder / name)
        (folder / "config.toml").write_text(f'extends = "{name}"\n')

    return both


def linked(folder: Path) -> None:
    (folder / "config.toml").symlink_to("config.toml")


STRANGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "3,000 brackets": (written("x = " + "[" * 3_000 + "]" * 3_000), "nested without end"),
    "30,000 tables in one another": (written("x = " + "{a=" * 30_000), "TOML"),
    "a number of 5,000 digits": (
        written(SALES + "timeout = " + "1" * 5_000),
        "a number has thousands of digits",
    ),
    "a date that is none": (written(SALES + "timeout = 2026-13-45"), "TOML"),
    "1,500 files that extend one another": (chain, "more than 20 files"),
    "itself": (written('extends = "config.toml"'), "extends itself"),
    "a folder below": (extending(Path.mkdir), "not a regular file"),
    "a number below": (written("extends = 7"), "takes the name of a file"),
    "an endless name below": (written(f'extends = "{"x" * 5_000}"'), "cannot be read"),
    "nothing below": (written('extends = "no.toml"'), "is not there"),
    "Windows text": (written(SALES.encode() + b'notes = "Gesch\xe4ft"'), "not UTF-8 text (line 5)"),
    "UTF-16": (written(SALES.encode("utf-16")), "not UTF-8 text"),
    "six million bytes": (written("# " + "x" * 6_000_000), "more than 5,000,000 bytes"),
    "a password as a value": (
        written(SALES + 'password = { value = "canary-4711" }'),
        "a password itself does not belong in the file",
    ),
    "a password as a secret of a data source": (
        written(
            f'{SALES}{KEY}[[database.sales.data_sources]]\nfile = "X"\naccount = "a"\n'
            'password = { value = "canary-4711" }'
        ),
        "a password itself does not belong in the file",
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_configuration_is_one_sentence(name: str, tmp_path: Path) -> None:
    make, says = STRANGE[name]
    make(tmp_path)
    with pytest.raises(ConfigurationError) as refused:
        configured({}, tmp_path / "config.toml")
    text = str(refused.value)
    assert says in text
    assert "canary" not in text
    assert len(text) < 600 or "x" * 100 in text


@posix
@pytest.mark.parametrize(
    ("make", "says"),
    [(extending(os.mkfifo, "below"), "not a regular file"), (linked, "cannot be read")],
    ids=["a pipe", "a link to itself"],
)
def test_a_pipe_is_not_waited_for(make: Callable[[Path], None], says: str, tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(ConfigurationError, match=says):
        configured({}, tmp_path / "config.toml")


@posix
@pytest.mark.parametrize(
    ("what", "mode", "says"),
    [
        ("secret", 0o644, "can be read by others: chmod 600"),
        ("secret", 0o620, "can be changed by others"),
        ("config.toml", 0o664, "can be changed by others: chmod go-w"),
        ("config.toml", 0o644, ""),
        ("below.toml", 0o666, "can be changed by others"),
        ("notes.toml", 0o646, "can be changed by others"),
        ("runbooks/month.toml", 0o666, "can be changed by others"),
        ("runbooks", 0o777, "can be changed by others"),
    ],
)
def test_what_others_can_read_or_change_is_warned_of(
    what: str, mode: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("demo")
    secret.chmod(0o600)
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "month.toml").write_text(RUNBOOK)
    (tmp_path / "notes.toml").write_text("")
    (tmp_path / "below.toml").write_text('runbooks = "runbooks"\n')
    (tmp_path / "config.toml").write_text(
        f'extends = "below.toml"\n{SALES}password = {{ file = "secret" }}\nnotes = "notes.toml"\n'
    )
    for path in tmp_path.rglob("*.toml"):
        path.chmod(0o644)
    (tmp_path / what).chmod(mode)
    main(["policy", "--check", "--config", str(tmp_path / "config.toml")])
    shown = " ".join(capsys.readouterr().out.split())
    assert says in shown
    assert (f"{tmp_path / what} can be" in shown) is bool(says)


@posix
def test_doctor_warns_of_what_others_can_read_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, config = tmp_path / "secret", tmp_path / "config.toml"
    secret.write_text("canary")
    sales = SALES.replace("fm.example.com", "http://127.0.0.1:9")
    config.write_text(f'state = "state.db"\n{sales}password = {{ file = "secret" }}\n')
    for mode, warned in ((0o644, True), (0o600, False)):
        secret.chmod(mode)
        config.chmod(0o600)
        assert main(["doctor", "--config", str(config)]) != 0
        shown = capsys.readouterr()
        assert (
            f"Warning: The secret in {secret} can be read by others" in " ".join(shown.err.split())
        ) is warned
        assert "TCP" in shown.out, "the stages are gone through all the same"
        assert "canary" not in shown.out + shown.err


RUNBOOK = """
[records]
layout = "Invoices"
where = { Status = "Sent" }

[each]
script = "Post"
"""


def test_policy_check_reads_the_runbooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "month.toml").write_text(RUNBOOK.replace("Post", "Pots"))
    (tmp_path / "config.toml").write_text(f'runbooks = "runbooks"\n{SALES}scripts = ["Post"]\n{KEY}')
    assert main(["policy", "--check", "--config", str(tmp_path / "config.toml")]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "'Pots' is not among the scripts of 'sales'" in shown
    assert "month.toml, line 7" in shown
