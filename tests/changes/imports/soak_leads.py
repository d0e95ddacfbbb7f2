"""5,000 leads, 3,000 of them new, through a lost session, a lost answer and `kill -9`: `make soak`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .leads import Leads

pytestmark = pytest.mark.anyio

NEW, KNOWN = 3_000, 2_000


async def test_each_of_many_leads_is_written_once(tmp_path: Path) -> None:
    leads = Leads(tmp_path, new=NEW, known=KNOWN)
    done = await leads.imported()
    assert done["records"] == {"done": NEW + KNOWN}, done
    leads.check()
