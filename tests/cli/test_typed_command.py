"""The line that a person is told to type starts the program that runs, however it was started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from filemaker_mcp.server.local.own_command import typed_command


def program(folder: Path, name: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (f"{name}.exe" if sys.platform == "win32" else name)
    path.touch(mode=0o755)
    return str(path)


def test_it_is_the_bare_name_only_where_a_terminal_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = program(tmp_path / "bin", "filemaker-mcp")
    away = program(tmp_path / "My programs", "filemaker-mcp")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert typed_command(here, "/usr/bin/python3") == "filemaker-mcp"
    assert typed_command(away, "/usr/bin/python3") == f'"{away}"'
    monkeypatch.setenv("FILEMAKER_FORM", "{}")  # a bundle's own folder is on no terminal's path
    assert typed_command(here, "/usr/bin/python3") == here
    monkeypatch.delenv("FILEMAKER_FORM")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert typed_command(here, "/usr/bin/python3") == here


def test_what_uvx_started_is_started_by_uvx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "uvx")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    cached = tmp_path / "cache" / "uv" / "archive-v0" / "Xy12" / "bin"
    started = program(cached, "filemaker-mcp")
    assert typed_command(started, str(cached / "python")) == "uvx filemaker-mcp"


def test_a_module_is_started_as_a_module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    started = str(Path("lib") / "filemaker_mcp" / "server" / "__main__.py")
    assert typed_command(started, "/usr/bin/python3") == "/usr/bin/python3 -m filemaker_mcp.server"
