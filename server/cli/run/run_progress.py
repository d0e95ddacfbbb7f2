"""What `filemaker-mcp run` shows: progress while it runs, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from ...text.one_line import one_line
from ..terminal_text import console_on

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

BAR = 30
SHORTEST_BAR = 8
WORDS = 48
"""Columns of what stands beside the bar."""
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
    """Progress: a bar with the time left while it runs on a terminal, a line for every tenth of the way in a log."""

    def __init__(self, out: TextIO, *, silent: bool) -> None:
        self._out = out
        self._silent = silent
        self._tenth = -1
        self._bar: Progress | None = None

    async def tell(self, done: int, total: int | None, message: str) -> None:
        if self._silent:
            return
        if self._out.isatty():
            self._draw(done, total, message)
        elif total and done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            self._out.write(f"{done} of {total}: {message}\n")
            self._out.flush()

    def end(self) -> None:
        """The bar goes: the report says what it said."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _draw(self, done: int, total: int | None, message: str) -> None:
        if self._bar is None:
            self._bar = bar_on(console_on(self._out))
            self._bar.add_task("", left="")
            self._bar.start()
        seconds = self._bar.tasks[0].time_remaining if total else None
        left = "" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02} left"
        words = f"{done}/{total}  {message}" if total else message
        task = self._bar.task_ids[0]
        self._bar.update(task, completed=done, total=total, description=one_line(words), left=left)
        self._bar.refresh()


def bar_on(console: Console) -> Progress:
    """One line that fits beside a `^C`. Where the terminal is narrow the bar gives way to the words."""
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    words = TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1))
    room = console.width - WORDS
    bar = [BarColumn(min(BAR, room))] if room >= SHORTEST_BAR else []
    left = [TextColumn("{task.fields[left]}")] if room > -SHORTEST_BAR else []
    return Progress(*bar, words, *left, console=console, transient=True, auto_refresh=False)


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
