"""Whatever happens on the way, what is reported is what is in the store, and nothing is written twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .matrix import NAMES, OPERATIONS, cell
from .reliability import PAGE, cells_of

pytestmark = pytest.mark.anyio


IN_A_HURRY = ("create", "create, with key", "edit", "delete", "upload")
"""The others are tried by `make soak`."""
TRIED = tuple(OPERATIONS) if os.environ.get("FILEMAKER_SOAK") else IN_A_HURRY


@pytest.mark.parametrize("fault", NAMES)
async def test_every_operation_survives(fault: str, tmp_path: Path) -> None:
    """A row of docs/reliability.md, which `python -m tests.changes.reliability` writes."""
    written = cells_of(PAGE.read_text(encoding="utf-8"))
    for number, name in enumerate(TRIED):
        folder = tmp_path / str(number)
        folder.mkdir()
        came = await cell(folder, OPERATIONS[name], fault)
        assert came.words == written[fault][name], name


def test_a_hundred_cells_are_tried_at_every_commit() -> None:
    assert len(NAMES) * len(TRIED) >= 100
