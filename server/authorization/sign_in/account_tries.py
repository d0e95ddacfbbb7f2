"""How often a password is tried: by account over all addresses and processes, counted before FileMaker hears of it, so that
nobody locks an account of somebody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from ...local.keys.key_ring import KeyRing
from ...local.state.state import State
from .browser_cookies import KNOWN, set_strict

MOST = 3
SPAN_SECONDS = 900.0
REFUSED_SECONDS = 86_400.0
KNOWN_SECONDS = 180 * 86_400
MOST_KEPT = 50_000
STRANGERS = ""
"""All browsers in which this account has not signed in yet."""


class AccountTries:
    def __init__(self, state: State, ring: KeyRing, now: Callable[[], float]) -> None:
        self._state = state
        self._ring = ring
        self._now = now

    async def may(self, account: str, browser: str) -> bool:
        """Counts the try when it is one of three in a quarter of an hour."""
        now = self._now()
        async with self._state.writing(account) as transaction:
            transaction.put("DELETE FROM sign_in_try WHERE at < ? OR at > ?", now - SPAN_SECONDS, now)
            row = await transaction.row(
                "SELECT (SELECT COUNT(*) FROM sign_in_try WHERE account = ? AND browser = ?) AS own,"
                " (SELECT COUNT(*) FROM sign_in_try) AS kept",
                account, browser,
            )  # fmt: skip
            if row is None or row["own"] >= MOST or row["kept"] >= MOST_KEPT:
                return False
            transaction.put(
                "INSERT INTO sign_in_try (account, browser, at) VALUES (?, ?, ?)", account, browser, now
            )
        return True

    async def worked(self, account: str, browser: str) -> None:
        """A right password is no try against anybody."""
        async with self._state.writing() as transaction:
            await transaction.execute(
                "DELETE FROM sign_in_try WHERE account = ? AND browser = ?", account, browser
            )

    async def was_refused(self, account: str, password: str) -> bool:
        """Within a day: FileMaker is not asked about it again."""
        digests = [self._digest(key, account, password) for key in self._ring.all_derived("refused_secret")]
        marks = ", ".join("?" * len(digests))
        row = await self._state.row(
            f"SELECT 1 AS there FROM refused_secret WHERE digest IN ({marks}) AND at > ?",
            *digests, self._now() - REFUSED_SECONDS,
        )  # fmt: skip
        return row is not None

    async def refused(self, account: str, password: str) -> None:
        digest = self._digest(self._ring.all_derived("refused_secret")[0], account, password)
        async with self._state.writing() as transaction:
            transaction.put("DELETE FROM refused_secret WHERE at < ?", self._now() - REFUSED_SECONDS)
            transaction.put(
                "INSERT INTO refused_secret (digest, at) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
                digest,
                self._now(),
            )

    def browser_of(self, request: Request, account: str) -> str:
        """What this browser's tries are counted by, where the account has signed in in it; else `STRANGERS`."""
        name, _, mark = request.cookies.get(KNOWN, "").partition(".")
        known = (self._mark(key, name, account) for key in self._ring.all_derived("known_browser"))
        return (
            name
            if name and any(hmac.compare_digest(mark.encode(), each.encode()) for each in known)
            else STRANGERS
        )

    def remember(self, answer: Response, account: str) -> None:
        name = secrets.token_urlsafe(16)
        mark = self._mark(self._ring.all_derived("known_browser")[0], name, account)
        set_strict(answer, KNOWN, f"{name}.{mark}", KNOWN_SECONDS)

    def _mark(self, key: bytes, name: str, account: str) -> str:
        made = hmac.new(key, f"{len(name)}|{name}|{account}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        return base64.urlsafe_b64encode(made.digest()).rstrip(b"=").decode()

    def _digest(self, key: bytes, account: str, password: str) -> str:
        text = f"{len(account)}|{account}|{password}".encode("utf-8", "surrogatepass")
        return hmac.new(key, text, hashlib.sha256).hexdigest()
