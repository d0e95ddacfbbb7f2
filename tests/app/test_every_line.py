"""Every line on standard input that asks something is answered, and nothing that a client writes ends the server."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from .stdio_server import PATIENCE, stdio_server

pytestmark = pytest.mark.anyio

PING = b'{"jsonrpc":"2.0","id":"still here","method":"ping"}'


def request(number: object, **arguments: object) -> bytes:
    params = {"name": "list_layouts", "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}).encode()


PARSE, INVALID = -32700, -32600
BROKEN: dict[str, tuple[bytes, int, object]] = {
    "half an emoji": (request(1).replace(b'"arguments": {}', b'"arguments": {"a": "\\ud83d b"}'), PARSE, 1),
    "the other half": (request(1).replace(b'"arguments": {}', b'"arguments": {"a": "\\ude00"}'), PARSE, 1),
    "cut off in the parameters": (request(2)[:-8], PARSE, 2),
    "cut off in the id": (b'{"jsonrpc":"2.0","id":12', PARSE, None),
    "no JSON": (b"tools/call list_layouts", PARSE, None),
    "two messages on one line": (request(3) + request(4), PARSE, 3),
    "single quotes": (b"{'jsonrpc':'2.0','id':5}", PARSE, None),
    "no UTF-8": (request("x").replace(b'"arguments": {}', b'"arguments": {"a": "\xff"}'), PARSE, "x"),
    "nested 3,000 deep": (request(6).replace(b"{}", b"[" * 3000 + b"]" * 3000), PARSE, 6),
    "nested 300,000 deep": (b'{"id":7,"a":' + b"[" * 300_000, PARSE, 7),
    "an empty batch": (b"[]", INVALID, None),
    "a batch of one": (b"[" + request(8) + b"]", INVALID, 8),
    "an id that is null": (request(None), INVALID, None),
    "an id that is an object": (request({"n": 1}), INVALID, None),
    "an id that is true": (request(True), INVALID, None),
    "an id with a fraction": (request(1.5), INVALID, None),
    "no method": (b'{"jsonrpc":"2.0","id":9}', INVALID, 9),
    "a method that is a number": (b'{"jsonrpc":"2.0","id":10,"method":5}', INVALID, 10),
    "parameters in a list": (b'{"jsonrpc":"2.0","id":11,"method":"ping","params":[1]}', INVALID, 11),
    "another version": (b'{"jsonrpc":"1.0","id":12,"method":"ping"}', INVALID, 12),
    "a number": (b"17", INVALID, None),
    "null": (b"null", INVALID, None),
    "more values than fit": (
        b'{"jsonrpc":"2.0","id":13,"method":"ping","params":{"a":[' + b"0," * 600_000 + b"0]}}",
        INVALID,
        13,
    ),
    "longer than is read, the id in front": (
        b'{"jsonrpc":"2.0","id":14,"method":"ping","params":{"a":"' + b"a" * 33_000_000 + b'"}}',
        INVALID,
        14,
    ),
    "longer than is read, the id at the end": (
        b'{"method":"ping","params":{"a":"' + b"a" * 33_000_000 + b'"},"jsonrpc":"2.0","id":15}',
        INVALID,
        15,
    ),
}


async def test_each_broken_line_is_answered_with_its_id_and_the_server_goes_on() -> None:
    async with stdio_server() as server:
        for name, (line, code, identity) in BROKEN.items():
            answer = await server.ask(line)
            assert (answer["error"]["code"], answer["id"]) == (code, identity), name
            assert len(answer["error"]["message"]) < 400, name
            assert (await server.ask(PING))["id"] == "still here", name


async def test_each_request_of_a_batch_is_answered() -> None:
    async with stdio_server() as server:
        await server.write(b"[" + b",".join(request(number) for number in (1, "two", 3)) + b"]")
        assert [(await server.answer())["id"] for _ in range(3)] == [1, "two", 3]


async def test_numbers_that_are_none_are_refused_wherever_they_stand() -> None:
    """`NaN` is no JSON and many readers take it; 1e999 is JSON and no reader can keep it."""
    async with stdio_server() as server:
        for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e400"):
            for tool, where in (
                (b"find_records", b'"where":{"Priority":%s}'),
                (b"find_records", b'"where":[{"Title":{"gt":[%s]}}]'),
                (b"create_records", b'"records":[{"Title":%s}]'),
                (b"list_layouts", b'"search":%s'),
                (b"find_records", b'"limit":%s'),
            ):
                arguments = b'{"layout":"Tasks",' + where % number + b"}"
                params = b'{"name":"' + tool + b'","arguments":' + arguments + b"}"
                answer = await server.ask(
                    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":' + params + b"}"
                )
                assert answer["result"]["isError"], (number, where)
                assert "holds a number that is none" in answer["result"]["content"][0]["text"]


async def test_a_byte_order_mark_and_empty_lines_are_passed_over() -> None:
    async with stdio_server() as server:
        await server.write(b"\n  \r\n")
        answer = await server.ask(b"\xef\xbb\xbf" + request("marked") + b"\r")
        assert answer["id"] == "marked"
        assert not answer["result"].get("isError")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
async def test_what_is_printed_by_accident_stays_out_of_the_connection() -> None:
    """The server's own descriptor 1 is standard error while it serves, and its descriptor 0 reads nothing."""
    async with stdio_server() as server:
        of_process = Path(f"/proc/{server.process.pid}/fd")
        assert (of_process / "1").readlink() == (of_process / "2").readlink()
        assert (of_process / "0").readlink() == Path(os.devnull)


async def test_a_client_that_reads_nothing_and_leaves_leaves_no_server_behind() -> None:
    async with stdio_server() as server:
        for number in range(200):
            await server.write(request(number))
        assert server.process.stdin is not None
        server.process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            assert await server.process.wait() == 0
