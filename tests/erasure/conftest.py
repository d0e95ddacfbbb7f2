from __future__ import annotations

from pathlib import Path

import pytest

from .filed_office import FiledOffice


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> FiledOffice:
    monkeypatch.delenv("STATE_STORE", raising=False)  # these tests name their place themselves
    (tmp_path / "state").mkdir()
    made = FiledOffice(tmp_path, str(tmp_path / "state" / "state.db"), monkeypatch, capsys)
    made.configure(keys='{ Jobs = "ID" }')
    return made
