"""What a plan is made of, frozen. `codec` turns it into JSON and `plan_store` keeps it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ...caller import Caller
from ...dataapi.contents import Value

Values = Mapping[str, Value]
_EMPTY: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    """One for all: most of what an item may have it has not, and a plan may have tens of thousands of items."""
    return _EMPTY


class StepKind(StrEnum):
    CREATE = "create"
    DUPLICATE = "duplicate"
    EDIT = "edit"
    UPLOAD = "upload"
    DELETE = "delete"
    RUN = "run"
    """A script, once for the record, or by itself."""
    EXPORT = "export"
    """A file outside FileMaker. Its tool writes it. The plan is what a person agrees to."""


class RowKind(StrEnum):
    ADD = "add"
    EDIT = "edit"
    REMOVE = "remove"


class ItemState(StrEnum):
    OPEN = "open"
    """Never sent, or certainly not carried out: it may be sent."""
    SENT = "sent"
    """On its way, or it was when the process died."""
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One related row, through a portal of the layout."""

    kind: RowKind
    portal: str
    occurrence: str
    before: Values = field(default_factory=_nothing)
    after: Values = field(default_factory=_nothing)
    record_id: str | None = None
    mod_id: str | None = None
    layout: str = ""
    """For a row that goes: a layout of its own, through which it can come back."""
    whole: Values = field(default_factory=_nothing)
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
    before: Values = field(default_factory=_nothing)
    after: Values = field(default_factory=_nothing)
    later: Mapping[str, FromStep] = field(default_factory=_nothing)
    rows: tuple[RowChange, ...] = ()
    known_rows: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
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
    marks: Values = field(default_factory=_nothing)
    """What the record is known by beside its number: its key, and what FileMaker entered when it was created. A number can
    be another record's after the host was restored from a backup [I]."""
    chosen_by: Values = field(default_factory=_nothing)
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


class SummedItems(Sequence[Item]):
    """Many items, of which what is asked of all of them is known without looking at each."""

    @property
    @abstractmethod
    def writes(self) -> int:
        """As `Step.writes`."""

    @property
    @abstractmethod
    def rows(self) -> int:
        """As `Step.rows`."""

    @property
    @abstractmethod
    def telling(self) -> Sequence[Item]:
        """As `Step.telling`."""
        ...

    @abstractmethod
    def texts(self) -> Iterator[str]:
        """Each as canonical JSON (`codec.written`)."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    kind: StepKind
    layout: str
    items: Sequence[Item]
    how: str = ""
    """How the records were chosen, in words."""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was left out and why: unmatched rows of a file, records that are already as wanted."""
    script: str = ""
    """The script that runs, and what the owner says it does: `reads`, `changes` or `reaches_outside`."""
    effect: str = ""
    covers: str = ""
    """For what is agreed to without a list of records: a digest of all that it covers."""
    runbook: str = ""
    """The owner's runbook that this step carries out."""
    occurrence: str = ""
    """The layout's table occurrence, where the host tells it; kept for scripts that run on the record itself."""
    overrides: bool = False
    """Some of it ran before, and the owner wants it to run once: a person agrees to more."""
    through: str = ""
    """The owner's script that writes its records, where they are not written directly."""
    seen: str = ""
    """What decided what of the layout is shown when it was planned, as a digest (`policy.showing`)."""
    stage: str = ""
    """What the owner called the database when it was planned: production, test."""
    four_eyes: bool = False
    """Whoever asked cannot agree: where a person has to, it is somebody else."""

    @property
    def telling(self) -> Sequence[Item]:
        """Items that together have every field, every kind of row and every trait that any item has: enough to ask for those."""
        return self.items.telling if isinstance(self.items, SummedItems) else self.items

    @property
    def writes(self) -> int:
        """As `Item.writes`, of all."""
        if isinstance(self.items, SummedItems):
            return self.items.writes
        return sum(item.writes for item in self.items)

    @property
    def rows(self) -> int:
        """Related rows that are written with the records."""
        return (
            self.items.rows if isinstance(self.items, SummedItems) else sum(len(i.rows) for i in self.items)
        )


@dataclass(frozen=True, slots=True)
class Who:
    caller: Caller
    client: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    id: str
    database: str
    who: Who
    made: float
    expires: float
    steps: tuple[Step, ...]
    heading: str
    """The plan in one sentence."""
    digest: str
    """Over everything that it would do: what was agreed to is what is applied."""
    fingerprint: str
    """Over what was asked for: the same request has the same fingerprint."""
    undoes: str = ""
    """The id of the change that this plan takes back."""

    @property
    def stage(self) -> str:
        return self.steps[0].stage if self.steps else ""

    @property
    def four_eyes(self) -> bool:
        return any(step.four_eyes for step in self.steps)

    @property
    def place(self) -> str:
        """Where it is about, for a person: the database, and its stage where the owner names one."""
        return f"{self.database} ({self.stage})" if self.stage else self.database

    @property
    def records(self) -> int:
        return sum(len(step.items) for step in self.steps)

    @property
    def writes(self) -> int:
        """As `Item.writes`: what the owner's limits count."""
        return sum(step.writes for step in self.steps)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item."""

    state: ItemState
    record_id: str | None = None
    mod_id: str | None = None
    after: Values = field(default_factory=_nothing)
    """The fields written, as they were read back."""
    new_rows: tuple[tuple[str, str], ...] = ()
    """(portal, record id) of the related records created."""
    rows_left: tuple[tuple[str, str, str], ...] = ()
    """(portal, record id, modId) of the related records written, as the change left them."""
    related: tuple[tuple[str, int], ...] = ()
    """For a new record: how many rows each portal of the layout showed (section 6.5, foundCount)."""
    notes: tuple[str, ...] = ()
    """What differs from the plan, or why it was refused."""
    code: int | None = None
    result: str = ""
    """What a script exited with, as far as it is kept."""
    looked: bool = False
    """No answer came, and looking told this: the request may still arrive."""
