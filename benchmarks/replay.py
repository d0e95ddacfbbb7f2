"""A host that answers with bytes made beforehand, so that its own speed flatters or blames nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager

Answers = Callable[[str, str, bytes], bytes]
"""Method, path and body of a request -> the whole HTTP response."""

OK = [{"code": "0", "message": "OK"}]


def http(body: object) -> bytes:
    """A complete response with the envelope of the Data API around `body`."""
    content = json.dumps(
        {"response": body, "messages": OK}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


@asynccontextmanager
async def replaying(answers: Answers, *, latency: float = 0) -> AsyncGenerator[str]:
    """The address of a server on loopback; `latency` seconds before each answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                method, path, _ = lines[0].split(" ")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                if latency:
                    await asyncio.sleep(latency)
                writer.write(answers(method, path, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()


FIELDS: Mapping[str, str] = {
    "Number": "text",
    "Customer": "text",
    "Date": "date",
    "Status": "text",
    "Total": "number",
    "Paid": "number",
}


def record(number: int) -> dict[str, object]:
    """Record `number` of a table of invoices, always the same."""
    return {
        "fieldData": {
            "Number": f"{number:06}",
            "Customer": f"Customer {number % 397}",
            "Date": f"{number % 12 + 1:02}/{number % 28 + 1:02}/2025",
            "Status": ("Paid", "Open", "Sent")[number % 3],
            "Total": round(number % 9973 * 1.17, 2),
            "Paid": number % 500,
        },
        "portalData": {},
        "recordId": str(number),
        "modId": "1",
        "portalDataInfo": [],
    }


def page(first: int, count: int, total: int) -> bytes:
    """`count` records from number `first`, as a page of `total`."""
    records = [record(number) for number in range(first, min(first + count, total + 1))]
    info = {"database": "Bench", "layout": "Invoices", "table": "Invoices"}
    counts = {"totalRecordCount": total, "foundCount": total, "returnedCount": len(records)}
    return http({"dataInfo": info | counts, "data": records})


def layout(fields: Mapping[str, str] = FIELDS) -> bytes:
    """Metadata of a layout, by default of the one that `record` fills."""
    switches = ("global", "autoEnter", "fourDigitYear", "notEmpty", "numeric", "timeOfDay")
    shared = dict.fromkeys(switches, False) | {"maxRepeat": 1, "maxCharacters": 0}
    shown = {"repetitionStart": 1, "repetitionEnd": 1}
    metas = [
        {"name": name, "type": "normal", "displayType": "editText", "result": kind} | shared | shown
        for name, kind in fields.items()
    ]
    return http({"fieldMetaData": metas, "portalMetaData": {}})


def bookkeeping(records: int = 100) -> Answers:
    """A host that signs in, describes the layout and answers every find and range with the same records."""
    canned = {
        "sessions": http({"token": "0" * 52}),
        "layouts": http({"layouts": [{"name": "Invoices", "table": ""}]}),
    }
    described, all_of_them, first, empty = layout(), page(1, records, records), page(1, 1, records), http({})

    def answer(method: str, path: str, body: bytes) -> bytes:
        last = path.partition("?")[0].rsplit("/", 1)[-1]
        if method == "DELETE":
            return empty
        if last in ("_find", "records"):
            return all_of_them
        if "/records/" in path:
            return first
        if last == "Invoices":
            return described
        return canned.get(last, empty)

    return answer
