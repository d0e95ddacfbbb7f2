"""By which grant, or key, what is done now was asked for: work that outlasts the call ends with it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_grant: ContextVar[str] = ContextVar("grant", default="")


@contextmanager
def asked_by(grant: str) -> Generator[None]:
    """As `Identity.grant`. Also for whatever is begun in the meantime."""
    before = _grant.set(grant)
    try:
        yield
    finally:
        _grant.reset(before)


def grant_in_use() -> str:
    """Empty at this machine, for schedules, and for a token of an identity provider."""
    return _grant.get()
