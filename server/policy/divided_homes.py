"""Layouts of one table of which some close a field and others say nothing of it: those open it only as far as they have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..text.near_names import folded
from .field_names import bare

HomeFields = Mapping[str, tuple[str, ...]]
"""Layout -> the names of its fields, folded, of those layouts that were looked at; none where nobody tells."""


@dataclass(frozen=True, slots=True)
class DividedHomes:
    """For one field."""

    own: str
    """Its name on the layouts of its own table."""
    closing: Sequence[str]
    open: Sequence[str]
    is_named: bool
    """A rule names the field for one of the closing layouts, and so holds whether that has it or not."""

    def opened(self, known: HomeFields) -> list[str]:
        """The layouts that open it. One that nobody looked at is taken to have it."""
        if self.is_named or any(self._may_close(known, layout) for layout in self.closing):
            return [layout for layout in self.open if layout not in known or self._is_on(known, layout)]
        return list(self.open)

    def unsettled(self, known: HomeFields) -> str | None:
        """A layout whose fields have to be known to tell whether any opens it; None where that is settled."""
        if not self.closing or not self.open or any(self._is_on(known, layout) for layout in self.open):
            return None
        looked_at = (layout for layout in self.closing if layout in known)
        is_closed = self.is_named or any(self._may_close(known, layout) for layout in looked_at)
        asked = self.open if is_closed else self.closing
        return next((layout for layout in asked if layout not in known), None)

    def _is_on(self, known: HomeFields, layout: str) -> bool:
        return folded(bare(self.own)) in known.get(layout, ())

    def _may_close(self, known: HomeFields, layout: str) -> bool:
        return not known.get(layout) or self._is_on(known, layout)


def own_names(names: Iterable[str]) -> tuple[str, ...]:
    """As `HomeFields` has them."""
    return tuple(folded(bare(name)) for name in names)
