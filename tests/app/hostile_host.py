"""The sample solution in a process of its own, with something hostile in its answers: `python -m tests.app.hostile_host FOLDER`.

What the file `FOLDER/value` holds stands in place of the first priority "High" of an answer and in place of what a script gives
back; what `FOLDER/container` holds is in every container.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from filemaker_mcp.server.emulator.serving import serving

from ..host_of import host_of

RESULT = "the result"
"""Given to the script Echo as its parameter."""


class HostileHost:
    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app, self._folder = app, folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: list[Message] = []
        body = bytearray()

        async def collected(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                whole = self._bent(scope["path"], bytes(body))
                headers = [
                    h
                    for h in start[0]["headers"]
                    if h[0].lower() not in (b"content-length", b"content-encoding")
                ]
                await send({**start[0], "headers": [*headers, (b"content-length", str(len(whole)).encode())]})
                await send({"type": "http.response.body", "body": whole})

        headers = [(k, v) for k, v in scope["headers"] if k.lower() != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, collected)

    def _bent(self, path: str, body: bytes) -> bytes:
        if not path.startswith("/fmi/data/"):
            container = self._folder / "container"
            return container.read_bytes() if container.exists() else body
        value = self._folder / "value"
        if not value.exists():
            return body
        new = value.read_bytes()
        quoted = new.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return body.replace(b'"High"', new, 1).replace(f'"{RESULT}"'.encode(), b'"' + quoted + b'"')


async def main(folder: Path) -> None:
    emulator = host_of()
    async with serving(HostileHost(emulator.app, folder)) as url:
        print(url, flush=True)  # noqa: T201 -- its parent reads it
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
