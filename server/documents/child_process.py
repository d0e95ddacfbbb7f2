"""The child process from the parent's side: started with nothing of ours, fed, heard line by line, and always ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import anyio

from ..errors import InputError
from .bounds import TOO_SLOW

LONGEST_LINE = 8_000_000
XCPU = getattr(signal, "SIGXCPU", 0)
"""With which the kernel ends a process that used up its time."""
AT_ONCE = 1 << 16
"""Bytes that it is fed together: a whole document would be held twice meanwhile."""
BREATH = 50
"""Lines after which others get their turn."""
CODE = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from filemaker_mcp.server.documents.child import main; main()"
UNCHANGED = "Nothing was changed."


@dataclass(frozen=True)
class ChildProcess:
    process: asyncio.subprocess.Process
    sink: asyncio.StreamWriter
    source: asyncio.StreamReader

    async def feed(self, task: Mapping[str, Any], content: bytes) -> None:
        with contextlib.suppress(OSError):  # it may have ended before it had read everything
            self.sink.write(json.dumps(task).encode() + b"\n")
            for start in range(0, len(content), AT_ONCE):
                self.sink.write(content[start : start + AT_ONCE])
                await self.sink.drain()
            self.sink.close()

    async def lines(self) -> AsyncGenerator[object]:
        """What it says, until it says no more. Raises InputError for a line that is too long to be read."""
        count = 0
        while True:
            try:
                line = await self.source.readline()
            except ValueError:
                raise InputError("One row of the document is too long to be read", advice=UNCHANGED) from None
            if not line.endswith(b"\n"):
                return
            yield json.loads(line)
            count += 1
            if count % BREATH == 0:
                await anyio.lowlevel.checkpoint()

    async def status(self) -> int:
        """How it ended: by itself with 0, or one of `bounds`."""
        status = await self.process.wait()
        return TOO_SLOW if XCPU and status == -XCPU else status


@asynccontextmanager
async def child_process() -> AsyncGenerator[ChildProcess]:
    """The child has neither our environment, which may hold secrets, nor our open files, and is gone at the end."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", CODE, json.dumps(sys.path)),
            stdin=pipe,
            stdout=pipe,
            stderr=asyncio.subprocess.DEVNULL,
            env={
                name: value for name, value in os.environ.items() if name == "SYSTEMROOT"
            },  # Windows needs it
            cwd=Path(sys.executable).anchor,
            limit=LONGEST_LINE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except NotImplementedError as error:
        raise InputError(
            "Documents are not read on Windows while the state is in PostgreSQL", advice=UNCHANGED
        ) from error
    except OSError as error:
        raise InputError(
            f"A process to read the document in cannot be started: {error.strerror}", advice=UNCHANGED
        ) from error
    child = ChildProcess(
        process,
        cast("asyncio.StreamWriter", process.stdin),
        cast("asyncio.StreamReader", process.stdout),
    )
    try:
        yield child
    finally:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await process.wait()
            child.sink.close()
