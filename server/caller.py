"""Who asks, and the FileMaker account that acts for them: what plans, jobs and found sets belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass

KEYS = "keys"
"""The issuer of what keys prove. Nothing that it proves ever agrees to a change: there is no person."""
LONGEST_SUBJECT = 255
"""Characters, as OpenID Connect Core has it (section 2). It is part of keys in our own records."""
PARTS = re.compile(r"((?:[^|]|\|\|)+)\|((?:[^|]|\|\|)+)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Two callers are the same where both parts are."""

    id: str
    """Over stdio the operating-system user."""
    account: str
    """The FileMaker account, folded as FileMaker compares account names; see `Account.name`."""


def remote_id(issuer: str, subject: str) -> str:
    """Whoever calls over HTTP, as `Caller.id`. `|` in either is written twice, so that it parts them only once."""
    return "|".join(part.replace("|", "||") for part in (issuer, subject))


def parts_of(caller: str) -> tuple[str, str] | None:
    """Issuer and subject, as `remote_id` was given them. None for what it never makes."""
    parts = PARTS.fullmatch(caller)
    return None if parts is None else (parts[1].replace("||", "|"), parts[2].replace("||", "|"))
