"""Writes docs/reliability.md from what the fault matrix shows: `python -m tests.changes.applying.reliability_page`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import anyio

from .fault_matrix import NAMES, OPERATIONS, cell

PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"

INTRODUCTION = """\
# What a change reports when something goes wrong

Every cell was tried: a real MCP client, the real tools and HTTP client, and an emulated FileMaker Server behind a line that breaks
on demand. In each, what is reported is what is in the store, the journal says the same, and nothing is written twice, also when
`apply_change` is called again. The tests that try them also check this page, and write it (`python -m tests.changes.applying.reliability_page`).

*done*: it is in FileMaker. *refused*: it is not, and FileMaker or the owner's rules said so. *not carried out*: the request did not
arrive or was not executed; calling `apply_change` again sends it. *unknown*: it cannot be told, and it is not sent again. Where a
second word follows, it is what calling `apply_change` again brought once the host could be reached.

*Unknown* is left for what has nothing by which it could be found again: a create without a key field (the owner can name one with
`keys`), a duplicate and a script; and for a host that stays away. Everything else is settled by looking: an edit by the record's
modId, which rises by one with each save, and by what the journal knows of other changes to the same record; a new row and a new
record by what they hold, unless another change accounts for them. A record that the owner's script writes (`write_through`) is *done* once it
holds what was planned; until then it is *unknown*, since a script without an answer may still be at work, and it is not run again.

A request that got no answer and was not found may still arrive. So it is looked for once more before it is sent again.
"""


def cells_of(page: str) -> dict[str, dict[str, str]]:
    """The page's table: fault -> operation -> words."""
    lines = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("|")]
    operations = [name.strip() for name in lines[0][1:]]
    return {
        line[0].strip(): {name: words.strip() for name, words in zip(operations, line[1:], strict=True)}
        for line in lines[2:]
    }


def page_of(cells: Mapping[str, Mapping[str, str]]) -> str:
    """The page with those words in its table."""
    operations = list(next(iter(cells.values())))
    lines = [INTRODUCTION, f"| what happens | {' | '.join(operations)} |", f"|---|{'---|' * len(operations)}"]
    lines += [f"| {fault} | {' | '.join(row.values())} |" for fault, row in cells.items()]
    return "\n".join(lines) + "\n"


async def tried(faults: Iterable[str], operations: Iterable[str]) -> dict[str, dict[str, str]]:
    """Fault -> operation -> what came of it. Raises AssertionError, saying which, for a cell that is not right."""
    cells: dict[str, dict[str, str]] = {}
    for fault in faults:
        for name in operations:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                try:
                    came = await cell(Path(folder), OPERATIONS[name], fault)
                except AssertionError as error:
                    raise AssertionError(f"{name}, {fault}: {error}") from error
            cells.setdefault(fault, {})[name] = came.words
    return cells


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page_of(anyio.run(tried, NAMES, OPERATIONS)), encoding="utf-8")
