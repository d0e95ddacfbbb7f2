"""The proxies that the owner named, by their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network


class NamedProxies:
    """`names` are addresses and networks. An address of IPv4 that is written as one of IPv6 is the same one."""

    def __init__(self, names: Sequence[str]) -> None:
        self._networks = [ip_network(each) for each in names]

    def __contains__(self, address: str) -> bool:
        try:
            known = ip_address(address)
        except ValueError:
            return False
        mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
        return any((mapped or known) in each for each in self._networks)
