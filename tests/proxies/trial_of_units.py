"""The documents' units of systemd, as `systemd-analyze` reads them. Nothing of it runs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .documented import DOCUMENTS

PROGRAM = "/opt/filemaker-mcp/bin/filemaker-mcp"
EXPOSURE = 17
"""Tenths, of ten: as `systemd-analyze security` counts what a service may do. The document says it."""
UNITS = {
    ("beside-filemaker-server.md", 0): "filemaker-mcp@.service",
    ("unattended.md", 0): "filemaker-reminders.service",
    ("unattended.md", 1): "filemaker-reminders.timer",
}


def written(folder: Path) -> list[Path]:
    """All units, with a program and an account that are here."""
    made: list[Path] = []
    for (document, number), name in UNITS.items():
        text = re.findall(r"```ini\n(.*?)```", (DOCUMENTS / document).read_text("utf-8"), re.DOTALL)[number]
        text = text.replace(PROGRAM, "/bin/true")
        text = re.sub(r"^User=.*$", "User=daemon", text, flags=re.MULTILINE)
        made.append(folder / name.replace("@.", "@8791."))
        made[-1].write_text(text, "utf-8")
    return made


def analyzed(*words: str) -> str:
    program = shutil.which("systemd-analyze")
    assert program is not None, "systemd-analyze is not here: apt-get install systemd"
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_understands_every_line_of_the_documents_units(tmp_path: Path) -> None:
    units = written(tmp_path)
    assert analyzed("verify", "--man=no", *map(str, units)) == ""


def test_the_teams_service_may_do_as_little_as_the_document_says(tmp_path: Path) -> None:
    service = written(tmp_path)[0]
    analyzed("security", "--offline=true", f"--threshold={EXPOSURE}", str(service))
    bare = service.read_text("utf-8").replace("NoNewPrivileges=yes", "").replace("ProtectSystem=strict", "")
    service.write_text(bare, "utf-8")
    with pytest.raises(AssertionError):
        analyzed("security", "--offline=true", f"--threshold={EXPOSURE}", str(service))
    said = (DOCUMENTS / "beside-filemaker-server.md").read_text("utf-8")
    assert f"at {EXPOSURE / 10} of 10" in said
