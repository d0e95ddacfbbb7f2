"""A file of 200,000 rows becomes a plan in no more memory than one of a tenth of them: `make soak-long`, 50,000 in `make soak`."""

from __future__ import annotations

import os
import re
import sys

import anyio
import pytest

MOST = 60
"""Megabytes above the idle server."""
ROWS = 200_000 if int(os.environ.get("FILEMAKER_SOAK", "1000")) >= 10_000 else 50_000


@pytest.mark.anyio
async def test_memory_stays_flat_whatever_the_number_of_rows() -> None:
    command = [sys.executable, "-m", "benchmarks.planning", "--rows", str(ROWS)]
    with anyio.fail_after(3_600):
        ended = await anyio.run_process(command)
    said = ended.stdout.decode()
    found = re.search(r"(\d+) MB above", said)
    assert found is not None
    assert int(found[1]) <= MOST, said
