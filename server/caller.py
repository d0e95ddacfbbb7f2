"""Who asks, and the FileMaker account that acts for them: what plans, jobs and found sets belong to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Two callers are the same where both parts are."""

    id: str
    """Over stdio the operating-system user."""
    account: str
    """The FileMaker account, folded as FileMaker compares account names; see `Account.name`."""
