"""What a record or a script's result may hold without ending, slowing or silencing the server."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import process_time

import httpx
import pytest

from ..assistant import Assistant, assisted, said
from ..host_of import host_of

pytestmark = pytest.mark.anyio

ECHO = {"FILEMAKER_SCRIPTS": json.dumps({"Echo": {"effect": "reads", "layout": "Tasks"}})}
MOST_SECONDS = 5.0
"""Of processor time for one answer, generous on a busy machine; what was wrong took minutes and gigabytes."""

RESULTS = {
    "an exponent of ten digits": '{"n": 1.5e-9999999999}',
    "an exponent of nine digits": '{"n": 1e-300000000}',
    "a large exponent": '{"n": 1e999999999}',
    "many exponents": json.dumps({"n": ["x"] * 900}).replace('"x"', "1e400"),
    "a number of 5,000 digits": '{"n": ' + "7" * 5_000 + "}",
    "a number of 100,000 digits": '{"n": ' + "7" * 100_000 + "}",
    "a fraction of 100,000 digits": '{"n": 0.' + "7" * 100_000 + "}",
    "NaN": '{"n": NaN}',
    "infinity": '{"n": [-Infinity, 1e999]}',
    "nested 900 deep": '{"a":' + "[" * 900 + "1" + "]" * 900 + "}",
    "nested 100,000 deep": "[" * 100_000,
    "half an emoji": r'{"a": "cut \ud83d off", "b": "\ude00"}',
    "half an emoji in a name": r'{"cut \ud83d off": 1}',
    "half an emoji in rows": r'[{"a": "\ud83d"}, {"a": "b"}]',
    "rows nested 300 deep": '[{"a":' + "[" * 300 + "]" * 300 + "}]",
    "one endless name": json.dumps({"x" * 300_000: 1}),
    "200,000 rows": "[" + '{"a":1},' * 200_000 + '{"a":2}]',
    "3,000 columns": json.dumps([{f"column {n}": n for n in range(3_000)}]),
    "control characters": json.dumps({"a": "\x00\x01\x1b[31m" * 200}),
}


@dataclass
class RewritingHost(httpx.AsyncBaseTransport):
    """Replaces bytes in what the host answers."""

    old: bytes
    new: bytes
    host: httpx.AsyncBaseTransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.host.handle_async_request(request)
        body = (await response.aread()).replace(self.old, self.new)
        headers = {"Content-Type": response.headers["content-type"]}
        if token := response.headers.get("X-FM-Data-Access-Token"):
            headers["X-FM-Data-Access-Token"] = token
        return httpx.Response(response.status_code, headers=headers, content=body)


@asynccontextmanager
async def rewritten(old: bytes, new: bytes) -> AsyncGenerator[Assistant]:
    emulator = host_of()
    transport = RewritingHost(old, new, httpx.ASGITransport(app=emulator.app))
    async with assisted(ECHO, emulator=emulator, transport=transport) as assistant:
        yield assistant


async def test_a_result_of_a_script_that_ran_is_an_answer_whatever_it_holds() -> None:
    """Put in place of what the script gives back, as long results never fit an address."""
    for name, result in RESULTS.items():
        async with rewritten(b"the result", json.dumps(result)[1:-1].encode()) as assistant:
            begun = process_time()
            answer = await assistant.call("run_script", script="Echo", parameter="the result")
            assert process_time() - begun < MOST_SECONDS, name
            text = said(answer)
            assert not answer.is_error, f"{name}: {text[:300]}"
            assert len(text) <= 250_000, name
            assert json.loads(text)["state"] == "done", name
            assert (await assistant.call("list_layouts")).is_error is False, name


async def test_a_number_that_nobody_can_hold_is_shown_as_the_text_it_is() -> None:
    async with assisted(ECHO) as assistant:
        answer = await assistant.ask("run_script", script="Echo", parameter='{"n": 1e-300000000, "m": 1e2}')
        assert answer["result"] == {"n": "1e-300000000", "m": 100}


CONTENTS: dict[str, bytes] = {
    "half an emoji": rb'"a \ud83d b"',
    "halves in the wrong order": rb'"\ude00\ud83d"',
    "an exponent of nine digits": b"1e-300000000",
    "a number of 5,000 digits": b"7" * 5_000,
    "the largest number": b"1e400",
    "bytes that are no UTF-8": b'"\xed\xa0\xbd"',
    "a long text": b'"' + b"long " * 60_000 + b'"',
    "NaN": b"NaN",
    "a list": b"[[[[[[1]]]]]]",
    "an object": b'{"a": {"b": 1}}',
    "true": b"true",
    "nothing": b"null",
}


async def test_what_is_no_number_is_no_number_in_an_answer_either() -> None:
    """Readers of JSON other than Python's take neither NaN nor Infinity, and would lose the whole answer."""
    async with assisted(ECHO) as assistant:
        answer = await assistant.ask(
            "run_script", script="Echo", parameter='{"n": NaN, "m": [-Infinity, Infinity]}'
        )
        assert answer["result"] == {"n": "NaN", "m": ["-Infinity", "Infinity"]}


async def test_a_record_is_read_counted_and_written_to_a_file_whatever_a_field_holds() -> None:
    for name, content in CONTENTS.items():
        async with rewritten(b'"High"', content) as assistant:
            begun = process_time()
            found = await assistant.call("find_records", layout="Tasks", limit=200)
            one = await assistant.call("get_record", layout="Tasks", id="1")
            counted = await assistant.call("summarize_records", layout="Tasks", group_by=["Priority"])
            assert process_time() - begun < MOST_SECONDS, name
            written = await assistant.call("export_records", layout="Tasks", file="tasks.csv")
            for answer in (found, one, counted, written):
                assert not answer.is_error, f"{name}: {said(answer)[:300]}"
                assert len(said(answer)) <= 250_000, name


async def test_an_edit_beside_half_an_emoji_is_planned_carried_out_and_kept_in_the_journal() -> None:
    async with rewritten(b'"High"', rb'"\ud83d"') as assistant:
        records = (await assistant.ask("find_records", layout="Tasks", fields=["Priority"], limit=200))[
            "rows"
        ]
        record = next(row[0] for row in records if row[1] == "\ufffd")
        plan = await assistant.ask("edit_records", layout="Tasks", ids=[record], values={"Priority": "Low"})
        assert (await assistant.carried_out(plan["change_id"]))["state"] == "done"


async def test_a_long_text_is_shown_in_parts_with_the_way_to_the_rest() -> None:
    long = "".join(f"{n:06} " for n in range(10_000))
    async with rewritten(b'"High"', json.dumps(long).encode()) as assistant:
        rows = (await assistant.ask("find_records", layout="Tasks", fields=["Priority"], limit=200))["rows"]
        record = next(row[0] for row in rows if row[1] and row[1].startswith("000000"))
        read, offset = "", 0
        while len(read) < len(long):
            part = await assistant.ask(
                "get_record", layout="Tasks", id=record, fields=["Priority"], text_offset=offset
            )
            piece = part["fields"]["Priority"]
            assert len(piece) <= 24_000
            assert part["shortened"][0].startswith(f"Priority: characters {offset + 1:,}-")
            read, offset = read + piece, offset + len(piece)
        assert read == long
        whole = await assistant.ask("get_record", layout="Tasks", id=record)
        assert whole["fields"]["Title"]
        assert "text_offset" in whole["shortened"][-1]
