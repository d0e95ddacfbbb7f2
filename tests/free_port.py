"""A port for a server that is told where to listen, and cannot be asked which port the system gave it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 10_000
AT_A_TIME = 100
"""Ports of one process of tests: its neighbours look elsewhere."""


def free_port() -> int:
    """None that the system hands out by itself: between the look here and the server's start nobody else gets it by chance."""
    highest = int(EPHEMERAL.read_text("ascii").split()[0]) if EPHEMERAL.exists() else 32_768
    share = os.getpid() % ((highest - LOWEST) // AT_A_TIME)
    for port in range(LOWEST + share * AT_A_TIME, highest):
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in GIVEN:
            GIVEN.add(port)
            return port
    raise AssertionError(f"no port is free below {highest}")


GIVEN: set[int] = set()
"""To this process: a server may not have begun to listen yet."""
