"""Entries of the journal as a person reads them, and all of them for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from ...text.one_line import one_line
from ..terminal_text import brief, wrapped

if TYPE_CHECKING:
    from ...changes.journal.journal import Journal
    from ...changes.journal.journal_entry import Entry


def line_of(entry: Entry) -> str:
    """When, what became of which change, and by whom."""
    from ...changes.display.journal_words import words_of

    when = datetime.fromtimestamp(entry.at).astimezone().strftime("%Y-%m-%d %H:%M")
    if entry.event == "refused":
        facts = entry.facts
        return f"{when}  refused to {entry.who.caller.id}: {facts.get('asked')}. {brief(str(facts.get('why')), 200)}"
    return f"{when}  {entry.plan or '-'}  {entry.event}: {brief(words_of(entry), 200)}".rstrip(": ")


def print_entry(entry: Entry) -> None:
    from ...changes.display.journal_table import moment_of

    place = f" {entry.plan}" if entry.plan else ""
    item = f" #{entry.step + 1}.{entry.item + 1}" if entry.event in ("attempt", "outcome", "settled") else ""
    print(f"{entry.number:>6}  {moment_of(entry)}  {entry.event:<9}{place}{item}  {entry.who.caller.id}")
    sentence = "; ".join(
        f"{name} {_plain(value)}" for name, value in entry.facts.items() if value not in (None, "", [])
    )
    if sentence:
        print(wrapped(one_line(sentence), "        "))
    if entry.image:
        for kind, values in entry.image.items():
            text = json.dumps(values, ensure_ascii=False, default=str)
            print(wrapped(one_line(f"{kind}: {text}"), "        "))


async def run_export(journal: Journal, arguments: argparse.Namespace) -> int:
    from ...changes.display.journal_table import row_of, write_csv

    until = sys.float_info.max if arguments.until is None else arguments.until + 24 * 3600
    found = await journal.entries(since=arguments.since, limit=sys.maxsize)
    entries = [entry for entry in reversed(found) if entry.at < until]
    rows = (row_of(entry, with_fields=not arguments.without_fields) for entry in entries)
    if arguments.format == "csv":
        write_csv(rows, sys.stdout)
        return 0
    for row in rows:
        print(json.dumps(row, ensure_ascii=False, default=str))
    return 0


def _plain(value: object) -> str:
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
    )
