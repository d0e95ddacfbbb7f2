"""Whether the journal is what was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ...errors import InputError
from ...local.state.state import Row, StateReader
from ..journal.journal_chain import START, Chain, Head
from ..journal.journal_entry import WITH_IMAGES
from ..plans.plan_seal import Seal
from .erasures import Erasures

AT_ONCE = 1_000
"""Entries looked at at once: a journal may be larger than memory."""


@dataclass
class _ChainCourse:
    """What was seen so far, entry by entry."""

    chain: Chain
    counts: bool
    """Whether numbers follow one another without a gap; places in a chain always do."""
    shared: str = START
    """The digest of the last entry of the chain that all databases shared."""
    expected: int = 1
    heads: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    digests: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    """Of the places that are asked about."""
    keyed: int = 0
    refuted: int = 0
    """Entries with a keyed digest, and those of them whose digest another key made, or nobody."""
    complaints: list[str] = field(default_factory=list[str])
    erasures: Erasures = field(default_factory=Erasures)

    def look(self, row: Row) -> None:
        number, database = row["number"], row["database"]
        if number != self.expected and (self.counts or row["place"] is None):
            self.complaints.append(_missing(self.expected, number - 1))
        self.expected = number + 1
        place, previous = self.heads.get(database, (0, self.shared))
        if row["place"] is None:
            previous = self.shared
            self.shared = row["digest"]
        else:
            if row["place"] != place + 1:
                self.complaints.append(f"entry {number} is not the next of {database}")
            self.heads[database] = (row["place"], row["digest"])
            if (database, row["place"]) in self.digests:
                self.digests[database, row["place"]] = row["digest"]
        self.keyed += row["place"] is not None or row["tag"] is not None
        if row["previous"] != previous:
            self.complaints.append(f"entry {number} does not follow the one before it")
        if not self.chain.is_as_written(row):
            self.refuted += row["place"] is not None or row["tag"] is not None
            self.complaints.append(f"entry {number} was altered")
        self.erasures.look(row)
        has_image = row["gone"] is None and (row["box"] is not None or row["content"] is not None)
        if has_image and not self.chain.is_image_as_written(row):
            self.complaints.append(f"the images of entry {number} were altered")


async def journal_faults(
    state: StateReader, seal: Seal, kept: Sequence[Head] = (), *, counts: bool = True
) -> list[str]:
    """What is wrong, in words; empty when nothing is. `kept` are heads of before that were kept elsewhere; `counts`: whether the
    entries are numbered without gaps."""
    last = await state.row("SELECT seq FROM sqlite_sequence WHERE name = 'journal'") if counts else None
    heads = await journal_heads(state)
    course = _ChainCourse(
        Chain(seal), counts, digests={(head.database, head.place): "" for head in (*heads, *kept)}
    )
    while rows := await state.rows(
        f"{WITH_IMAGES} WHERE number > ? ORDER BY number LIMIT ?",
        course.expected - 1, AT_ONCE,
    ):  # fmt: skip
        for row in rows:
            course.look(row)
    complaints = [*course.complaints, *course.erasures.faults()]
    if course.keyed and course.refuted == course.keyed:
        complaints = ["no entry carries the digest of this key: name the right one with --seal-key"]
    if last is not None and last["seq"] >= course.expected:
        complaints.append(_missing(course.expected, last["seq"]))
    for head in heads:
        if course.digests[head.database, head.place] != head.digest:
            complaints.append(
                f"the end of the journal of {head.database} is missing, from its entry {head.place} back"
            )
    for head in kept:
        if course.digests[head.database, head.place] != head.digest:
            complaints.append(
                f"the entry {head.place} of {head.database} is not there as it was kept elsewhere: the end was cut or written anew"
            )
    return complaints


async def erasures_of(state: StateReader) -> Erasures:
    """What was erased, as the entries say it."""
    erasures, last = Erasures(), 0
    while rows := await state.rows(f"{WITH_IMAGES} WHERE number > ? ORDER BY number LIMIT ?", last, AT_ONCE):
        for row in rows:
            erasures.look(row)
        last = int(rows[-1]["number"])
    return erasures


async def journal_heads(state: StateReader) -> list[Head]:
    """The end of each database's chain."""
    rows = await state.rows("SELECT database, place, digest FROM chain ORDER BY database")
    return [Head(row["database"], row["place"], row["digest"]) for row in rows]


def heads_in(lines: Iterable[str]) -> list[Head]:
    """Heads as they were printed. Raises InputError for a line that is none."""
    heads: list[Head] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place, _, rest = line.strip().partition(" ")
        digest, _, database = rest.partition(" ")
        if not (place.isdecimal() and len(digest) == len(START) and database):
            raise InputError(
                f"Line {number} of the heads is not one", advice="'filemaker-mcp journal head' prints them."
            )
        heads.append(Head(database, int(place), digest))
    return heads


def _missing(first: int, last: int) -> str:
    return f"entries {first} to {last} are missing"
