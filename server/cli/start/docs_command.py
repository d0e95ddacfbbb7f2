"""`filemaker-mcp docs [NAME]`: the documentation that came with this version, for a terminal or a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...errors import NameUnknown
from ...local.places import documentation
from ...text.near_names import near
from ..terminal_text import beside

FRONT = "readme"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="a page, such as policy; without it the pages are listed"
    )


def run(arguments: argparse.Namespace) -> int:
    pages = _pages()
    if arguments.name is None:
        for name, path in pages.items():
            print(beside(f"  {name:<24} ", _title(path), sys.stdout))
        print(f"\nThey lie in {pages[FRONT].parent}")
        return 0
    page = pages.get(arguments.name.lower().removeprefix("docs/").removesuffix(".md"))
    if page is None:
        raise NameUnknown(
            "page",
            arguments.name,
            near=near(arguments.name.lower(), pages),
            advice="'filemaker-mcp docs' lists the pages.",
        )
    sys.stdout.write(page.read_text(encoding="utf-8"))
    return 0


def _pages() -> dict[str, Path]:
    """Name -> file."""
    home = documentation()
    pages = {FRONT: home / "README.md"}
    for path in sorted((home / "docs").rglob("*.md")):
        if path.name != "README.md":
            pages[path.relative_to(home / "docs").with_suffix("").as_posix()] = path
    return pages


def _title(page: Path) -> str:
    with page.open(encoding="utf-8") as lines:
        return next(lines).strip().lstrip("# ")
