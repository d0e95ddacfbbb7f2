"""Solution notes: what the owner wrote down and approved about the layouts of one database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Spellings = Mapping[str, tuple[str, ...]]
"""The one way to write a value -> the other ways in which it stands in the data."""


@dataclass(frozen=True)
class LeftOut:
    """Records that do not count unless the question names a field by which they are told."""

    label: str
    """In the owner's words: `archived contacts`."""
    where: object
    """Criteria that match them."""
    place: str = ""
    """File and line, for a mistake that only shows with the layout at hand."""
    is_inherited: bool = False
    """Written about another layout of the same table."""
    lifted: frozenset[int] = frozenset()
    """Which of a question's `where` objects ask for them by name; they are left out in the others."""


@dataclass(frozen=True)
class Definition:
    """A measure with a name: `revenue` is the sum of Total over paid invoices."""

    name: str
    measure: Mapping[str, object]
    """As `summarize_records` takes it, with `as`."""
    where: object = None
    meaning: str = ""


@dataclass(frozen=True)
class LayoutNotes:
    """About one layout; empty where the owner wrote nothing."""

    synonyms: tuple[str, ...] = ()
    trusted: bool = False
    date: str | None = None
    """The date field that is meant where none is named."""
    leave_out: tuple[LeftOut, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Field -> other names for it."""
    spellings: Mapping[str, Spellings] = field(default_factory=dict[str, Spellings])
    languages: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field, or `*` for all others -> the language in which FileMaker indexes its text."""
    related: Mapping[str, tuple[LeftOut, ...]] = field(default_factory=dict[str, tuple[LeftOut, ...]])
    """Related occurrence -> its rows that do not count."""
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    """Related occurrence -> the layout whose notes are used for it; `` for the layout's own table."""
    measures: Mapping[str, Definition] = field(default_factory=dict[str, Definition])

    def measure_named(self, name: str) -> Definition | None:
        return next(
            (each for each in self.measures.values() if each.name.casefold() == name.casefold()), None
        )


NOTHING = LayoutNotes()


@dataclass(frozen=True)
class Notes:
    """Of one database. Without approval it is a draft: read, so that its mistakes are named, and never applied."""

    layouts: Mapping[str, LayoutNotes] = field(default_factory=dict[str, LayoutNotes])
    source: str = ""
    """The file's name, for an answer that speaks of it."""

    def of(self, layout: str) -> LayoutNotes:
        """What was written about this very layout; `table_notes.notes_on` has what holds for its table."""
        return self.layouts.get(layout, NOTHING)

    def layout_called(self, name: str) -> str | None:
        """The layout that people call so."""
        wanted = name.casefold()
        for layout, notes in self.layouts.items():
            if wanted in (synonym.casefold() for synonym in notes.synonyms):
                return layout
        return None


NO_NOTES = Notes()
