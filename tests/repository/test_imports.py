"""The import contracts hold, and each would notice its breach."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from . import breaches
from .breaches import BREACHES

CHECKOUT = Path(__file__).parents[2]


def contracts() -> list[str]:
    settings = tomllib.loads(CHECKOUT.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    return [contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources as a package on a path of its own, before the installed one."""
    for name in ("server", "tools"):
        ignored = shutil.ignore_patterns("__pycache__", "sample")
        shutil.copytree(CHECKOUT / name, tmp_path / "filemaker_mcp" / name, ignore=ignored)
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_has_a_breach_to_notice() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(contracts())


def test_the_emulator_is_kept_apart_from_everything_beside_it() -> None:
    settings = tomllib.loads(CHECKOUT.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    kept = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == "emulator-apart")
    beside = {
        f"filemaker_mcp.server.{path.stem}"
        for path in CHECKOUT.joinpath("server").iterdir()
        if path.name != "emulator" and (path.suffix == ".py" or path.joinpath("__init__.py").is_file())
    }
    beside.discard("filemaker_mcp.server.__init__")
    assert set(kept["forbidden_modules"]) == beside | {"filemaker_mcp.tools"}


def test_each_contract_notices_each_breach_of_it(copy: Path) -> None:
    result = subprocess.run(
        [sys.executable, breaches.__file__],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"not noticed": [], "kept at the end": True}
