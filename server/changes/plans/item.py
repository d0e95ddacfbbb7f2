"""One record of a plan: what is written to it, as it was and as it shall be. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ...dataapi.contents import Value

Values = Mapping[str, Value]
_EMPTY: Mapping[str, Any] = MappingProxyType({})


def nothing() -> Mapping[str, Any]:
    """One for all: most of what an item may have it has not, and a plan may have tens of thousands of items."""
    return _EMPTY


class RowKind(StrEnum):
    ADD = "add"
    EDIT = "edit"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One related row, through a portal of the layout."""

    kind: RowKind
    portal: str
    occurrence: str
    before: Values = field(default_factory=nothing)
    after: Values = field(default_factory=nothing)
    record_id: str | None = None
    mod_id: str | None = None
    layout: str = ""
    """For a row that goes: a layout of its own, through which it can come back."""
    whole: Values = field(default_factory=nothing)
    """What that layout shows of it; a portal shows a part."""
    twin: str = ""
    """For a new row: the row that holds the same already."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file for a container. The content is read at planning and kept with the state, so that what is applied is what was seen."""

    field: str
    repetition: int
    name: str
    media_type: str
    size: int
    digest: str
    """SHA-256 of the content, hexadecimal. The state keeps the content under this name."""
    before: str | None = None
    """The digest of what was there, kept in the same place. None for an empty container."""


@dataclass(frozen=True, slots=True)
class FromStep:
    """A value that is known only when an earlier step of the plan has created its record."""

    step: int
    item: int
    field: str


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a step, carried out by exactly one request. `before` holds the fields to be changed as they were (all of
    them, for a delete)."""

    record_id: str | None = None
    mod_id: str | None = None
    label: str = ""
    """What a person knows the record by."""
    before: Values = field(default_factory=nothing)
    after: Values = field(default_factory=nothing)
    later: Mapping[str, FromStep] = field(default_factory=nothing)
    rows: tuple[RowChange, ...] = ()
    known_rows: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    """Portal -> record ids of its rows before, so that a new row can be told from an old one."""
    file: FileChange | None = None
    files: tuple[FileChange, ...] = ()
    """For a delete: what its containers hold, as it would be put back."""
    copy_of: str | None = None
    created_by: tuple[int, int] | None = None
    """(step, item) of this plan that creates the record. `record_id` is None then."""
    related: tuple[RowChange, ...] = ()
    """For a delete: the related rows that may go with the record, as they were."""
    if_missing: bool = False
    """Only the rows of the change that are not there are added: a delete may have taken them along, or not."""
    own: bool = False
    """Takes back a record that a change of this caller created: the right to edit is enough to delete it."""
    droppable: tuple[str, ...] = ()
    """Fields to leave out when FileMaker does not let them be set (201): a restored record's serial numbers, for one."""
    key: tuple[str, Value] | None = None
    """The owner-named key field of a new record and its value, by which it is looked up when its answer is lost."""
    made_key: bool = False
    """The key is a UUID made for this record: whichever record has it is this one."""
    takes_back: tuple[int, int] | None = None
    """(step, item) of the undone change that this one takes back: each is taken back once."""
    parameter: str | None = None
    """What a script is given. `before` then holds the fields that it was made from."""
    marks: Values = field(default_factory=nothing)
    """What the record is known by beside its number: its key, and what FileMaker entered when it was created. A number can
    be another record's after the host was restored from a backup [I]."""
    chosen_by: Values = field(default_factory=nothing)
    """The fields by whose contents it was chosen, as they were: they must still be so when it is carried out."""
    twin: str = ""
    """For a new record: the record that holds the same already."""
    again: bool = False
    """The same script ran with the same parameter for the same record before, and is meant to run once more."""
    stands_on: bool = False
    """The script runs with the record as its current one, since nothing in its parameter says which it is for."""

    @property
    def target(self) -> str:
        """The id of the record that exists already. Raises ValueError for an item whose record does not exist yet."""
        if self.record_id is None:
            raise ValueError("the item has no record yet")
        return self.record_id

    @property
    def writes(self) -> int:
        """How many records its request writes: its own, unless only rows are touched, and each row."""
        own = self.record_id is None or bool(self.after or self.later or self.file)
        return max(1, own + len(self.rows))
