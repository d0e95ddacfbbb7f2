"""Whether an IP address is on the open internet, also when it is written inside another one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

HOST_AGENT = ipaddress.ip_address("168.63.129.16")
"""Azure's, inside every machine there. It counts as global."""
TRANSLATED = (
    (ipaddress.ip_network("64:ff9b::/96"), 0),  # NAT64
    (ipaddress.ip_network("::ffff:0:0/96"), 0),  # mapped
    (ipaddress.ip_network("::ffff:0:0:0/96"), 0),  # translated (SIIT)
    (ipaddress.ip_network("::/96"), 0),  # compatible
    (ipaddress.ip_network("2002::/16"), 80),  # 6to4
)
"""Where an IPv4 address stands in an IPv6 one: the network, and how many bits are behind it."""
CLOSED = tuple(
    ipaddress.ip_network(each)
    for each in ("2001::/23", "64:ff9b:1::/48", "fec0::/10", "5f00::/16", "3fff::/20")
)
"""Tunnels, local translation, site-local, segment routing, documentation."""


def is_public(text: str) -> bool:
    """False also for what is no address, and for one with a zone."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        return False
    return all(_is_open(each) for each in _written_in(address))


def _written_in(address: Address) -> Iterator[Address]:
    inner = [
        ipaddress.IPv4Address((int(address) >> bits) & 0xFFFFFFFF)
        for network, bits in TRANSLATED
        if address in network
    ]
    if (
        isinstance(address, ipaddress.IPv6Address) and (int(address) >> 32) & 0xFCFFFFFF == 0x00005EFE
    ):  # ISATAP
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    yield from inner
    if not any(address in network for network, _ in TRANSLATED):
        yield address


def _is_open(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and address != HOST_AGENT
        and not any(address in network for network in CLOSED)
    )
