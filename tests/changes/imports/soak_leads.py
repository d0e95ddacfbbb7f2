"""5,000 leads, 3,000 of them new, through a lost session, a lost answer and `kill -9`: `make soak-long`, a tenth in `make soak`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .leads import Leads

pytestmark = pytest.mark.anyio

SHARE = int(os.environ.get("FILEMAKER_SOAK", "1000")) / 10_000
NEW, KNOWN = int(3_000 * SHARE), int(2_000 * SHARE)


async def test_each_of_many_leads_is_written_once(tmp_path: Path) -> None:
    leads = Leads(tmp_path, new=NEW, known=KNOWN)
    done = await leads.imported()
    assert done["records"] == {"done": NEW + KNOWN}, done
    leads.check()
