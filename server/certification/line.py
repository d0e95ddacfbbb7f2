"""One session of a host, asked plainly: nothing is repeated or renewed, and each answer is told as it came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

import httpx

from ..auth.http_connection import unreachable
from ..envelope import JsonObject, code_of
from ..text.exact_json import exact_json


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    code: int | None
    """FileMaker's, None where the answer has none."""
    response: JsonObject = field(repr=False)
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def verdict(self) -> str:
        """`fine`, else FileMaker's code and the status of HTTP."""
        if self.code == 0:
            return "fine"
        return f"HTTP {self.status}" if self.code is None else f"{self.code}, HTTP {self.status}"

    @property
    def records(self) -> list[JsonObject]:
        return self.items("data")

    def items(self, name: str) -> list[JsonObject]:
        """A list of the response, copied; empty where there is none."""
        return list(cast("list[JsonObject]", self.response.get(name) or []))

    def inside(self, name: str) -> JsonObject:
        """An object of the response; empty where there is none."""
        return cast("JsonObject", self.response.get(name) or {})


@dataclass(frozen=True, slots=True)
class Host:
    base_url: str
    api: str
    database: str

    def address(self, path: Sequence[str], query: Mapping[str, str], *, at_host: bool, api: str = "") -> str:
        """Every name percent-encoded (section 2.7)."""
        segments = path if at_host else ("databases", self.database, *path)
        joined = "/".join(quote(segment, safe="") for segment in segments)
        told = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items())
        return f"{self.base_url.rstrip('/')}/fmi/data/{api or self.api}/{joined}{'?' if told else ''}{told}"


class Line:
    """A session's token, and a connection of its own."""

    def __init__(self, host: Host, client: httpx.AsyncClient, token: str = "") -> None:
        self.host = host
        self.client = client
        self.token = token

    async def ask(
        self,
        method: str,
        path: Sequence[str],
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        file: tuple[str, bytes] | None = None,
        at_host: bool = False,
        api: str = "",
        timeout: float = 60.0,
    ) -> Answer:
        """Raises Unreachable. A body goes out as JSON, `file` as the part `upload` (section 10.1)."""
        sent = {} if body is None else {"Content-Type": "application/json"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        url = self.host.address(path, query or {}, at_host=at_host, api=api)
        return await self.fetch(
            self.client.build_request(
                method,
                url,
                content=None if body is None else json.dumps(body).encode(),
                headers=sent | dict(headers or {}),
                files=None if file is None else {"upload": file},
                timeout=timeout,
            )
        )

    async def fetch(self, request: httpx.Request) -> Answer:
        try:
            response = await self.client.send(request, follow_redirects=False)
        except httpx.RequestError as error:
            raise unreachable(error, request.url.host) from error
        return Answer(
            response.status_code, code_of(response), _inside(response), response.headers, response.content
        )


def _inside(response: httpx.Response) -> JsonObject:
    try:
        body = exact_json(response.content)
    except ValueError:
        return {}
    inside = cast("JsonObject", body).get("response") if isinstance(body, dict) else None
    return cast("JsonObject", inside) if isinstance(inside, dict) else {}
