"""What was made of wishes so far: items, files to put into records, and what is told of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from ...dataapi.record import Record
from ..contents.packed_items import PackedItems
from ..plans.item import Item
from ..values.values import FromFile


@dataclass(frozen=True)
class FileWish:
    """Files for one record: a new one, which the item of that number creates, or one that is there."""

    item: Item
    """By what the record is known."""
    files: tuple[tuple[str, FromFile], ...]
    number: int | None
    """None where nothing else of the record changes."""
    record: Record | None = None


@dataclass
class MadeItems:
    items: PackedItems = field(default_factory=PackedItems)
    files: list[FileWish] = field(default_factory=list[FileWish])
    warnings: list[str] = field(default_factory=list[str])

    @property
    def records(self) -> int:
        """How many records there are that something happens to."""
        return len(self.items) + sum(wish.number is None for wish in self.files)

    def without(self, numbers: Collection[int]) -> MadeItems:
        """Without the items of those numbers, and without the files of their records."""
        places = {old: new for new, old in enumerate(n for n in range(len(self.items)) if n not in numbers)}
        files = [
            replace(wish, number=None if wish.number is None else places[wish.number])
            for wish in self.files
            if wish.number not in numbers
        ]
        return MadeItems(self.items.without(numbers), files, self.warnings)
