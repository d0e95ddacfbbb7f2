"""An error that stands for a while, so that callers do not repeat what led to it."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from ..errors import FilemakerMcpError, SignInFailed
from .clock import Clock, Moment

NEVER = float("inf")
"""Until the secret changes."""
STATE_SECONDS = 60.0
"""A person can end the state of an account (a second step, a new password, a missing access entry) at any moment."""
UNREACHABLE_SECONDS = 5.0

UNTIL_CHANGED = frozenset({"denied", "service_key"})
"""A secret that was refused is refused again, and wrong attempts lock accounts."""
PATIENT = UNTIL_CHANGED | {"locked", "busy", "intercepted", "refused_unsaid"}
"""Asking sooner than was said would do harm or cannot help."""

E = TypeVar("E", bound=FilemakerMcpError)


def hold_seconds(error: FilemakerMcpError) -> float:
    """How long an error of signing in stands before anybody is asked again."""
    if not isinstance(error, SignInFailed):
        return UNREACHABLE_SECONDS
    if error.reason in UNTIL_CHANGED:
        return NEVER
    return error.retry_after or STATE_SECONDS


class ErrorHold:
    """Once an error is held, whoever comes with the same secret is told it again, and when it was said."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._error: FilemakerMcpError | None = None
        self._seconds = 0.0
        self._since = Moment.now(clock)
        self._secret = b""
        self._anew_after = 0.0

    def check(self, secret: str = "") -> None:
        """Raises the error that stands for this secret."""
        if self._error is None or _fingerprint(secret) != self._secret:
            return
        age = self._since.age(self._clock)
        if age < self._seconds:
            raise _retold(self._error, age, self._seconds - age)

    def hold(
        self, error: E, *, secret: str = "", seconds: float | None = None, anew_after: float | None = None
    ) -> E:
        """`error`, for the caller to raise. It stands for `seconds`, or as long as its kind does. `reconsider` ends it sooner,
        after `anew_after` seconds."""
        self._error, self._since = error, Moment.now(self._clock)
        self._seconds = hold_seconds(error) if seconds is None else seconds
        self._anew_after = _anew_after(error) if anew_after is None else anew_after
        self._secret = _fingerprint(secret)
        return error

    def release(self) -> None:
        self._error = None

    def reconsider(self) -> bool:
        """A person wants to know how things are now: what a person may have ended meanwhile no longer stands. Whether nothing
        stands any more."""
        if self._error is not None and self._since.age(self._clock) >= min(self._anew_after, self._seconds):
            self._error = None
        return self._error is None


def span(seconds: float) -> str:
    """`40 seconds`, `5 minutes`, `2 hours`."""
    if seconds < 120:
        return f"{max(1, round(seconds))} second{'s' if round(seconds) > 1 else ''}"
    return f"{round(seconds / 60)} minutes" if seconds < 7200 else f"{round(seconds / 3600)} hours"


def _anew_after(error: FilemakerMcpError) -> float:
    if not isinstance(error, SignInFailed) or error.reason in PATIENT:
        return NEVER
    return STATE_SECONDS if error.reason == "blocked" else 0.0


def _fingerprint(secret: str) -> bytes:
    """Kept in place of the secret itself."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _retold(error: FilemakerMcpError, age: float, left: float) -> FilemakerMcpError:
    told = error.__class__.__new__(error.__class__, error.what)
    told.__dict__.update(error.__dict__)
    if age >= 1:
        when = "" if left == NEVER else f"; it is asked again in {span(left)}"
        told.advice = f"{error.advice} (This was said {span(age)} ago{when}.)".strip()
    if isinstance(told, SignInFailed) and told.retry_after is not None:
        told.retry_after = max(1.0, left)
    return told
