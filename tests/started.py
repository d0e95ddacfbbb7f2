"""The program as a process of its own, begun in a fifth of the time: it is forked from one that has loaded the program.

Everything that a process has is its own: its number, signals, environment, streams, descriptors, folder and end. What a start
itself does (the interpreter, what is loaded when, how a client starts it, how it ends) is tested with
`python -m filemaker_mcp.server`, and so is everything where a machine cannot fork (Windows).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import cast

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from filemaker_mcp import server

LIMIT = 50_000_000
"""Bytes of a line that is read."""
Streams = tuple[MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]]


def program() -> int:
    from filemaker_mcp.server.__main__ import main

    return main()


class Started:
    """As `asyncio.subprocess.Process`."""

    def __init__(
        self,
        process: BaseProcess,
        stdin: asyncio.StreamWriter | None,
        stdout: asyncio.StreamReader | None,
        stderr: asyncio.StreamReader | None,
    ) -> None:
        assert process.pid is not None
        self._process, self.pid = process, process.pid
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    async def wait(self) -> int:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        sentinel = os.dup(self._process.sentinel)
        loop.add_reader(sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(sentinel)
            os.close(sentinel)
        self._process.join()
        if self.stdin is not None:
            self.stdin.close()
        assert self._process.exitcode is not None
        return self._process.exitcode

    async def communicate(self, given: bytes = b"") -> tuple[bytes, bytes]:
        if self.stdin is not None:
            with suppress(BrokenPipeError, ConnectionResetError):  # it ended without reading
                self.stdin.write(given)
                await self.stdin.drain()
            self.stdin.close()
        out, err = await asyncio.gather(*(_rest(stream) for stream in (self.stdout, self.stderr)))
        await self.wait()
        return out, err

    def send_signal(self, number: int) -> None:
        if self._process.exitcode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


Process = Started | asyncio.subprocess.Process


async def _rest(stream: asyncio.StreamReader | None) -> bytes:
    return await stream.read() if stream is not None else b""


async def start(
    *words: str,
    env: Mapping[str, str],
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    fresh: bool = False,
    folder: Path | None = None,
    instead: Callable[[], int] = program,
) -> Process:
    """`filemaker-mcp WORDS` in `folder`; the streams as `asyncio.create_subprocess_exec` has them. `fresh`: in an interpreter of
    its own. `instead` is what runs in place of the program, with the same words (not on Windows)."""
    if sys.platform == "win32" or fresh:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "filemaker_mcp.server", *words),
            env=env, stdin=stdin, stdout=stdout, stderr=stderr, limit=LIMIT, cwd=folder,
        )  # fmt: skip
    ours: list[int | None] = []
    theirs: list[int] = []
    for number, wanted in enumerate((stdin, stdout, stderr)):
        ends = os.pipe() if wanted == PIPE else None
        if ends is None:
            ours.append(None)
            theirs.append(os.open(os.devnull, os.O_RDWR) if wanted == DEVNULL else os.dup(wanted or number))
        else:
            read, write = ends
            ours.append(read if number else write)
            theirs.append(write if number else read)
    process = forked(words, env, theirs, folder, instead)
    for descriptor in theirs:
        os.close(descriptor)
    return Started(process, await _writer(ours[0]), await _reader(ours[1]), await _reader(ours[2]))


@asynccontextmanager
async def gone_at_last(process: Process) -> AsyncGenerator[Process]:
    """Nothing of it is left for the next test, however this one ends."""
    try:
        yield process
    finally:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
            await process.communicate()


async def _reader(descriptor: int | None) -> asyncio.StreamReader | None:
    if descriptor is None:
        return None
    reader = asyncio.StreamReader(LIMIT)
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


async def _writer(descriptor: int | None) -> asyncio.StreamWriter | None:
    if descriptor is None:
        return None
    loop = asyncio.get_running_loop()
    pipe = os.fdopen(descriptor, "wb", buffering=0)
    unread = asyncio.StreamReader()
    transport, protocol = await loop.connect_write_pipe(lambda: asyncio.StreamReaderProtocol(unread), pipe)
    return asyncio.StreamWriter(transport, protocol, None, loop)


@asynccontextmanager
async def spoken_to(process: Process) -> AsyncGenerator[Streams]:
    """A transport of `mcp.Client` to a server over stdio, which ends with it."""
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout
    to_us, heard = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    said, to_it = anyio.create_memory_object_stream[SessionMessage](0)

    async def hear() -> None:
        async with to_us:
            while line := await stdout.readline():
                await to_us.send(SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False)))

    async def say() -> None:
        async with to_it:
            async for each in to_it:
                line = each.message.model_dump_json(by_alias=True, exclude_unset=True)
                stdin.write(line.encode() + b"\n")
                await stdin.drain()

    async with anyio.create_task_group() as group, heard, said:
        group.start_soon(hear)
        group.start_soon(say)
        try:
            yield heard, said
        finally:
            with anyio.CancelScope(shield=True):
                stdin.close()
                with anyio.move_on_after(5):
                    await process.wait()
                if process.returncode is None:
                    process.kill()
                await process.wait()
            group.cancel_scope.cancel()


def forked(
    words: Sequence[str],
    env: Mapping[str, str],
    streams: Sequence[int],
    folder: Path | None = None,
    instead: Callable[[], int] = program,
) -> BaseProcess:
    """`streams` are its standard input, output and error, and stay open here."""
    doubled = [Connection(os.dup(each)) for each in streams]
    process = _SERVER.Process(
        target=_run, args=(tuple(words), dict(env), str(folder or Path.cwd()), doubled, instead)
    )
    process.start()
    for each in doubled:
        each.close()
    return process


def _run(
    words: Sequence[str],
    env: Mapping[str, str],
    folder: str,
    streams: Sequence[Connection],
    main: Callable[[], int],
) -> None:
    """What `python -m filemaker_mcp.server` finds, in the child."""
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.argv = [str(Path(server.__file__).parent / "__main__.py"), *words]
    sys.exit(main())


if sys.platform != "win32":
    _SERVER = multiprocessing.get_context("forkserver")
    _SERVER.set_forkserver_preload(["pytest", "tests.loaded"])


class End:
    """The end of a server that a test kills."""

    has_come = False

    def kill(self, pid_file: Path) -> None:
        """The process whose number stands in the file."""
        self.has_come = True
        os.kill(int(pid_file.read_text(encoding="utf-8")), signal.SIGKILL)


@contextmanager
def its_end() -> Generator[End]:
    """However a client learns that its server was killed. What fails before that counts, and so does what a test asserts."""
    end = End()
    try:
        yield end
    except Exception as error:
        if not end.has_come or _asserts(error):
            raise


def _asserts(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(map(_asserts, cast("BaseExceptionGroup[BaseException]", error).exceptions))
    return isinstance(error, AssertionError)
