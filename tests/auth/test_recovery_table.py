"""Doing what a refusal says helps a running server, within the time that the documentation states."""

from __future__ import annotations

from pathlib import Path

import pytest

from .fault_table import PAGE
from .recoveries import RECOVERIES, Recovery
from .recovery_table import BEGIN, END, row_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("recovery", RECOVERIES, ids=lambda each: f"{each.state}, who {each.act}")
async def test_a_recovery_is_noticed_without_a_restart(recovery: Recovery, tmp_path: Path) -> None:
    row = await row_of(recovery, tmp_path)
    assert row.by_check.seconds is not None
    assert row.by_question.seconds is not None or "by text message" in recovery.state
    assert row.line() in PAGE.read_text(encoding="utf-8"), "run python -m tests.auth.recovery_table"


def test_the_table_holds_every_recovery() -> None:
    lines = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip().splitlines()[2:]
    assert len(lines) == len(RECOVERIES)
