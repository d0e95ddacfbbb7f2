"""What `filemaker-mcp run` shows: progress while it runs, and its report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TextIO

from ...text.one_line import one_line

BAR = 30
SHORTEST_BAR = 8
UNKNOWN_COLUMNS = 80
TITLES = {
    "before_review": "For a person, before anything was done",
    "before_already": "Done already",
    "already": "Done already",
    "before_skipped": "Left alone",
    "skipped": "Left alone",
    "left_out": "Left out",
    "before_notes": "By the solution notes",
    "notes": "By the solution notes",
}


class Teller:
    """Progress: a bar that is drawn over on a terminal, a line for every tenth of the way in a log."""

    def __init__(self, out: TextIO, *, silent: bool) -> None:
        self._out = out
        self._silent = silent
        self._is_terminal = out.isatty()
        self._tenth = -1
        self._drawn = ""

    async def tell(self, done: int, total: int | None, message: str) -> None:
        if self._silent:
            return
        if self._is_terminal:
            line = drawn(done, total, message, _columns(self._out))
            self._out.write(f"\r{line.ljust(len(self._drawn))}")
            self._drawn = line
        elif total and done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            self._out.write(f"{done} of {total}: {message}\n")
        self._out.flush()

    def end(self) -> None:
        if self._drawn:
            self._out.write("\n")
            self._out.flush()
            self._drawn = ""


def drawn(done: int, total: int | None, message: str, columns: int) -> str:
    """One line that fits beside the cursor and a `^C`: one that wrapped could not be drawn over. The bar gives way to the words."""
    room = columns - 3
    if not total:
        return message[:room]
    words = f"{done}/{total}  {message}"
    width = min(BAR, room - len(words) - len("[] "))
    if width < SHORTEST_BAR:
        return words[:room]
    full = width * done // total
    return f"[{'#' * full}{'.' * (width - full)}] {words}"


def report_lines(facts: Mapping[str, Any]) -> list[str]:
    """The report as a person reads it; what records hold cannot write elsewhere on the screen."""
    counts: Mapping[str, int] = facts.get("records") or {}
    text = ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in counts.items())
    lines = [
        f"{facts.get('runbook', '')}: {text or facts.get('said') or 'there was no record to do anything for'}"
    ]
    if "stopped" in facts:
        lines.append(f"Stopped before its end: {str(facts['stopped']).rstrip('.')}. The next run goes on.")
    if "change_id" in facts:
        lines.append(f"Change {facts['change_id']}")
    if facts.get("review"):
        lines.append("For a person:")
        lines += [f"  {_reviewed(each)}" for each in facts["review"]]
    for key, title in TITLES.items():
        if facts.get(key):
            lines += [f"{title}:", *(f"  {line}" for line in facts[key])]
    return [one_line(line) for line in lines]


def _reviewed(each: Any) -> str:
    if isinstance(each, str):
        return each
    return f"{each['id']} {each['record']}: {each['outcome']}. {each['why']}"


def _columns(out: TextIO) -> int:
    """Of the terminal that is written to, as it is now: standard output may go elsewhere, and windows change."""
    try:
        return os.get_terminal_size(out.fileno()).columns or UNKNOWN_COLUMNS
    except (OSError, ValueError):
        return UNKNOWN_COLUMNS
