"""The event loop on which a command runs: the system's own, but for Windows with PostgreSQL, whose driver cannot work on that."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ..errors import ConfigurationError

T = TypeVar("T")


def run_async(main: Coroutine[Any, Any, T], arguments: argparse.Namespace) -> T:
    """As `asyncio.run`, for a command that may use the state."""
    factory = loop_factory(sys.platform, lambda: names_postgres(arguments))
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


def loop_factory(
    platform: str, on_postgres: Callable[[], bool]
) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """None for the system's own. Windows' own waits for completions, and psycopg has to wait for sockets. The other one starts
    no processes, so that documents are not read there."""
    return asyncio.SelectorEventLoop if platform == "win32" and on_postgres() else None


def names_postgres(arguments: argparse.Namespace) -> bool:
    """Whether the settings name it for the state."""
    from ..config.configuration import configured
    from ..local.state.state_place import is_address

    try:
        state = configured(os.environ, getattr(arguments, "config", None)).state
        return state is not None and bool(state.place().url)
    except ConfigurationError:  # told where the command needs it
        return is_address(os.environ.get("FILEMAKER_STATE", ""))
