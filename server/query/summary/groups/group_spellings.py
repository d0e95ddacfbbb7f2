"""Spellings in a summary: those that FileMaker takes for one value and are counted as one, and groups that only look alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ....criteria.collation import folded
from ..measures.tallies import Cell, Name
from .groups import Group

LONGEST_NAME = 1_000
"""Characters of a name that is compared with others."""
MOST_SEEN = 100_000
"""Groups among which spellings are looked for."""
MOST_SHOWN = 5

Key = str | int | None


@dataclass
class GroupSpelling:
    """What the groups of a summary show about spellings, collected while all of them pass by."""

    merged: dict[int, int]
    """Group -> how many of its values came in several spellings."""
    examples: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    _forms: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _seen: int = 0

    @classmethod
    def of(cls, groups: Sequence[Group]) -> GroupSpelling:
        merged = {n: 0 for n, group in enumerate(groups) if group.collation is not None}
        looks = len(groups) == 1 and not groups[0].has_order and groups[0].label is None
        return cls(merged, _seen=0 if looks else MOST_SEEN)

    def see(self, name: Name, cell: Cell) -> None:
        if len(cell.spellings) > 1:
            for number in self.merged:
                counts = _counts(cell, number)
                if len(counts) > 1:
                    self.merged[number] += 1
                    examples = self.examples.setdefault(number, [])
                    if len(examples) < MOST_SHOWN:
                        examples.append(
                            " ".join(f"{text!r} {count:,}" for text, count in _ranked(counts)[:4])
                        )
        if self._seen < MOST_SEEN and isinstance(name[0], str) and len(name[0]) <= LONGEST_NAME:
            self._seen += 1
            own = _ranked(_counts(cell, 0))[0][0] if cell.spellings else name[0]
            self._forms.setdefault(" ".join(folded(name[0]).split()), []).append(str(own))

    def merged_in_words(self, groups: Sequence[Group]) -> list[str]:
        """`E-Mail: 60 values in several spellings, counted as one as an English index compares`, with examples."""
        texts: list[str] = []
        for number, count in self.merged.items():
            collation = groups[number].collation
            if count and collation is not None:
                shown = "; ".join(self.examples[number])
                more = f" and {count - len(self.examples[number]):,} more" if count > MOST_SHOWN else ""
                texts.append(
                    f"{groups[number].name}: {count:,} values stand in several spellings and count as one, as an index in "
                    f"{collation.language} overlooks {collation.overlooks} ({shown}{more}); exact: true counts them apart"
                )
        return texts

    @property
    def apart(self) -> list[str]:
        """Groups that differ in spaces or accents only."""
        twins = [" and ".join(map(repr, sorted(names))) for names in self._forms.values() if len(names) > 1]
        if not twins:
            return []
        more = f" and {len(twins) - MOST_SHOWN} more" if len(twins) > MOST_SHOWN else ""
        return [f"counted apart: {', '.join(twins[:MOST_SHOWN])}{more}"]


def commonest(
    rows: Sequence[list[object]], cells: Sequence[tuple[Name, Cell]], groups: Sequence[Group]
) -> None:
    """Shows each value in its commonest spelling, the same in all rows."""
    place = 0
    for number, group in enumerate(groups):
        if group.collation is not None:
            counts: dict[Key, Counter[Key]] = {}
            for name, cell in cells:
                counts.setdefault(name[number], Counter()).update(_counts(cell, number))
            for row, (name, _) in zip(rows, cells, strict=True):
                row[place] = _ranked(counts[name[number]])[0][0]
        place += len(group.columns)


def _counts(cell: Cell, number: int) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    for name, count in cell.spellings.items():
        counts[name[number]] += count
    return counts


def _ranked(counts: Counter[Key]) -> list[tuple[Key, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))
