"""The wheel that people install: what is in it, and that it runs by itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from filemaker_mcp.server import __version__

CHECKOUT = Path(__file__).parents[2]
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "packaging", "version": "1"},
    },
}


def ran(*command: str | Path, folder: Path, **environment: str) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("FILEMAKER_", "PYTHON"))}
    result = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        input="",
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release is: the source distribution from the checkout, and the wheel from that."""
    folder = tmp_path_factory.mktemp("dist")
    ran(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, folder=CHECKOUT)
    (source,) = folder.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=unpacked)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment of its own, with the wheel in it and this environment's dependencies beside it."""
    folder = tmp_path_factory.mktemp("environment")
    ran(sys.executable, "-m", "venv", folder / "venv", folder=folder)
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ran(python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile", wheel, folder=folder)
    where = ran(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).strip()
    Path(where, "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


def test_the_wheel_brings_one_name_and_every_module_under_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert {name.partition("/")[0] for name in names} == {"filemaker_mcp"}
    ours = {
        f"filemaker_mcp/{path.relative_to(CHECKOUT).as_posix()}"
        for folder in ("server", "tools")
        for path in CHECKOUT.joinpath(folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= names


def test_the_documentation_travels_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    listed = ran(installed, "-m", "filemaker_mcp.server", "docs", folder=tmp_path)
    assert "settings" in listed
    assert "reference/data-api" in listed
    assert str(CHECKOUT) not in listed
    page = ran(installed, "-m", "filemaker_mcp.server", "docs", "settings", folder=tmp_path)
    assert page == CHECKOUT.joinpath("docs", "settings.md").read_text(encoding="utf-8")


def test_links_on_the_package_page_lead_to_the_repository(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 10
    assert [link for link in links if not link.startswith(("https://", "#"))] == []


def test_the_installed_wheel_tells_its_version(installed: Path, tmp_path: Path) -> None:
    assert (
        ran(installed, "-m", "filemaker_mcp.server", "--version", folder=tmp_path).split()[-1] == __version__
    )


def test_the_installed_wheel_comes_from_the_wheel_and_not_from_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    place = ran(installed, "-c", "import filemaker_mcp.server as s; print(s.__file__)", folder=tmp_path)
    assert str(CHECKOUT) not in place


def test_the_installed_command_answers_over_stdio(installed: Path, tmp_path: Path) -> None:
    command = installed.parent / ("filemaker-mcp.exe" if os.name == "nt" else "filemaker-mcp")
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FILEMAKER_")}
    with subprocess.Popen(
        [str(command), "--demo"], cwd=tmp_path, env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(HELLO).encode() + b"\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(timeout=120) == 0
    assert answer["result"]["serverInfo"]["name"] == "filemaker"
