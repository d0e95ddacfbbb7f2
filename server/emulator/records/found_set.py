"""The found set of all records: counted and read in parts, and listed only when all of it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from .sources import Source


class AllRecords(Sequence[int]):
    def __init__(self, source: Source) -> None:
        self._source = source

    def __len__(self) -> int:
        return self._source.store.count(self._source.table.name)

    def __iter__(self) -> Iterator[int]:
        return iter(self._source.store.ids(self._source.table.name))

    def __contains__(self, record_id: object) -> bool:
        return (
            isinstance(record_id, int)
            and self._source.store.read(self._source.table.name, record_id) is not None
        )

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...

    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return self._source.store.ids(self._source.table.name, start, max(stop - start, 0))[::step]
        found = self._source.store.ids(self._source.table.name, index, 1) if index >= 0 else ()
        if not found:
            raise IndexError(index)
        return found[0]
