"""The MCP server on standard input and output: every line that asks something is answered."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import (
    INTERNAL_ERROR,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCResponse,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError

from ....tools._server import FilemakerServer
from .standard_streams import Line, LineTooLong, Wire, standard_streams
from .unreadable_lines import answers_to, has_id, too_many_values

log = logging.getLogger("filemaker_mcp")

MOST_VALUES = 500_000
"""Values of one message, by its commas and brackets: each takes a hundred bytes of memory when it is read."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Incoming = SessionMessage | Exception


async def run_stdio(server: FilemakerServer) -> None:
    """Serves until the input ends.

    The SDK's own stdio transport drops a line that it cannot parse, ends at an answer that UTF-8 cannot carry, and keeps
    lines of any length in memory.
    """
    async with standard_streams() as wire, anyio.create_task_group() as group:
        to_server, from_client = anyio.create_memory_object_stream[Incoming](0)
        to_client, from_server = anyio.create_memory_object_stream[SessionMessage](0)
        group.start_soon(_incoming, wire, to_server)
        group.start_soon(_outgoing, wire, from_server, lambda: group.start_soon(server.prepare))
        await server.serve(from_client, to_client)


async def _incoming(wire: Wire, to_server: MemoryObjectSendStream[Incoming]) -> None:
    async with to_server:
        while (line := await wire.line()) is not None:
            message, errors = _read(line)
            try:
                if message is not None:
                    await to_server.send(SessionMessage(message))
                for error in errors:
                    log.warning("a line that is no request was answered with %s", error["error"]["code"])
                    await wire.send(json.dumps(error).encode())
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                return


def _read(line: Line) -> tuple[JSONRPCMessage | None, list[dict[str, Any]]]:
    """The message in a line, or what is answered in its stead."""
    if isinstance(line, LineTooLong):
        return None, answers_to(line, None)
    line = line.removeprefix(BYTE_ORDER_MARK)
    if not line.strip():
        return None, []
    if line.count(b",") + line.count(b"[") + line.count(b"{") > MOST_VALUES:
        return None, too_many_values(line)
    try:
        message = jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValidationError as error:
        return None, answers_to(line, error)
    if isinstance(message, JSONRPCNotification) and b'"id"' in line and has_id(line):
        return None, answers_to(line, None)  # its id is none that can be answered, and the SDK overlooks it
    return message, []


async def _outgoing(
    wire: Wire, from_server: MemoryObjectReceiveStream[SessionMessage], after_first: Callable[[], object]
) -> None:
    async with from_server:
        is_first = True
        async for item in from_server:
            try:
                await wire.send(_written(item.message))
            except OSError:  # nobody reads any more; the end of the input is about to come
                return
            if is_first:
                is_first = False
                after_first()


def _answer(message: JSONRPCResponse) -> bytes:
    """An answer of a tool. It holds JSON's own values alone, which need not be looked at one by one again."""
    import msgspec  # not before there is something to tell

    return msgspec.json.encode({"jsonrpc": message.jsonrpc, "id": message.id, "result": message.result})


def _written(message: JSONRPCMessage) -> bytes:
    try:
        if isinstance(message, JSONRPCResponse) and "structuredContent" in message.result:
            return _answer(message)
        return message.model_dump_json(by_alias=True, exclude_unset=True).encode()
    except (ValueError, RecursionError) as error:  # half an emoji, or nesting without end
        log.error("an answer could not be written: %s", type(error).__name__)
        what = "The answer holds text that cannot be written as JSON."
        failure = {"code": INTERNAL_ERROR, "message": what}
        return json.dumps({"jsonrpc": "2.0", "id": getattr(message, "id", None), "error": failure}).encode()
