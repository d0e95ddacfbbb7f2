"""A window on a file: the layout it shows, the found set, and the record it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field

from .layout_plan import LayoutPlan
from .refusal import Refusal
from .scene import Scene, Source
from .store import Row


@dataclass
class Window:
    plan: LayoutPlan
    source: Source
    found: list[int] = field(default_factory=list[int])
    position: int = 0
    """Index of the current record in the found set."""

    @property
    def current(self) -> int | None:
        return self.found[self.position] if 0 <= self.position < len(self.found) else None

    def row(self) -> Row | None:
        current = self.current
        return None if current is None else self.source.store.read(self.source.table.name, current)

    def show(self, found: list[int], current: int | None = None) -> None:
        self.found = found
        self.position = found.index(current) if current is not None and current in found else 0


def open_layout(scene: Scene, name: str) -> Window:
    """A window that shows a layout, with no found set yet. Raises Refusal 105, or 100 for its external file."""
    layout = scene.file.model.layouts.get(name)
    if layout is None or scene.session.access.layout(layout) == "none":
        raise Refusal(105)
    plan = scene.file.plan(name, lambda occurrence: scene.files.table_of(scene.file, occurrence))
    return Window(plan, scene.source(layout.occurrence))


def all_records(scene: Scene, source: Source) -> list[int]:
    """Every record that the account may view, in creation order."""
    return scene.viewable(source, source.store.ids(source.table.name))
