"""Codes of the second step: an authenticator's, and those sent by text message or e-mail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .pool_errors import Refused

STEP = 30
DIGITS = 6


def authenticator_code(secret: str, moment: datetime) -> str:
    """The RFC 6238 code for a base32 secret (SHA-1, 30 seconds, 6 digits)."""
    return _code(secret, int(moment.timestamp()) // STEP)


def _code(secret: str, counter: int) -> str:
    padded = secret.replace(" ", "").upper()
    key = base64.b32decode(padded + "=" * (-len(padded) % 8))
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def mismatch() -> Refused:
    return Refused("CodeMismatchException", "Invalid code received for user")


@dataclass
class Authenticator:
    """Checks one user's authenticator codes: one step of tolerance, each code once."""

    secret: str = field(repr=False)
    used: int = 0
    """The newest time step whose code was accepted."""

    def check(self, code: str, now: datetime) -> None:
        current = int(now.timestamp()) // STEP
        for counter in (current, current - 1, current + 1):
            if hmac.compare_digest(_code(self.secret, counter).encode(), code.encode()):
                if counter <= self.used:
                    raise Refused("ExpiredCodeException", "Your software token has already been used once.")
                self.used = counter
                return
        raise mismatch()


@dataclass(frozen=True)
class SentCode:
    """A message as its receiver would see it."""

    user: str
    medium: str
    """`SMS` or `EMAIL`."""
    destination: str
    code: str = field(repr=False)
    expires: datetime

    def check(self, code: str, now: datetime) -> None:
        if not hmac.compare_digest(self.code.encode(), code.encode()):
            raise mismatch()
        if now >= self.expires:
            raise Refused("ExpiredCodeException", "Invalid code provided, please request a code again.")


def send(user: str, medium: str, destination: str, now: datetime, life: timedelta) -> SentCode:
    code = str(secrets.randbelow(10**DIGITS)).zfill(DIGITS)
    return SentCode(user, medium, destination, code, now + life)


def masked(medium: str, destination: str) -> str:
    """The destination as a challenge shows it: `+*******9999`, `a***@e***`."""
    if medium == "SMS":
        return "+" + "*" * max(len(destination) - 5, 1) + destination[-4:]
    name, _, domain = destination.partition("@")
    return f"{name[:1]}***@{domain[:1]}***"
