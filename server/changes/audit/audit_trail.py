"""The journal for an auditor: a line for each record that was to be changed, with who, what, before, after, agreement and outcome."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...local.state.state import StateReader
from ...text.near_names import folded
from ..display.journal_table import moment_of
from ..display.journal_words import words_of
from ..journal.journal_entry import Entry

Told = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""Layout and values -> those that are shown."""
OF_RECORDS = ("attempt", "outcome", "settled")
OF_COURSE = ("planned", "started", "ended", "agreed")
"""Events that stand in the lines of a plan's records."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    entry: int
    """The number of the entry in the journal."""
    at: str
    who: str
    client: str
    change: str
    what: str
    layout: str
    record: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    agreement: str
    outcome: str
    note: str

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """Each name, with what it held before and after."""
        names = dict.fromkeys((*self.before, *self.after))
        return [(name, _text(self.before.get(name, "")), _text(self.after.get(name, ""))) for name in names]


@dataclass(frozen=True, slots=True)
class ChainProof:
    """Where the lines lie in the chain."""

    database: str
    head: tuple[int, str]
    """Place and digest of the end, as it is now."""
    first: tuple[int, str, str]
    """Place, digest before it, and its own, of the first entry of the period; so the last."""
    last: tuple[int, str, str]
    faults: int
    """What 'journal verify' complains of now."""

    @property
    def sentences(self) -> list[str]:
        return [
            f"Database: {self.database}",
            f"Head of the chain: place {self.head[0]:,}, digest {self.head[1]}",
            f"First link of this period: place {self.first[0]:,}, after {self.first[1]}, digest {self.first[2]}",
            f"Last link of this period: place {self.last[0]:,}, after {self.last[1]}, digest {self.last[2]}",
            f"Verified when this was made: {'the chain is whole' if not self.faults else f'{self.faults} complaints; see journal verify'}.",
            "To verify: 'filemaker-mcp journal verify --head FILE' on the machine that has the key (seal_key), with a head that was kept"
            " elsewhere. Each entry is bound to its place and to the one before it by a keyed digest.",
        ]


def audit_lines(
    entries: Sequence[Entry],
    told: Told,
    *,
    until: float,
    layouts: Collection[str] = (),
    with_notes: bool = True,
) -> list[AuditLine]:
    """`entries` the first first, those after `until` for outcomes alone. `layouts` (folded) narrow it to these. `with_notes`: nothing
    is closed, so that what outcomes say in words may be told; it can hold any value."""
    agreements = _agreements(entries)
    outcomes = {(e.plan, e.step, e.item): e for e in entries if e.event in ("outcome", "settled")}
    lines: list[AuditLine] = []
    notes = _notes if with_notes else _no_notes
    for entry in entries:
        if entry.at >= until or entry.event in OF_COURSE or entry.event in ("outcome", "settled"):
            continue
        layout = str(entry.facts.get("layout", ""))
        if layouts and folded(layout) not in layouts:
            continue
        ended = outcomes.get((entry.plan, entry.step, entry.item)) if entry.event == "attempt" else None
        lines.append(_line(entry, ended, layout, told, agreements.get(entry.plan, ""), notes(ended)))
    return lines


def _line(
    entry: Entry, ended: Entry | None, layout: str, told: Told, agreement: str, said: Sequence[object]
) -> AuditLine:
    facts = entry.facts
    is_record = entry.event == "attempt"
    before = _values(entry, "before")
    after = _values(ended, "after")
    record = (ended.facts.get("record") if ended is not None else None) or facts.get("record")
    notes = ["contents are erased"] if entry.is_erased or (ended is not None and ended.is_erased) else []
    notes += map(str, said)
    code = "" if ended is None or ended.facts.get("code") is None else f" (FileMaker {ended.facts['code']})"
    outcome = (
        "" if not is_record else "not known" if ended is None else f"{ended.facts.get('state', '')}{code}"
    )
    return AuditLine(
        entry.number, moment_of(entry), " / ".join(filter(None, (entry.who.caller.id, entry.who.caller.account))),
        entry.who.client, entry.plan, str(facts.get("kind", "")) if is_record else f"{entry.event}: {words_of(entry)}".rstrip(": "),
        layout, str(record or ""), told(layout, before), told(layout, after), agreement if is_record else "", outcome,
        "; ".join(notes),
    )  # fmt: skip


def _values(entry: Entry | None, kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = {} if entry is None or entry.image is None else entry.image.get(kind, {})
    return found


def _notes(ended: Entry | None) -> Sequence[object]:
    found: Sequence[object] = () if ended is None else ended.facts.get("notes") or ()
    return found


def _agreements(entries: Iterable[Entry]) -> dict[str, str]:
    """Plan -> who agreed and when; that nobody had to."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.event == "agreed":
            found[entry.plan] = f"{entry.facts.get('by', '')}, {moment_of(entry)}"
        elif entry.event == "started":
            needed = entry.facts.get("person")
            found.setdefault(entry.plan, "none was needed" if needed is False else "")
    return found


def _no_notes(ended: Entry | None) -> Sequence[object]:
    return ()


async def chain_proof(
    reader: StateReader, database: str, since: float, until: float, faults: int
) -> ChainProof | None:
    """None where nothing was written down in that time."""
    of = "FROM journal WHERE database = ? AND at >= ? AND at < ? AND place IS NOT NULL ORDER BY place"
    links = [
        await reader.row(f"SELECT place, previous, digest {of}{order} LIMIT 1", database, since, until)
        for order in ("", " DESC")
    ]
    head = await reader.row("SELECT place, digest FROM chain WHERE database = ?", database)
    first, last = links
    if first is None or last is None or head is None:
        return None
    return ChainProof(
        database, (int(head["place"]), str(head["digest"])),
        (int(first["place"]), str(first["previous"]), str(first["digest"])),
        (int(last["place"]), str(last["previous"]), str(last["digest"])), faults,
    )  # fmt: skip


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
