"""What a call leaves in traces: our own names, a link to the client's span, and nothing of contents, errors or people."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.context import get_value
from opentelemetry.trace import INVALID_SPAN, Link, Span, Tracer, get_current_span

from filemaker_mcp.server.http.own_traces import ASIDE

from ..host_of import host_of
from .agent_keys import agent_keys
from .http_server import http_server

pytestmark = pytest.mark.anyio
THEIRS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Recorder(Tracer):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def start_span(self, *args: Any, **more: Any) -> Span:
        raise AssertionError("every span is around something")

    @contextmanager
    def start_as_current_span(  # pyright: ignore[reportIncompatibleMethodOverride] -- without what is not used
        self,
        name: str,
        context: Any = None,
        kind: Any = None,
        attributes: Any = None,
        links: Sequence[Link] | None = None,
        **more: Any,
    ) -> Generator[Span]:
        span = _Noting(dict(attributes))
        parent = get_current_span(context)
        told = {
            "aside": get_value(ASIDE), "name": name, "attributes": span.noted, "links": [each.context.trace_id for each in links or ()],
            "has_parent": parent is not INVALID_SPAN, **more,
        }  # fmt: skip
        self.told.append(told)
        yield span


class _Noting(type(INVALID_SPAN)):
    def __init__(self, noted: dict[str, Any]) -> None:
        super().__init__(INVALID_SPAN.get_span_context())
        self.noted = noted

    def set_attribute(self, key: str, value: Any) -> None:
        self.noted[key] = value

    def set_status(self, status: Any, description: str | None = None) -> None:
        self.noted["status"] = (str(status), description)

    def record_exception(self, *args: Any, **more: Any) -> None:
        raise AssertionError("the text of an error may hold anything")


class Listening(httpx.AsyncBaseTransport):
    """To the host, with what an instrumentation of the client would be told there."""

    def __init__(self) -> None:
        self._host = httpx.ASGITransport(app=host_of().app)
        self.aside: list[object] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.aside.append(get_value(ASIDE))
        return await self._host.handle_async_request(request)


async def test_a_span_has_our_names_and_nothing_of_what_a_call_was_about(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "state": str(tmp_path / "state.db"),
        "seal_key": str(tmp_path / "seal.key"),
        "http": {"public_url": "https://fm.example"},
        "callers": [{"match": {"issuer": "keys"}}],
    }
    host = Listening()
    async with http_server(settings, transport=host) as server:
        server.parts.servers.tracer = recorder = Recorder()
        keys = agent_keys(server.parts.servers)
        key = await keys.add("canary-agent", scopes=[], days=1, networks=[], owner="", now=1e9 * 2)
        speaks = {
            "Accept": "application/json, text/event-stream", "Authorization": f"Bearer {key}", "Host": server.host,
        }  # fmt: skip
        async with httpx.AsyncClient(headers=speaks) as http:
            for tool in ("find_records", "canary"):
                arguments = {"layout": "Canary", "where": {"Canary": "canary"}}
                meta = {"traceparent": THEIRS}
                params = {"name": tool, "arguments": arguments, "_meta": meta}
                body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
                await http.post(server.url, json=body)
        names = [each["name"] for each in recorder.told]
        assert names == ["tools/call find_records", "tools/call other"]
        for each in recorder.told:
            assert not each["has_parent"]
            assert each["links"] == [int(THEIRS.split("-")[1], 16)]
            assert each["attributes"]["mcp.outcome"] in ("refused", "broken_off")
            assert each["aside"] is True, "nothing that is put around libraries tells addresses"
        assert set(host.aside) == {True}
        assert "canary" not in str(recorder.told).casefold()
