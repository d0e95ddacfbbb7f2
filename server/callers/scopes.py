"""The scopes of tokens, and what each lets its holder do."""

from __future__ import annotations

from collections.abc import Set
from enum import StrEnum

from ..policy import Access


class Scope(StrEnum):
    READ = "fm:read"
    EDIT = "fm:edit"
    """Includes reading."""
    DELETE = "fm:delete"
    """Includes editing."""
    RUN = "fm:run"
    """Scripts and runbooks, as far as the access of the other scopes allows their effect."""


def access_by(scopes: Set[str]) -> Access:
    """The most that a token with these scopes may do to records. None of ours means reading alone."""
    if Scope.DELETE in scopes:
        return Access.DELETE
    return Access.EDIT if Scope.EDIT in scopes else Access.READ


def may_run_scripts(scopes: Set[str]) -> bool:
    return Scope.RUN in scopes
