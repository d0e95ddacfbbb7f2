"""The signals that end the server, heard also while the event loop is in the middle of something long."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

NUMBERS = (signal.SIGINT, signal.SIGTERM)


def on_signals(stop: Callable[[], object], seconds: float) -> None:
    """`stop` is called by the event loop. A process that is still there so many seconds later ends at once: a statement of the
    database's, or whatever else is written in C, lets no handler of Python's run while it lasts."""
    loop = asyncio.get_running_loop()

    def threadsafe(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    if (
        sys.platform == "win32"
    ):  # its event loop takes no handlers; there Ctrl-C and the end of the input are what comes
        for number in NUMBERS:
            signal.signal(number, threadsafe)
        return
    for number in NUMBERS:
        loop.add_signal_handler(number, stop)
    source, sink = socket.socketpair()
    sink.setblocking(False)
    signal.set_wakeup_fd(sink.fileno())  # the event loop's own would be read by nobody while the loop is busy
    listening = threading.Thread(
        target=_listen, args=(source, sink, loop, stop, seconds), name="signals", daemon=True
    )
    listening.start()


def _listen(
    source: socket.socket,
    sink: socket.socket,
    loop: asyncio.AbstractEventLoop,
    stop: Callable[[], object],
    seconds: float,
) -> None:
    """`sink` is kept here, so that it stays open for as long as somebody listens."""
    while not set(source.recv(64)) & set(NUMBERS):
        continue
    with contextlib.suppress(RuntimeError):  # the loop is closed: the process is ending
        loop.call_soon_threadsafe(stop)
    time.sleep(seconds)
    sys.stderr.write("filemaker-mcp: something did not end in time; FileMaker ends its sessions by itself.\n")
    sys.stderr.flush()
    os._exit(0)
