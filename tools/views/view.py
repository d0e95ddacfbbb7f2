"""The views and the tools whose answers they show. Each is one HTML document, put together from the sources beside this module."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from mcp.server.apps import EXTENSION_ID
from mcp.server.extension import Extension

SOURCES = Path(__file__).parent / "sources"
SCHEME = "ui://"
MODEL_ONLY: dict[str, Any] = {"ui": {"visibility": ["model"]}}
"""Said of every tool that no view shows: unless it is said, a view could call it (MCP Apps, `_meta.ui.visibility`)."""


@dataclass(frozen=True)
class View:
    """`tool`: whose answers it shows. `scripts` and `styles`: its sources, in their order."""

    name: str
    tool: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]

    @property
    def uri(self) -> str:
        return f"{SCHEME}filemaker/{self.name}"

    @property
    def tool_meta(self) -> dict[str, Any]:
        return {"ui": {"resourceUri": self.uri}}


VIEWS = (
    View(
        "records",
        "find_records",
        ("bridge", "dom", "numbers", "table", "records"),
        ("base", "records"),
    ),
    View(
        "summary",
        "summarize_records",
        ("bridge", "dom", "numbers", "table", "plot", "summary"),
        ("base", "summary"),
    ),
)


class ViewExtension(Extension):
    """Tells clients that there are views."""

    identifier = EXTENSION_ID


def tool_meta(tool: str, shown: Set[str]) -> dict[str, Any] | None:
    """What a tool's listing says of views, of which those in `shown` are on. None when there are none."""
    if not shown:
        return None
    own = next((view for view in VIEWS if view.tool == tool and view.name in shown), None)
    return MODEL_ONLY if own is None else own.tool_meta


@cache
def document(view: View) -> str:
    """The whole HTML: no address in it, and nothing loaded from anywhere."""
    import rjsmin

    minified = cast("Callable[[str], str]", rjsmin.jsmin)  # pyright: ignore[reportUnknownMemberType] -- it has no types
    scripts = "".join(_source(f"{name}.js") for name in view.scripts)
    styles = _without_spaces("".join(_source(f"{name}.css") for name in view.styles))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>FileMaker {view.name}</title><style>{styles}</style></head><body><main></main>"
        f'<script>"use strict";{{{minified(scripts)}}}</script></body></html>'
    )


def _source(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def _without_spaces(style: str) -> str:
    """The same rules. The sources hold no texts in which spaces would matter."""
    return re.sub(r"\s*([{};,])\s*|(?<=:)\s+", r"\1", re.sub(r"\s+", " ", style)).strip()
