"""A map held against what the host shows now: names of layouts and scripts, and the fields of each layout with their types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.menu_item import MenuItem
from ..policy import Policy
from ..text.near_names import folded
from .atlas import Atlas
from .known_layout import known_layout
from .open_tables import OpenTables

NAMED = 5


@dataclass(frozen=True)
class LiveComparison:
    layouts: int
    """That the host has."""
    differing: tuple[str, ...]
    """Those that the map does not know, or knows otherwise."""
    scripts: int
    unknown_scripts: tuple[str, ...]
    gone: tuple[str, ...]
    """Layouts and scripts of the map that the host does not show to this account."""

    @property
    def agrees(self) -> bool:
        return not self.differing and not self.unknown_scripts

    @property
    def is_another(self) -> bool:
        """Nothing of it is the host's."""
        return bool(self.layouts) and len(self.differing) == self.layouts

    def __str__(self) -> str:
        parts = [f"{self.layouts - len(self.differing)} of {self.layouts} layouts agree"]
        if self.differing:
            parts[0] += f" (not {_few(self.differing)})"
        if self.scripts:
            parts.append(f"{self.scripts - len(self.unknown_scripts)} of {self.scripts} scripts are known")
            parts[-1] += f" (not {_few(self.unknown_scripts)})" if self.unknown_scripts else ""
        if self.gone:
            parts.append(f"the host does not show {_few(self.gone)}")
        return "; ".join(parts)


def compared(atlas: Atlas, layouts: Sequence[LayoutMeta], scripts: Sequence[str]) -> LiveComparison:
    """`layouts` and `scripts` are all that the account sees."""
    opened = OpenTables(atlas, Policy(), [MenuItem(meta.name) for meta in layouts])
    differing = tuple(meta.name for meta in layouts if isinstance(known_layout(atlas, opened, meta, ""), str))
    there = {folded(name) for name in (*scripts, *(meta.name for meta in layouts))}
    known = [each.name for each in (*atlas.facts.layouts, *atlas.facts.scripts)]
    return LiveComparison(
        len(layouts),
        differing,
        len(scripts),
        tuple(name for name in scripts if atlas.facts.scripts and not atlas.scripts_named(name)),
        tuple(dict.fromkeys(name for name in known if folded(name) not in there)),
    )


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:NAMED]))
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown
