"""Whom Microsoft's Entra ID names: a person is tenant and object id, however they come. `sub` is another one for each application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

HOST = re.compile(
    r"login\.(microsoftonline\.com|microsoftonline\.us|partner\.microsoftonline\.cn)|sts\.windows\.net"
)
CLAIMS = ("tid", "oid")


def is_entra(issuer: str) -> bool:
    try:
        return HOST.fullmatch(urlsplit(issuer).hostname or "") is not None
    except ValueError:
        return False


def subject_of(claims: Mapping[str, Any]) -> str | None:
    """None where a token names nobody."""
    parts = [claims.get(name) for name in CLAIMS]
    if not all(isinstance(part, str) and part and part.isprintable() and "/" not in part for part in parts):
        return None
    return "/".join(map(str, parts))


def why_nobody(issuer: str, subject: str) -> str:
    """Why no token of that issuer can name this subject; empty where one can, or where the issuer is none of Entra's."""
    tenant, _, known = subject.partition("/")
    if not is_entra(issuer) or (
        tenant and known and "/" not in known and tenant in urlsplit(issuer).path.split("/")
    ):
        return ""
    return "at Entra ID a subject is TENANT/OBJECT, with the tenant of the issuer"
