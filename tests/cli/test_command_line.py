"""The words after `filemaker-mcp`: a wrong one is named, with the nearest right one, and nothing is guessed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import VERBS, main


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["doctr"], "There is no verb 'doctr'. Did you mean 'doctor'?"),
        (["frobnicate"], "There is no verb 'frobnicate'. 'filemaker-mcp --help' lists the verbs."),
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
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "Did you mean --demo?" in json.loads(done.stdout)["error"]["message"]
    assert "Did you mean --demo?" in done.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_says_what_it_does_and_takes(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: filemaker-mcp {verb}")
    assert not told.split("\n\n")[1].startswith("options"), "no sentence says what the verb does"


def test_help_names_every_verb_and_what_is_served_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(f"    {verb}" in told for verb in VERBS)
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
