"""Serves over stdio until the input ends or a signal comes, and logs out of FileMaker however it ends."""

from __future__ import annotations

import asyncio
import os
import sys

from ...local.end_signals import on_signals
from ..app import Application
from .stdio_messages import run_stdio

LOGOUT_SECONDS = 3.0
END_SECONDS = LOGOUT_SECONDS + 2.0
"""After a signal the process is gone, whatever it is at."""


async def serve_stdio(application: Application) -> None:
    """Returns when the input has ended; after a signal the process ends here, with status 0."""
    stop = asyncio.Event()
    on_signals(stop.set, END_SECONDS)
    serving = asyncio.create_task(run_stdio(application.server))
    stopping = asyncio.create_task(stop.wait())
    attending = asyncio.create_task(application.attend())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        attending.cancel()
        await _closed(application)
        if not serving.done():
            _exit()  # a thread may still wait for something outside, and Python would wait for it
        stopping.cancel()
    await serving


async def _closed(application: Application) -> None:
    try:
        async with asyncio.timeout(LOGOUT_SECONDS):
            await application.close()
    except TimeoutError:
        sys.stderr.write(
            "filemaker-mcp: the host did not answer the log-out in time; its sessions end by themselves.\n"
        )


def _exit() -> None:
    sys.stderr.flush()
    os._exit(0)
