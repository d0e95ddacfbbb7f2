"""What every test may ask for."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

MEMORY, ROOM = Path("/dev/shm"), 2_000_000_000


def pytest_configure() -> None:
    """Who asks over HTTP without saying how long, waits for a minute: five seconds are too few on a busy machine.

    Files of tests are kept in memory where there is room: thousands of times the state waits until a disk has its entry.
    """
    (httpx.AsyncClient.__init__.__kwdefaults__ or {})["timeout"] = httpx.Timeout(60)
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return
    os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: no collection, nor pytest's five at the end, looks through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes what belongs to the person at this machine: configuration, state, documents."""
    home = tmp_path_factory.mktemp("home")
    names = (
        "HOME",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setenv(name, str(home))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        yield
