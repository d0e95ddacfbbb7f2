"""An export that was killed leaves a file of rows for temporary files; the next one takes it away."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import anyio
import pytest

from ..assistant import assisted

pytestmark = pytest.mark.anyio

KILLED = (
    "import os, signal, sys, tempfile; tempfile.tempdir = sys.argv[1]; from pathlib import Path;"
    "from filemaker_mcp.server.query.export.writers import WRITERS;"
    "writer = WRITERS['xlsx'](Path(sys.argv[1]) / 'x.xlsx', ['id'], ['text']); writer.row(['1']);"
    "os.kill(os.getpid(), signal.SIGKILL)"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
async def test_what_a_killed_export_left_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    await anyio.run_process([sys.executable, "-c", KILLED, str(temporary)], check=False)
    assert len(list(temporary.iterdir())) == 1
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path / "files")}) as assistant:
        answer = await assistant.ask("export_records", layout="Tasks", file="tasks.xlsx")
        assert answer["rows"]
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["tasks.xlsx"]
    assert list(temporary.iterdir()) == []
