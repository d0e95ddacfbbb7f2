"""Serves over stdio until the input ends or a signal comes, and logs out of FileMaker however it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from types import FrameType

from .app import Application
from .stdio_messages import run_stdio

LOGOUT_SECONDS = 3.0


async def serve_stdio(application: Application) -> None:
    """Returns when the input has ended; after a signal the process ends here, with status 0."""
    stop = asyncio.Event()
    _on_signals(stop)
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


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def threadsafe(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except (
            NotImplementedError
        ):  # Windows' event loop has none; there Ctrl-C and end of input are what comes
            signal.signal(number, threadsafe)


def _exit() -> None:
    sys.stderr.flush()
    os._exit(0)
