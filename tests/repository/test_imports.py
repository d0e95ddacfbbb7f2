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
BREACHES = [
    ("layers", "server/envelope.py", "from .dataapi.contents import Value"),
    ("layers", "server/errors.py", "from .envelope import JsonObject"),
    ("layers", "server/auth/sessions/session.py", "from ...dataapi.contents import Value"),
    ("layers", "server/text/one_line.py", "from ..changes.plans.plan import Plan"),
    ("layers", "server/local/usage.py", "from ..database.database import Database"),
    ("layers", "server/database/rate_limits.py", "from ..query.found_sets.found_set import FoundSet"),
    ("layers", "server/diagnosis/stages.py", "from ..notes.notes import Notes"),
    ("layers", "server/approval/approvals.py", "from ..scripts.parameter import Schema"),
    ("layers", "server/loose.py", ""),
    ("emulator-layers", "server/emulator/values/readings.py", "from ..store.store import Store"),
    ("emulator-layers", "server/emulator/loose.py", ""),
    ("emulator-apart", "server/emulator/clock.py", "from ..errors import InputError"),
    ("emulator-apart", "server/emulator/clock.py", "from ..text.near_names import near"),
    ("emulator-apart", "server/emulator/clock.py", "from ..codes import CODES"),
    ("emulator-apart", "server/emulator/values/text_words.py", "from ...dataapi.contents import Value"),
    ("emulator-unused", "server/query/summary/spill.py", "from ...emulator.clock import SystemClock"),
    ("emulator-unused", "tools/layouts.py", "from ..server.emulator.clock import SystemClock"),
    ("one-door", "server/diagnosis/stages.py", "from ..dataapi.client import DataApi"),
    ("one-door", "server/query/summary/spill.py", "from ...dataapi.transport import Transport"),
    ("one-door", "server/runbooks/batch.py", "from ..dataapi.client import DataApi"),
    ("one-door", "server/app/workspace.py", "from ..dataapi.client import DataApi"),
    ("one-door", "tools/layouts.py", "from ..server.dataapi.client import DataApi"),
    ("tools-below", "tools/connection.py", "from ..server.auth.sessions.session_pool import Pool"),
    ("tools-below", "tools/_call.py", "from ..server.config.settings import Settings"),
    ("settings-apart", "server/criteria/terms.py", "from ..config.settings import Settings"),
    ("settings-apart", "server/local/usage.py", "from ..config.settings import Settings"),
    ("tools-above", "server/jobs/job.py", "from ...tools._call import Call"),
]
"""A contract, a file (made where there is none), and the line that would break it."""


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


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_contract_notices_its_breach(copy: Path, contract: str, file: str, line: str) -> None:
    target = copy / "filemaker_mcp" / file
    source = target.read_text(encoding="utf-8") if target.is_file() else ""
    future = "from __future__ import annotations\n"
    broken = source.replace(future, f"{future}{line}\n", 1) if future in source else f"{line}\n{source}"
    target.write_text(broken, encoding="utf-8")
    result = linted(copy, contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout or "missing layers" in (result.stdout + result.stderr).lower()
