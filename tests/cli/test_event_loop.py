"""The event loop of a command: psycopg cannot work on Windows' own, and everything else is to be as it was."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

import pytest

from filemaker_mcp.server.cli.event_loop import loop_factory, names_postgres
from filemaker_mcp.server.documents.child_process import child_process
from filemaker_mcp.server.errors import InputError

from ..assistant import SAMPLE


@pytest.mark.parametrize(
    ("platform", "on_postgres", "expected"),
    [
        ("win32", True, asyncio.SelectorEventLoop),
        ("win32", False, None),
        ("linux", True, None),
        ("darwin", True, None),
    ],
)
def test_only_windows_with_postgresql_has_a_loop_that_waits_for_sockets(
    platform: str, on_postgres: bool, expected: type[asyncio.AbstractEventLoop] | None
) -> None:
    assert loop_factory(platform, lambda: on_postgres) is expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [("postgresql://fm@db.example/fm", True), ("/somewhere/state.db", False), (None, False)],
)
@pytest.mark.parametrize("is_configured", [True, False])
def test_a_command_finds_out_by_itself_where_the_state_is(
    monkeypatch: pytest.MonkeyPatch, state: str | None, expected: bool, is_configured: bool
) -> None:
    for name, value in (SAMPLE if is_configured else {}).items():
        monkeypatch.setenv(name, value)
    if state is not None:
        monkeypatch.setenv("FILEMAKER_STATE", state)
    assert names_postgres(argparse.Namespace(config=None)) is expected


def test_a_loop_that_starts_no_processes_reads_no_documents_and_says_so() -> None:
    async def read() -> None:
        async with child_process():
            pass

    with (
        asyncio.Runner(loop_factory=_OwnLoop) as runner,
        pytest.raises(InputError, match="not read on Windows while the state is in PostgreSQL"),
    ):
        runner.run(read())


class _OwnLoop(asyncio.SelectorEventLoop):
    """As Windows' selector loop is."""

    async def subprocess_exec(self, *words: Any, **more: Any) -> Any:
        raise NotImplementedError
