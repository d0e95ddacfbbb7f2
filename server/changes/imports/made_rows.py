"""What was made of rows of a sheet: items, each with the rows that it comes from, so that one can still be told as faulty."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ...documents.sheet import SheetRow, row_of, row_text
from ...text.packed_lines import PackedLines
from ..planning.made_items import MadeItems
from ..plans.codec import written
from ..unhurried import unhurried

if TYPE_CHECKING:
    from .read_row import SheetRecord


class Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


@dataclass
class MadeRows:
    made: MadeItems = field(default_factory=MadeItems)
    _rows: PackedLines = field(default_factory=PackedLines)
    """For each item, its rows."""
    _asked: Digest = field(default_factory=hashlib.sha256)

    def note(self, record: SheetRecord, wish: object, *, is_item: bool) -> None:
        """What was just made comes from there; `wish` is what was asked for."""
        self._asked.update(written(wish).encode())
        if is_item:
            self._rows.append(json.dumps([row_text(row) for row in record.rows], ensure_ascii=False))

    @property
    def asked(self) -> str:
        """A digest of all wishes."""
        return self._asked.hexdigest()

    def rows_of(self, number: int) -> list[SheetRow]:
        return [row_of(text) for text in json.loads(self._rows[number])]

    async def leave_out(self, refused: Mapping[int, str]) -> None:
        """The rows stay numbered as they were, so this comes last."""
        if refused:
            self.made = await unhurried(len(self.made.items), self.made.without, refused)

    def let_go(self) -> None:
        """The rows are not asked for any more."""
        self._rows = PackedLines()
