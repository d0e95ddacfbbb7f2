"""The import contracts hold, and each would notice its breach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
BREACHES = {
    "emulator-apart": ("server/emulator/clock.py", "from ..errors import InputError"),
    "tools-below": ("tools/connection.py", "from ..server.auth.session_pool import Pool"),
    "doing-below": ("server/criteria/__init__.py", "from ..config.settings import Settings"),
    "one-way": ("server/envelope.py", "from .dataapi.models import Value"),
    "leaves": ("server/errors.py", "from .envelope import JsonObject"),
    "auth-below": ("server/auth/session.py", "from ..dataapi.models import Value"),
}
"""Contract -> a file and the line that would break it."""


def contracts() -> list[str]:
    settings = tomllib.loads(CHECKOUT.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    return [contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]]


def linted(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Checks one contract on a copy of the sources."""
    program = (
        "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    )
    command = [
        sys.executable,
        "-c",
        program,
        "--no-cache",
        "--config",
        "pyproject.toml",
        "--contract",
        contract,
    ]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources as a package on a path of its own, before the installed one."""
    for name in ("server", "tools"):
        ignored = shutil.ignore_patterns("__pycache__", "sample")
        shutil.copytree(CHECKOUT / name, tmp_path / "filemaker_mcp" / name, ignore=ignored)
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_has_a_breach_to_notice() -> None:
    assert sorted(BREACHES) == sorted(contracts())


@pytest.mark.parametrize("contract", sorted(BREACHES))
def test_a_contract_notices_its_breach(copy: Path, contract: str) -> None:
    file, line = BREACHES[contract]
    target = copy / "filemaker_mcp" / file
    source = target.read_text(encoding="utf-8")
    future = "from __future__ import annotations\n"
    broken = source.replace(future, f"{future}{line}\n", 1) if future in source else f"{line}\n{source}"
    target.write_text(broken, encoding="utf-8")
    result = linted(copy, contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
