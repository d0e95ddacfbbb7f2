"""Where a page comes from, as a browser tells it (RFC 6454, section 6.2)."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import urlsplit

HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
USUAL = {"https": 443, "http": 80}


def page_origin(written: str) -> str:
    """In lower case, without the port that its scheme has anyway. Raises ValueError for what no page of one place alone is told
    as: `null` is what any page may come as."""
    try:
        parts = urlsplit(written.rstrip("/"))
        port = parts.port
        host = parts.hostname or ""
        host = f"[{IPv6Address(host)}]" if ":" in host else host
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    beside = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    if not parts.scheme or not HOST.fullmatch(host) or beside:
        raise ValueError(
            f"takes origins as browsers name them, such as https://inspector.example.com, and {written!r} is none"
        )
    return f"{parts.scheme}://{host}" + ("" if port in (None, USUAL.get(parts.scheme)) else f":{port}")
