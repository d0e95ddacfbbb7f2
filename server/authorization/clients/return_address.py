"""Where a browser may be sent back to with a code. Addresses are compared as text: what two parsers read differently is equal
for neither."""

from __future__ import annotations

import re
from collections.abc import Collection

LONGEST = 2_000
PLAIN = re.compile(r"[!#-\[\]_a-z~%]+", re.IGNORECASE)
"""Visible ASCII without quotes and backslashes."""
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
WEB = re.compile(
    rf"(https://((?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?)(?::[1-9]\d{{0,4}})?)(?:[/?].*)?"
)
"""A host by its name. The last label begins with a letter, so no spelling of a number is one."""
LOOPBACK = re.compile(r"(http://(127\.0\.0\.1|\[::1\]|localhost))(:[1-9]\d{0,4})?((?:/.*)?)")
PRIVATE = re.compile(r"([a-z][a-z0-9+.-]{1,60}):(//)?[^#]+")
NEVER = frozenset({"javascript", "data", "file", "blob", "about", "vbscript", "view-source", "filesystem", "ws", "wss",
                   "http", "https", "ftp", "mailto"})  # fmt: skip
"""Schemes that no list of private ones may name."""


def problem_of(address: str, schemes: Collection[str] = ()) -> str:
    """Why no browser is sent there, in a few words; empty where one may be. `schemes` are the private ones that are allowed."""
    if not address or len(address) > LONGEST:
        return "it is empty or too long"
    if not PLAIN.fullmatch(address):
        return "it holds characters that no address holds"
    if "#" in address:
        return "it has a fragment"
    authority = re.match(r"[^:]*://([^/?]*)", address)
    if authority and "@" in authority[1]:
        return "it has a user's name"
    if WEB.fullmatch(address) or LOOPBACK.fullmatch(address):
        return ""
    private = PRIVATE.fullmatch(address)
    if private and private[1] in schemes and private[1] not in NEVER:
        return ""
    return "it is neither https with the name of a host, nor http at this computer, nor a scheme that the owner allows"


def is_among(address: str, allowed: Collection[str]) -> bool:
    """Letter by letter. At this computer the port is free: a program takes the one that it gets."""
    if address in allowed:
        return True
    asked = LOOPBACK.fullmatch(address)
    return asked is not None and any(
        known is not None and (known[1], known[4]) == (asked[1], asked[4])
        for known in map(LOOPBACK.fullmatch, allowed)
    )


def is_loopback(address: str) -> bool:
    return LOOPBACK.fullmatch(address) is not None


def host_of(address: str) -> str:
    """What a person reads: the host, or the scheme of a private address."""
    web = WEB.fullmatch(address)
    if web:
        return web[2]
    local = LOOPBACK.fullmatch(address)
    return local[2] if local else f"{address.partition(':')[0]}:"


def form_target(address: str) -> str:
    """As a page's policy names it, so that the answer of a form may lead there."""
    web = WEB.fullmatch(address)
    if web:
        return web[1]
    local = LOOPBACK.fullmatch(address)
    return f"{local[1]}{local[3] or ''}" if local else f"{address.partition(':')[0]}:"
