"""Where the servers of this project listen."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from filemaker_mcp.server.http.web_server import Listening
from filemaker_mcp.server.pages.listening_socket import listening_socket


@pytest.mark.parametrize(
    "listening", [lambda: listening_socket("127.0.0.1", 0), lambda: Listening("127.0.0.1", 0, 50).socket()]
)
def test_no_piece_of_an_answer_waits_until_the_one_before_is_acknowledged(
    listening: Callable[[], socket.socket],
) -> None:
    with listening() as server, socket.create_connection(server.getsockname()):
        connection, _ = server.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
