"""An upsert of leads that is cut, signed out and killed: each lead is there once. `soak_leads` has the whole 5,000."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .leads import Leads

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]


async def test_an_interrupted_upsert_writes_each_lead_once(tmp_path: Path) -> None:
    leads = Leads(tmp_path, new=36, known=24)
    done = await leads.imported()
    assert done["records"] == {"done": 60}, done
    leads.check()
