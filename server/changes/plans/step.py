"""A part of a plan: the same done to records of one layout, or a script run. Frozen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .item import Item


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
