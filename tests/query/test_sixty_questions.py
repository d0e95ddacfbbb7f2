"""Sixty questions to 50,000 invoices with dirt in them: the answers agree to the cent and to the record with plain Python over the same rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import assisted
from . import first_thirty, second_thirty
from .asking import Asking
from .ledger import dirtied, made, written
from .second_thirty import Office

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def the_ledger(folder: Path) -> AsyncGenerator[Asking]:
    ledger = made()
    emulator = Emulator([written(ledger, folder / "Ledger")])
    dirtied(emulator, ledger)
    settings = {
        "FILEMAKER_DATABASE": "Ledger",
        "FILEMAKER_TIME_ZONE": "Europe/Berlin",
        "FILEMAKER_FILES_FOLDER": str(folder / "files"),
    }
    async with assisted(settings, emulator=emulator) as assistant:
        yield Asking(assistant, ledger)


async def test_sixty_answers_agree_with_plain_python(tmp_path: Path) -> None:
    async with the_ledger(tmp_path) as asking:
        every = await first_thirty.over_the_whole_table(asking)
        await first_thirty.by_criteria(asking)
        await first_thirty.single_records(asking)
        await first_thirty.business_questions_in_three_calls(asking)
        office = Office(asking, tmp_path / "Ledger", every)
        await second_thirty.spellings(office)
        await second_thirty.numbers_in_text(office)
        await second_thirty.like_with_like(office)
        await second_thirty.across_layouts(office)
        await second_thirty.bands(office)
        await second_thirty.measures_of_measures(office)
        await second_thirty.offsets_and_narrowing(office)
        await second_thirty.many_groups(office)
        assert asking.questions >= 60
