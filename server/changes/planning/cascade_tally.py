"""How many related records go with what is deleted, and what is told of those."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ...solution_map.atlas import Atlas
from ...solution_map.near_tables import TableKey
from ...text.sentence import say, say_count


@dataclass
class CascadeTally:
    counts: Counter[TableKey] = field(default_factory=Counter[TableKey])
    uncounted: dict[TableKey, None] = field(default_factory=dict[TableKey, None])
    """Tables of which it is not known how many, or which."""
    hidden: dict[TableKey, None] = field(default_factory=dict[TableKey, None])
    """Those that this assistant cannot see."""
    kept: int = 0
    """Records that can come back."""

    @property
    def tables(self) -> set[TableKey]:
        return {*self.counts, *self.uncounted, *self.hidden}

    def sentences(self, atlas: Atlas) -> list[str]:
        """What a person is told of it."""
        told: list[str] = []
        for table, count in self.counts.items():
            name = atlas.name_of(table)
            told.append(
                say_count(
                    "%(count)s %(table)s record goes with what is deleted (solution map of %(date)s).",
                    "%(count)s %(table)s records go with what is deleted (solution map of %(date)s).",
                    count,
                    table=name,
                    date=atlas.date,
                )
            )
        told += [
            say(
                "%(table)s records go with what is deleted (solution map of %(date)s); no open layout lets them be "
                "counted, and they cannot be restored.",
                table=atlas.name_of(table),
                date=atlas.date,
            )
            for table in self.uncounted
            if table not in self.counts
        ]
        if self.hidden:
            told.append(
                say(
                    "Records that this assistant cannot see go with what is deleted (solution map of %(date)s); they "
                    "cannot be restored.",
                    date=atlas.date,
                )
            )
        gone = sum(self.counts.values())
        if gone > self.kept:
            told.append(
                say(
                    "Of these, %(count)s cannot be restored: no layout of theirs may be written, they are too "
                    "many, or what they hang on gets another number.",
                    count=gone - self.kept,
                )
            )
        return told
