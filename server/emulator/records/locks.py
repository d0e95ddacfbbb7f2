"""Record locks: while one session edits a record, others get 301 and change nothing (section 6.2)."""

from __future__ import annotations

from ..refusal import Refusal

Key = tuple[str, str, int]
"""File, table and record id."""


class Locks:
    def __init__(self) -> None:
        self._held: dict[Key, str] = {}

    def take(self, key: Key, by: str) -> None:
        """Raises Refusal 301 when another has it."""
        self.check(key, by)
        self._held[key] = by

    def check(self, key: Key, by: str) -> None:
        if self._held.get(key, by) != by:
            raise Refusal(301)

    def release(self, key: Key) -> None:
        self._held.pop(key, None)

    def release_all(self, by: str) -> None:
        self._held = {key: holder for key, holder in self._held.items() if holder != by}
