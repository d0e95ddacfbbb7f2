"""Whose customer something is done for, where a process serves several: log and figures tell them apart by it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_served: ContextVar[str] = ContextVar("customer", default="")


@contextmanager
def serving(customer: str) -> Generator[None]:
    """Also for whatever is begun in the meantime."""
    before = _served.set(customer)
    try:
        yield
    finally:
        _served.reset(before)


def served() -> str:
    """Empty where there is one alone."""
    return _served.get()
