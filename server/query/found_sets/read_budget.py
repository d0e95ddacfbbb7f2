"""How much one question may read from FileMaker unasked: judged by its first page, told as an estimate, lifted by `go_ahead`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...dataapi.contents import Value
from ...dataapi.record import Record
from ...errors import InputError

MARKS = 6
"""Quotes, colon and comma of a field in JSON."""
ADVICE = (
    "Narrow it with conditions that FileMaker can find by itself, use a layout with fewer fields and portals, or ask again "
    "with go_ahead: true if all of it is needed."
)


@dataclass
class Budget:
    """Of one question, however many finds it needs."""

    most: int | None
    """Bytes; None: whatever it takes."""
    spent: int = 0

    def check(
        self, found: int, sample: int, size: int, *, seconds: float = 0.0, what: str = "records"
    ) -> None:
        """`sample` of the `found` records took `size` bytes, and all of them will take about `seconds`. Raises InputError."""
        if self.most is None or not sample:
            return
        estimate = self.spent + size * found // sample
        if estimate <= self.most:
            return
        time = f" in about {_duration(seconds)}" if seconds >= 2 else ""
        raise InputError(
            f"This would read {found:,} {what}, about {_size(estimate)} before compression{time}, and one question may read {_size(self.most)} "
            "unasked. Nothing more was read",
            advice=ADVICE,
        )

    def read(self, size: int) -> None:
        """That much has come of records whose number nobody may be told: judged as they come. Raises InputError."""
        self.spent += size
        if self.most is not None and self.spent > self.most:
            raise InputError(
                f"This reads more than {_size(self.most)} before compression, which is what one question may read unasked. "
                "Reading was stopped",
                advice=ADVICE,
            )

    def read_records(self, records: Sequence[Record]) -> None:
        if self.most is not None:
            self.read(sum(map(size_of, records)))

    def check_records(
        self,
        found: int,
        records: Sequence[Record],
        *,
        seconds: float = 0.0,
        what: str = "records",
        only_read: bool = False,
    ) -> None:
        """The same, where records were read instead of a page as it came. `only_read`: portal rows that did not come are not
        reckoned with, since nobody may be told how many there are."""
        if self.most is not None:
            size = sum(size_of(record, only_read=only_read) for record in records)
            self.check(found, len(records), size, seconds=seconds, what=what)

    def spend(self, size: int) -> None:
        self.spent += size


def size_of(record: Record, *, only_read: bool = False) -> int:
    """About the bytes of a record as JSON, with all rows of the portals of which some were read, or with those alone."""
    size = _of_fields(record.fields)
    for rows in record.portals.values():
        if rows.rows:
            seen = sum(_of_fields(row.fields) for row in rows.rows)
            count = len(rows.rows) if only_read else max(rows.found, len(rows.rows))
            size += seen * count // len(rows.rows)
    return size


def _of_fields(fields: Mapping[str, Value]) -> int:
    return sum(len(name) + len(str(value)) + MARKS for name, value in fields.items())


def _size(count: int) -> str:
    return f"{count / 1_000_000:,.0f} MB" if count >= 10_000_000 else f"{count / 1_000_000:,.2g} MB"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"
