"""The words after `filemaker-mcp`: a wrong one is named, with the nearest right one, and nothing is guessed."""

from __future__ import annotations

import importlib
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import COMMANDS, main
from filemaker_mcp.server.cli.command_line import CommandLine
from filemaker_mcp.server.cli.examples import EXAMPLES


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["doctr"], "There is no command 'doctr'. Did you mean 'doctor'?"),
        (
            ["journal", "export", "--from", "yesterdy"],
            "'yesterdy' is no day; write 2026-11-01, 'today' or 'yesterday'",
        ),
        (["journal", "export", "--from", "2026-13-01"], "'2026-13-01' is no day"),
        (["journal", "export", "--from", "0001-01-01T25"], "is no day"),
        (["journal", "usage", "--days", "99999999999"], "is no whole number from 1 to 1,000,000"),
        (["journal", "list", "--limit", "0"], "is no whole number from 1 to 1,000,000"),
        (["frobnicate"], "There is no command 'frobnicate'. 'filemaker-mcp --help' lists the commands."),
        (["doctor", "--jsno"], "does not know '--jsno'. Did you mean --json?"),
        (["journal", "lst"], "choose from 'list', 'show', 'export', 'usage', 'verify'"),
        (["emulator", "--port", "99999"], "'99999' is no port"),
        (["token-service", "--port", "-1"], "'-1' is no port"),
    ],
)
def test_a_wrong_word_is_named_with_what_would_be_right(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert says in capsys.readouterr().err


def test_an_option_is_not_guessed_from_its_beginning_and_a_client_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "filemaker_mcp.server", "--dem"],
        input='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n',
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "Did you mean --demo?" in json.loads(done.stdout)["error"]["message"]
    assert "Did you mean --demo?" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe breaks otherwise there")
def test_a_reader_who_has_gone_ends_a_command_without_a_word() -> None:
    command = [sys.executable, "-m", "filemaker_mcp.server", "demo"]
    pipe = subprocess.PIPE
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=buffered) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        demo.stdout.readline()
        demo.stdout.close()
        assert demo.stderr.read() == b""
    assert demo.returncode == 141


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_says_what_it_does_and_takes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: filemaker-mcp {name}")
    assert not told.split("\n\n")[1].startswith("options"), "no sentence says what the command does"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_ends_with_an_example_that_it_takes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    assert "Example: '" in capsys.readouterr().out.rstrip().rpartition("\n\n")[2]
    command, *words = shlex.split(EXAMPLES[name])
    assert command == name
    parser = CommandLine(prog=name)
    module = importlib.import_module(
        f"filemaker_mcp.server.cli.{COMMANDS[name][0]}.{name.replace('-', '_')}_command"
    )
    module.add_arguments(parser)
    parser.whole(words, parser)


def test_a_command_behind_an_option_is_told_to_come_first() -> None:
    command = [sys.executable, "-m", "filemaker_mcp.server", "--config", "sales.toml", "doctor"]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "'doctor' stands behind an option" in ran.stderr
    assert "It comes first" in ran.stderr


def test_help_names_every_command_and_what_is_served_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(f"    {name}" in told for name in COMMANDS)
    assert "--demo" in told
    assert "--config" in told


@pytest.mark.parametrize(
    ("option", "says"),
    [("--init", "The emulator cannot write"), ("--data", "The records cannot be kept in")],
)
def test_a_place_that_cannot_be_written_is_named(
    option: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    place = str(tmp_path / "file" / "below")
    assert main(["emulator", option, place]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert place in told


@pytest.mark.parametrize(
    "words",
    [
        ["callers", "revoke", "--account", "J\udcfcrgen"],
        ["key", "add", "agent", "--scope", "fm:read", "--from", "\udcff"],
        ["halt", "--all", "--reason", "M\udcfcll"],
    ],
    ids=["an account", "one of several", "a reason"],
)
def test_bytes_that_are_no_text_here_are_told_and_nothing_is_done(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As a terminal of another encoding sends an umlaut."""
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "is no text in the encoding of this terminal" in told
    assert "Nothing was done." in " ".join(told.split())
