"""Each contract test runs on the emulator, and on a real server when one is named."""

import os
from collections.abc import AsyncGenerator

import pytest

from .hosts import LIVE, Contract, emulated, live


@pytest.fixture(
    params=[
        "emulator",
        pytest.param("live", marks=pytest.mark.skipif(LIVE not in os.environ, reason="no server")),
    ]
)
async def contract(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncGenerator[Contract]:
    del anyio_backend
    async with emulated() if request.param == "emulator" else live() as host:
        yield host
