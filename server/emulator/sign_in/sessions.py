"""Open sessions: tokens, their fifteen idle minutes, and what FileMaker keeps for as long as one lasts."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..refusal import Refusal
from .privileges import Access

IDLE = timedelta(minutes=15)
"""After the last call that named the token (reference section 4.6 [D])."""


@dataclass(frozen=True)
class SourceLogin:
    """Credentials for an external file, kept until something needs that file (section 4.4)."""

    account: str = ""
    password: str = field(default="", repr=False)
    request_id: str = ""
    identifier: str = field(default="", repr=False)


@dataclass
class Session:
    token: str = field(repr=False)
    file: str
    database: str
    """The name's spelling at login, which rules the session (section 2.7)."""
    access: Access
    client: str
    last_used: datetime
    globals: dict[tuple[str, str, str], tuple[str, ...]] = field(
        default_factory=dict[tuple[str, str, str], tuple[str, ...]]
    )
    """By file, table and field. A value for each repetition."""
    variables: dict[str, object] = field(default_factory=dict[str, object])
    found_sets: dict[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])
    """Found sets that scripts left behind, by layout."""
    logins: dict[str, SourceLogin] = field(default_factory=dict[str, SourceLogin])
    opened: dict[str, Access] = field(default_factory=dict[str, Access])
    """External files that this session has opened."""
    password: str = field(default="", repr=False)
    """FileMaker tries the same name and password on files that it opens for a file."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Calls on one token are executed one after another (section 4.6 [U])."""
    running: int = 0
    ended: bool = False

    @property
    def account(self) -> str:
        return self.access.account.name


class Sessions:
    def __init__(self, now: Callable[[], datetime], on_end: Callable[[Session], None]) -> None:
        self._now = now
        self._on_end = on_end
        self._open: dict[str, Session] = {}

    def __len__(self) -> int:
        self._expire()
        return len(self._open)

    def all(self) -> list[Session]:
        self._expire()
        return list(self._open.values())

    def open(self, file: str, database: str, access: Access, client: str) -> Session:
        # Mostly 52 characters of lower-case hex (section 4.1 [O]).
        session = Session(secrets.token_hex(26), file, database, access, client, self._now())
        self._open[session.token] = session
        return session

    def require(self, token: str, database: str | None = None, *, extends: bool = True) -> Session:
        """The session of a token, for that database alone. Raises Refusal 952 (sections 2.7 and 4.4)."""
        self._expire()
        session = self._open.get(token)
        if session is None or (database is not None and session.database != database):
            raise Refusal(952)
        if extends:
            session.last_used = self._now()
        return session

    def end(self, token: str) -> bool:
        session = self._open.pop(token, None)
        if session is None:
            return False
        session.ended = True
        self._on_end(session)
        return True

    def end_all(self, file: str | None = None) -> int:
        ending = [each.token for each in self._open.values() if file is None or each.file == file]
        return sum(self.end(token) for token in ending)

    def _expire(self) -> None:
        now = self._now()
        late = [
            each.token for each in self._open.values() if not each.running and now - each.last_used >= IDLE
        ]
        for token in late:
            self.end(token)
