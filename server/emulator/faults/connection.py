"""A uvicorn connection that an application can cut. `uvicorn.Config(..., http=Connection)`."""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from .exchange import EXTENSION

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

# Windows has two shorts where others have two integers.
_NO_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Connection(H11Protocol):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        application = cast("ASGI3Application", self.app)

        async def with_disconnect(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
            extended = cast("Scope", {**scope, "extensions": {EXTENSION: self._disconnect}})
            await application(extended, receive, send)

        self.app = with_disconnect

    def _disconnect(self, reset: bool) -> None:
        if not reset:
            self.transport.close()
            return
        connected = self.transport.get_extra_info("socket")
        if connected is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()
