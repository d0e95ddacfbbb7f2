"""Whatever happens on the way, what is reported is what is in the store, and nothing is written twice."""

from __future__ import annotations

import os

import pytest

from ...postgres import STORE
from .fault_matrix import NAMES, OPERATIONS
from .reliability_page import PAGE, cells_of, page_of, tried

pytestmark = pytest.mark.anyio

IN_A_HURRY = ("create", "create, with key", "edit", "edit by the owner's script", "delete", "upload")
"""The others are tried by `make soak`, and all of them with the state in PostgreSQL by `make test-postgres`."""
TRIED = tuple(OPERATIONS) if os.environ.get("FILEMAKER_SOAK") or os.environ.get(STORE) else IN_A_HURRY


@pytest.mark.parametrize("fault", NAMES)
async def test_every_operation_survives(fault: str) -> None:
    """A row of docs/reliability.md, which `python -m tests.changes.applying.reliability_page` writes."""
    written = cells_of(PAGE.read_text(encoding="utf-8"))[fault]
    came = await tried([fault], TRIED)
    assert came == {fault: {name: written[name] for name in TRIED}}


def test_the_page_is_what_the_matrix_writes() -> None:
    """Every operation under every fault, and not a word beside them."""
    page = PAGE.read_text(encoding="utf-8")
    cells = cells_of(page)
    assert {fault: list(row) for fault, row in cells.items()} == {name: list(OPERATIONS) for name in NAMES}
    assert page_of(cells) == page


def test_a_hundred_cells_are_tried_at_every_commit() -> None:
    assert len(NAMES) * len(TRIED) >= 100
