"""What is to become of a file: which sheet, which column goes where, which records its rows mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...errors import InputError
from ...query.export.id_column import HEADINGS
from ..plans.field_check import UNCHANGED

WhenFound = Literal["edit", "skip", "create", "refuse"]
WhenMissing = Literal["create", "skip", "refuse"]
FORMAT = {
    "encoding": "UTF-8, UTF-16, Windows-1252, Mac Roman or another",
    "delimiter": "comma, semicolon, tab, pipe or one character",
    "decimal": "point or comma",
    "dates": "dmy, mdy or ymd",
    "headings": "the number of the row that holds them, or none (columns are then called 1, 2, 3)",
    "empty": "keep (an empty cell changes nothing) or clear",
    "faulty": "leave_out (told, with a file of them) or refuse",
}
"""What a caller can say of a file, and what each takes."""
CHOICES = {
    "decimal": ("point", "comma"),
    "dates": ("dmy", "mdy", "ymd"),
    "empty": ("keep", "clear"),
    "faulty": ("leave_out", "refuse"),
}


@dataclass(frozen=True)
class SheetRequest:
    """A file of the files folder as changes. Without `key` every row is a new record."""

    file: str
    sheet: str | None = None
    columns: Mapping[str, object] = field(default_factory=dict[str, object])
    """Heading -> field, `Portal::Field`, `id` or None; field -> {"value": constant}."""
    key: tuple[str, ...] = ()
    when_found: WhenFound = "edit"
    when_missing: WhenMissing = "skip"
    format: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        for name, value in self.format.items():
            if name not in FORMAT:
                raise InputError(
                    f"format has no {name!r}", advice=f"It takes {', '.join(FORMAT)}. {UNCHANGED}"
                )
            if value not in CHOICES.get(name, (value,)):
                raise InputError(
                    f"format: {name} is {value!r}", advice=f"It takes {FORMAT[name]}. {UNCHANGED}"
                )

    @property
    def is_by_id(self) -> bool:
        """Whether the rows are those of an export, named as it named them."""
        return len(self.key) == 1 and self.key[0] in HEADINGS

    @property
    def clears(self) -> bool:
        return self.format.get("empty") == "clear"

    @property
    def refuses_faulty(self) -> bool:
        return self.format.get("faulty") == "refuse"
