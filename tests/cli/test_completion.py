"""Completion in shells: real ones read the script and complete what is typed."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import COMMANDS, main


def script_for(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of Unix")
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_options_and_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import pty

    script = tmp_path / "completion.bash"
    script.write_text(script_for("bash", capsys), encoding="utf-8")
    typed = tmp_path / "typed.txt"
    (tmp_path / "sales.toml").touch()
    started = tmp_path / "bashrc"
    started.write_text(
        f"source {shlex.quote(str(script))}\n"
        f'filemaker-mcp() {{ printf "%s\\n" "$*" >> {shlex.quote(str(typed))}; }}\n'
        "bind 'set enable-bracketed-paste off'\n",
        encoding="utf-8",
    )
    ours, theirs = pty.openpty()
    lines = ["jou\tver\t--hea\t", "doctor --conf\tsal\t", "secret se\t", "emulator --clo\t", "--dem\t"]
    with subprocess.Popen(
        ["bash", "--noprofile", "--rcfile", str(started), "-i"],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "TERM": "dumb", "INPUTRC": "/dev/null"},
        start_new_session=True,
    ) as shell:
        os.write(ours, "".join(f"filemaker-mcp {line}\n" for line in [*lines, ""]).encode() + b"exit\n")
        assert shell.wait(30) == 0
    os.close(ours)
    os.close(theirs)
    read = [line.strip() for line in typed.read_text(encoding="utf-8").splitlines()]
    assert read[:5] == [
        "journal verify --head",
        "doctor --config sales.toml",
        "secret set",
        "emulator --cloud",
        "--demo",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shells_script_is_read_by_it_and_names_every_command(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = script_for(shell, capsys)
    assert [command for command in COMMANDS if command not in text] == []
    program = shutil.which(shell)
    if program is not None:
        script = tmp_path / "script"
        script.write_text(text, encoding="utf-8")
        assert subprocess.run([program, "-n", script], check=False).returncode == 0


def test_without_a_name_it_is_the_shell_that_is_in_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHELL", "/usr/local/bin/fish")
    assert main(["completion"]) == 0
    assert "complete -c filemaker-mcp" in capsys.readouterr().out
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert main(["completion"]) == 2
    assert "There is no completion for tcsh. Name one of: bash, zsh, fish, powershell." in (
        " ".join(capsys.readouterr().err.split())
    )
