"""How often something may be asked from one address, counted in this process."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network

MOST_ADDRESSES = 10_000
"""The address that asked longest ago is forgotten first."""


class AddressLimit:
    def __init__(self, most: int, seconds: float, now: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._now = now
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Counts it when it does. An IPv6 address counts as its network of 64 bits, all of which is one customer's (RFC 6177)."""
        now, address = self._now(), _network_of(address)
        times = self._asked.setdefault(address, deque())
        self._asked.move_to_end(address)
        while times and not 0 <= now - times[0] < self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        while len(self._asked) > MOST_ADDRESSES:
            self._asked.popitem(last=False)
        return True


def _network_of(address: str) -> str:
    try:
        known = IPv6Address(address)
    except ValueError:
        return address
    mapped = known.ipv4_mapped
    return str(IPv6Network((known, 64), strict=False)) if mapped is None else str(mapped)
