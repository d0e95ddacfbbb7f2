"""Gathers a summary page by page, within a bound of memory: what is beyond it goes to the spill and comes back merged."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import localcontext

from ...dataapi.sealed_page import Rows
from ...text.numbers import EXACT
from .groups.group_keys import Keys
from .groups.groups import Group
from .measures.exact import Content, Placed
from .measures.measures import Measure
from .measures.operands import Operand
from .measures.tallies import Cell, Name, Tally
from .spill import Spill

IN_MEMORY = 200_000
"""Values in tallies, and groups counted fourfold, that are held at once."""

AT_ONCE = 10_000
"""Records grouped together."""

Slot = tuple[str, Operand]


class Gatherer:
    """`cells()` after the last page yields every group with all that was gathered of it; tallies may be in `spill`."""

    def __init__(
        self,
        groups: Sequence[Group],
        keys: Sequence[Keys],
        measures: Sequence[Measure],
        *,
        in_memory: int = IN_MEMORY,
    ) -> None:
        self._groups = groups
        self._keys = keys
        self.slots: list[Slot] = []
        """What is gathered; measures that need the same share it."""
        for measure in (part for each in measures for part in each.all_parts):
            if measure.operand is not None and (slot := (measure.gathers, measure.operand)) not in self.slots:
                self.slots.append(slot)
        self._gathers = [gathers for gathers, _ in self.slots]
        self.unused: dict[str, Counter[str]] = {operand.name: Counter() for _, operand in self.slots}
        self._counted = dict(enumerate(self._first_with_each_operand()))
        self._has_spellings = any(each.has_spellings for each in keys)
        self._cells: dict[Name, Cell] = {}
        self._in_memory = in_memory
        self._weight = 0
        self._spill: Spill | None = None
        self._waiting: list[Rows] = []
        self._waiting_count = 0

    @property
    def fields(self) -> tuple[str, ...]:
        """Record keys that are needed."""
        of_groups = (name for group in self._groups for name in group.fields)
        of_slots = (name for _, operand in self.slots for name in operand.keys)
        return tuple(dict.fromkeys((*of_groups, *of_slots)))

    @property
    def spill(self) -> Spill | None:
        return self._spill

    def close(self) -> None:
        if self._spill is not None:
            self._spill.__exit__()

    def interrupt(self) -> None:
        """For another thread than the one that gathers: what that one does is not wanted any more."""
        if self._spill is not None:
            self._spill.interrupt()

    def is_long(self, rows: Rows) -> bool:
        """Whether adding them groups all that waits, which takes long."""
        return self._waiting_count + len(rows.ids) >= AT_ONCE

    def add(self, rows: Rows) -> None:
        """Grouping many records at once costs a fraction of grouping them page by page."""
        self._waiting.append(rows)
        self._waiting_count += len(rows.ids)
        if self._waiting_count >= AT_ONCE:
            self._group_waiting()

    def complete(self) -> None:
        """After the last page: nothing waits any more, and the keys know all that came."""
        if self._waiting:
            self._group_waiting()

    def _group_waiting(self) -> None:
        rows = _joined(self._waiting, self.fields)
        self._waiting, self._waiting_count = [], 0
        with localcontext(EXACT):
            self._group(rows)

    def _group(self, rows: Rows) -> None:
        count = len(rows.ids)
        if not count:
            return
        columns = [self._values(n, rows) for n in range(len(self.slots))]
        if not self._groups:
            self._add_to((), rows, range(count), columns)
        else:
            names = zip(*(keys.of(rows.columns, count) for keys in self._keys), strict=True)
            places: defaultdict[Name, list[int]] = defaultdict(list)
            for place, name in enumerate(names):
                places[name].append(place)
            for spelt, own in places.items():
                if not self._has_spellings:
                    self._add_to(spelt, rows, own, columns)
                    continue
                name = tuple(keys.one(key) for keys, key in zip(self._keys, spelt, strict=True))
                cell = self._add_to(name, rows, own, columns)
                self._weight += spelt not in cell.spellings
                cell.spell(spelt, len(own))
        if self._weight > self._in_memory:
            self._lighten()

    def cells(self) -> Iterator[tuple[Name, Cell]]:
        self.complete()
        if self._spill is not None:
            self._put_away(everything=self._spill.has_parts)
        if self._spill is None or not self._spill.has_parts:
            yield from self._cells.items()
            return
        for text, dumps in self._spill.parts():
            cell = Cell(self._gathers)
            for dump in dumps:
                part = Cell(self._gathers)
                part.load(dump)
                cell.labels = cell.labels or part.labels
                cell.absorb(part)
            yield tuple(json.loads(text)), cell

    def text_of(self, name: Name) -> str:
        """How the spill names a group."""
        return json.dumps(name, ensure_ascii=False)

    def new_cell(self) -> Cell:
        return Cell(self._gathers)

    def _first_with_each_operand(self) -> list[bool]:
        """Reasons for not using a value are counted once for each operand."""
        seen = set[str]()
        return [not (operand.name in seen or seen.add(operand.name)) for _, operand in self.slots]

    def _values(self, slot: int, rows: Rows) -> Sequence[Content | Placed | None]:
        gathers, operand = self.slots[slot]
        unused = self.unused[operand.name] if self._counted[slot] else Counter[str]()
        if gathers in ("first", "last"):
            return operand.placed(rows.ids, rows.columns, unused)
        return operand.values(rows.columns, len(rows.ids), unused)

    def _add_to(
        self,
        name: Name,
        rows: Rows,
        places: Sequence[int],
        columns: Sequence[Sequence[Content | Placed | None]],
    ) -> Cell:
        cell = self._cells.get(name)
        if cell is None:
            labels = tuple(rows.columns[g.label.name][places[0]] for g in self._groups if g.label is not None)
            cell = self._cells[name] = Cell(self._gathers, labels)
            self._weight += 4
        cell.count += len(places)
        for gathered, column in zip(cell.gathered, columns, strict=True):
            values = [column[place] for place in places]
            if None in values:
                values = [value for value in values if value is not None]
            gathered.add(values)  # type: ignore[arg-type] -- the lines above took every None out
            if isinstance(gathered, Tally):
                self._weight += len(values)
        return cell

    def _lighten(self) -> None:
        self._weight = 4 * len(self._cells) + sum(
            len(each.counts)
            for cell in self._cells.values()
            for each in cell.gathered
            if isinstance(each, Tally)
        )
        if self._weight > self._in_memory * 3 // 4:
            self._put_away(everything=4 * len(self._cells) > self._in_memory // 2)
            self._weight = 4 * len(self._cells)

    def _put_away(self, *, everything: bool) -> None:
        spill = self._spill = self._spill or Spill()
        for slot, gathers in enumerate(self._gathers):
            if gathers != "tally":
                continue
            counts: dict[str, Counter[Content]] = {}
            for name, cell in self._cells.items():
                tally = cell.gathered[slot]
                if isinstance(tally, Tally) and tally.counts:
                    counts[self.text_of(name)] = tally.counts
                    tally.counts = Counter()
            spill.keep_tallies(slot, counts)
        if everything:
            spill.keep_parts((self.text_of(name), cell.dump()) for name, cell in self._cells.items())
            self._cells.clear()


def _joined(pages: Sequence[Rows], fields: Sequence[str]) -> Rows:
    columns = {name: [value for rows in pages for value in rows.columns[name]] for name in fields}
    return Rows([record_id for rows in pages for record_id in rows.ids], columns, 0)
