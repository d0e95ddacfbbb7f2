"""Tokens as their holders have them. The state keeps digests alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

ACCESS, REFRESH = "fmat_", "fmrt_"
TOKEN = re.compile(r"fm[ar]t_[A-Za-z0-9_-]{43}")


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def fresh(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def successors(key: bytes, refresh_token: str) -> tuple[str, str]:
    """The access and the refresh token that follow a refresh token. Always the same ones: an answer that was lost can be given
    again, and nothing of it has to be kept."""
    return _successor(key, ACCESS, refresh_token), _successor(key, REFRESH, refresh_token)


def _successor(key: bytes, prefix: str, token: str) -> str:
    made = hmac.new(key, f"{prefix}{token}".encode(), hashlib.sha256).digest()
    return prefix + base64.urlsafe_b64encode(made).rstrip(b"=").decode()
