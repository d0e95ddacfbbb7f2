"""Answers to a write from which nobody can tell what became of it: what is there is looked at, and nothing is said that nobody knows."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from ..assistant import assisted, said
from ..host_of import host_of

pytestmark = pytest.mark.anyio
OK = {"response": {"modId": "9"}, "messages": [{"code": "0", "message": "OK"}]}
ANSWERS: dict[str, tuple[int, object]] = {
    "a code that is no number": (200, {"response": {}, "messages": [{"code": "abc"}]}),
    "no code": (200, {"response": {}, "messages": [{"message": "OK"}]}),
    "no message": (200, {"response": {}, "messages": []}),
    "a text for messages": (200, {"response": {}, "messages": "OK"}),
    "a number for a message": (200, {"response": {}, "messages": [0]}),
    "success and failure at once": (500, OK),
    "success and an address that is not there": (404, OK),
    "success and a refused sign-in": (401, OK),
    "an empty body": (200, None),
    "a code that nobody knows": (500, {"response": {}, "messages": [{"code": "9999", "message": "?"}]}),
    "a new row without its number": (200, OK | {"response": {"newPortalRecordInfo": [{"x": 1}]}}),
    "a number for new rows": (200, OK | {"response": {"newPortalRecordInfo": 5}}),
    "a text for a script's error": (200, OK | {"response": {"scriptError": "abc"}}),
}


UNREAD = ("[]", "[{}]", '"x"', '[{"recordId": "1", "modId": "1", "fieldData": []}]')
"""What no record is made of."""


class Zeros(httpx.AsyncByteStream):
    """Ten gigabytes, packed."""

    def __init__(self) -> None:
        self.taken = 0
        self._packer = zlib.compressobj(wbits=31)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        zeros = bytes(10_000_000)
        for self.taken in range(1, 1_001):
            yield self._packer.compress(zeros) + self._packer.flush(zlib.Z_SYNC_FLUSH)


class Veiled(httpx.AsyncBaseTransport):
    """Carries each edit out, or not, and answers something else."""

    def __init__(self, host: httpx.AsyncBaseTransport, method: str = "PATCH") -> None:
        """`method`: of what it is done to."""
        self.host, self.method = host, method
        self.after = ""
        """Nothing is veiled before a request of this method."""
        self.answer: httpx.Response | None = None
        self.is_carried_out = True
        self.edits = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.after = "" if self.after == request.method else self.after
        is_one = request.method == self.method and "/records" in request.url.path
        if self.answer is None or self.after or not is_one:
            return await self.host.handle_async_request(request)
        self.edits += 1
        if self.is_carried_out:
            await (await self.host.handle_async_request(request)).aread()
        return self.answer


@pytest.mark.parametrize("is_carried_out", [True, False])
async def test_an_answer_that_cannot_be_understood_is_settled_by_looking(*, is_carried_out: bool) -> None:
    emulator = host_of()
    host = Veiled(httpx.ASGITransport(app=emulator.app))
    host.is_carried_out = is_carried_out
    async with assisted(emulator=emulator, transport=host) as assistant:
        answers = [*ANSWERS.items()] if is_carried_out else [*ANSWERS.items()][:1]
        for number, (what, (status, content)) in enumerate(answers, start=1):
            plan = await assistant.ask("edit_records", layout="Tasks", ids=["1"], values={"Title": what})
            host.answer = httpx.Response(
                status,
                headers={"Content-Type": "application/json"},
                content=b"" if content is None else json.dumps(content).encode(),
            )
            answer = await assistant.call("apply_change", change_id=plan["change_id"])
            host.answer = None
            title = (await assistant.ask("get_record", layout="Tasks", id="1"))["fields"]["Title"]
            assert (title == what) is is_carried_out, what
            assert ('"state":"done"' in said(answer)) is is_carried_out, (what, said(answer))
            assert host.edits == number, what


async def test_a_new_record_of_which_nobody_tells_the_number_is_looked_for_and_never_made_twice() -> None:
    emulator = host_of()
    host = Veiled(httpx.ASGITransport(app=emulator.app), "POST")
    async with assisted(
        {"FILEMAKER_KEYS": '{"Tasks": "Title"}'}, emulator=emulator, transport=host
    ) as assistant:
        for number, response in enumerate(
            ({}, {"recordId": None}, {"recordId": ""}, {"recordId": {"a": 1}}, [])
        ):
            records = [{"Title": f"Veiled {number}"}]
            plan = await assistant.ask("create_records", layout="Tasks", records=records)
            host.answer = httpx.Response(200, json=OK | {"response": response})
            done = await assistant.ask("apply_change", change_id=plan["change_id"])
            host.answer = None
            found = await assistant.ask("find_records", layout="Tasks", where=records[0])
            assert (done["records"], found["found"]) == ({"done": 1}, 1), response


async def test_a_record_that_cannot_be_read_back_leaves_what_was_confirmed_as_done() -> None:
    emulator = host_of()
    host = Veiled(httpx.ASGITransport(app=emulator.app), "GET")
    async with assisted(emulator=emulator, transport=host) as assistant:
        for number, data in enumerate(UNREAD):
            plan = await assistant.ask(
                "edit_records", layout="Tasks", ids=["1"], values={"Title": f"Veiled {number}"}
            )
            host.is_carried_out = False
            host.answer = httpx.Response(200, json=OK | {"response": {"data": json.loads(data)}})
            host.after = "PATCH"
            answer = said(await assistant.call("apply_change", change_id=plan["change_id"]))
            host.answer = None
            assert '"state":"done"' in answer, answer
            assert "could not be read back" in answer, answer
            title = (await assistant.ask("get_record", layout="Tasks", id="1"))["fields"]["Title"]
            assert title == f"Veiled {number}"


async def test_a_record_under_a_number_that_is_none_or_another_is_told_as_no_answer() -> None:
    emulator = host_of()
    host = Veiled(httpx.ASGITransport(app=emulator.app), "GET")
    async with assisted(emulator=emulator, transport=host) as assistant:
        await assistant.ask("describe_layout", layouts=["Tasks"])
        numbers: tuple[object, ...] = (None, "", "x", 5.5, [1], "-1", "\u0661", "2")
        for number in numbers:
            data: list[dict[str, object]] = [
                {"recordId": number, "modId": "1", "fieldData": {"Title": "Another"}, "portalData": {}}
            ]
            host.answer = httpx.Response(200, json=OK | {"response": {"data": data}})
            for tool, more in (
                ("get_record", {"id": "1"}),
                ("edit_records", {"ids": ["1"], "values": {"Title": "New"}}),
            ):
                refusal = await assistant.refused(tool, layout="Tasks", **more)
                assert "sent what is no answer of the Data API" in refusal, (tool, number, refusal)


async def test_a_summary_takes_no_record_under_a_number_that_is_none() -> None:
    emulator = host_of()
    host = Veiled(httpx.ASGITransport(app=emulator.app), "GET")
    async with assisted(emulator=emulator, transport=host) as assistant:
        for number in ("", "x", "\u0661"):
            data: list[dict[str, object]] = [
                {"recordId": number, "modId": "1", "fieldData": {}, "portalData": {}}
            ]
            host.answer = httpx.Response(200, json=OK | {"response": {"data": data}})
            refusal = await assistant.refused("summarize_records", layout="Tasks", measures=["count"])
            assert "sent JSON that is no page of records" in refusal, (number, refusal)


async def test_a_host_that_tells_its_product_in_no_known_form_is_told_as_that() -> None:
    emulator = host_of()

    class Odd(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/productInfo"):
                return httpx.Response(200, json=OK | {"response": {"productInfo": "x"}})
            return await httpx.ASGITransport(app=emulator.app).handle_async_request(request)

    async with assisted(emulator=emulator, transport=Odd()) as assistant:
        assert "sent what is no answer of the Data API" in said(await assistant.call("check_connection"))


@pytest.mark.parametrize(
    ("status", "packed"), [(200, "gzip"), (401, "gzip"), (500, "gzip"), (200, "gzip, gzip")]
)
async def test_of_an_answer_that_unpacks_without_end_no_more_is_read_than_of_any(
    status: int, packed: str
) -> None:
    emulator, zeros = host_of(), Zeros()
    host = Veiled(httpx.ASGITransport(app=emulator.app))
    async with assisted(emulator=emulator, transport=host) as assistant:
        plan = await assistant.ask("edit_records", layout="Tasks", ids=["1"], values={"Title": "Veiled"})
        host.answer = httpx.Response(status, headers={"Content-Encoding": packed}, stream=zeros)
        answer = await assistant.call("apply_change", change_id=plan["change_id"])
        assert zeros.taken < 6, "of a thousand"
        host.answer = None
        assert '"state":"done"' in said(answer), said(answer)


async def test_signing_in_reads_no_more_of_an_answer_than_anything_else() -> None:
    emulator, zeros = host_of(), Zeros()

    class Endless(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=zeros)

    async with assisted(emulator=emulator, transport=Endless()) as assistant:
        assert "more than 32 MB" in await assistant.refused("find_records", layout="Tasks")
    assert zeros.taken < 12
