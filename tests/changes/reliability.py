"""Writes docs/reliability.md from what the fault matrix shows: `python -m tests.changes.reliability`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import anyio

from .matrix import NAMES, OPERATIONS, Cell, cell

PAGE = Path(__file__).parent.parent.parent / "docs" / "reliability.md"

INTRODUCTION = """\
# What a change reports when something goes wrong

Every cell was tried: a real MCP client, the real tools and HTTP client, and an emulated FileMaker Server behind a line that breaks
on demand. In each, what is reported is what is in the store, the journal says the same, and nothing is written twice, also when
`apply_change` is called again. The tests that try them also check this page, and write it (`python -m tests.changes.reliability`).

*done*: it is in FileMaker. *refused*: it is not, and FileMaker or the owner's rules said so. *not carried out*: the request did not
arrive or was not executed; calling `apply_change` again sends it. *unknown*: it cannot be told, and it is not sent again. Where a
second word follows, it is what calling `apply_change` again brought once the host could be reached.

*Unknown* is left for what has nothing by which it could be found again: a create without a key field (the owner can name one with
`keys`) and a duplicate, and for a host that stays away. Everything else is settled by looking.
"""


def row_of(fault: str, cells: Mapping[str, Cell]) -> str:
    return f"| {fault} | {' | '.join(each.words for each in cells.values())} |"


def cells_of(page: str) -> dict[str, dict[str, str]]:
    """The page's table: fault -> operation -> words."""
    lines = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("|")]
    operations = [name.strip() for name in lines[0][1:]]
    return {
        line[0].strip(): {name: words.strip() for name, words in zip(operations, line[1:], strict=True)}
        for line in lines[2:]
    }


async def page() -> str:
    lines = [INTRODUCTION, f"| what happens | {' | '.join(OPERATIONS)} |", f"|---|{'---|' * len(OPERATIONS)}"]
    for fault in NAMES:
        cells: dict[str, Cell] = {}
        for name, operation in OPERATIONS.items():
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                try:
                    cells[name] = await cell(Path(folder), operation, fault)
                except AssertionError as error:
                    raise AssertionError(f"{name}, {fault}: {error}") from error
        lines.append(row_of(fault, cells))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(anyio.run(page), encoding="utf-8")
