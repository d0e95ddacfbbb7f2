"""What `filemaker-mcp run` shows: progress while it runs, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

WIDTH = 30
TITLES = {
    "before_review": "For a person, before anything was done",
    "before_skipped": "Left alone",
    "skipped": "Left alone",
    "left_out": "Left out",
}


class Teller:
    """Progress: a bar that is drawn over on a terminal, a line for every tenth of the way in a log."""

    def __init__(self, out: TextIO, *, silent: bool) -> None:
        self._out = out
        self._silent = silent
        self._is_terminal = out.isatty()
        self._tenth = -1
        self._drawn = 0

    async def tell(self, done: int, total: int | None, message: str) -> None:
        if self._silent or not total:
            return
        if self._is_terminal:
            full = WIDTH * done // total
            line = f"[{'#' * full}{'.' * (WIDTH - full)}] {done}/{total}  {message}"
            self._out.write(f"\r{line.ljust(self._drawn)}")
            self._drawn = len(line)
        elif done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            self._out.write(f"{done} of {total}: {message}\n")
        self._out.flush()

    def end(self) -> None:
        if self._drawn:
            self._out.write("\n")


def report_lines(facts: Mapping[str, Any]) -> list[str]:
    """The report as a person reads it."""
    counts: Mapping[str, int] = facts.get("records") or {}
    said = ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in counts.items())
    lines = [
        f"{facts.get('runbook', '')}: {said or facts.get('said') or 'there was no record to do anything for'}"
    ]
    if "stopped" in facts:
        lines.append(f"Stopped before its end: {facts['stopped']} The next run goes on.")
    if "change_id" in facts:
        lines.append(f"Change {facts['change_id']}")
    if facts.get("review"):
        lines.append("For a person:")
        lines += [f"  {_reviewed(each)}" for each in facts["review"]]
    for key, title in TITLES.items():
        if facts.get(key):
            lines += [f"{title}:", *(f"  {line}" for line in facts[key])]
    return lines


def _reviewed(each: Any) -> str:
    if isinstance(each, str):
        return each
    return f"{each['id']} {each['record']}: {each['outcome']}. {each['why']}"
