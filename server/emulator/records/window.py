"""A window on a file: the layout it shows, the found set, and the record it stands on."""

from __future__ import annotations

from collections.abc import Sequence

from ..refusal import Refusal
from ..solutions.layout_plan import LayoutPlan
from ..store.store import Row
from .found_set import AllRecords
from .record_context import Scene
from .sources import Source


class Window:
    def __init__(self, plan: LayoutPlan, source: Source) -> None:
        self.plan = plan
        self.source = source
        self.found: Sequence[int] = ()
        self._current: int | None = None
        self._position: int | None = 0

    @property
    def current(self) -> int | None:
        """The record id the window stands on."""
        if self._current is None and self.found:
            self._current, self._position = self.found[0], 0
        return self._current

    @property
    def position(self) -> int:
        """Its index in the found set. -1 when it is not in it."""
        if self._position is None:
            current = self.current
            self._position = self.found.index(current) if current in self.found else -1
        return self._position

    def show(self, found: Sequence[int], current: int | None = None) -> None:
        """A found set, standing on one of its records or on the first."""
        self.found = found
        self._current, self._position = current, 0 if current is None else None

    def add(self, record_id: int) -> None:
        """A record at the end of the found set, to stand on."""
        found = self.found if isinstance(self.found, AllRecords) else [*self.found, record_id]
        self.show(found, record_id)

    def remove(self, record_id: int) -> None:
        """A record is gone. The window stands on the one after it."""
        position = max(self.position, 0)
        if not isinstance(self.found, AllRecords):
            self.found = [each for each in self.found if each != record_id]
        self.go(min(position, len(self.found) - 1))

    def go(self, position: int) -> None:
        if position < 0:
            self._current, self._position = None, 0
        else:
            self._current, self._position = self.found[position], position

    def turn_to(self, other: Window) -> None:
        """Show another layout. The found set stays as long as the occurrence does."""
        same = self.source.occurrence == other.source.occurrence
        self.plan, self.source = other.plan, other.source
        if not same:
            self.show(other.found)

    def row(self) -> Row | None:
        current = self.current
        return None if current is None else self.source.store.read(self.source.table.name, current)


def open_layout(scene: Scene, name: str) -> Window:
    """A window that shows a layout, with no found set yet. Raises Refusal 105, or 100 for its external file."""
    layout = scene.file.model.layouts.get(name)
    if layout is None or scene.session.access.layout(layout) == "none":
        raise Refusal(105)
    plan = scene.file.plan(name, lambda occurrence: scene.files.table_of(scene.file, occurrence))
    return Window(plan, scene.source(layout.occurrence))


def all_records(scene: Scene, source: Source) -> Sequence[int]:
    """Every record that the account may view, in creation order."""
    everything = AllRecords(source)
    if scene.access_to(source.file).record_rule(source.table.name, "view") == "yes":
        return everything
    return scene.viewable(source, everything)
