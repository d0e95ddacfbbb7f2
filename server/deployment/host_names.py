"""The names that a host has, and sentences about those that it does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..criteria.calendar import Calendar
from ..criteria.criteria import understand
from ..dataapi.layout_meta import LayoutMeta
from ..errors import InputError, NameUnknown
from ..policy.misspellings import Solution
from ..text.near_names import folded, near


@dataclass(frozen=True)
class HostNames:
    solution: Solution

    def layout(self, name: str) -> LayoutMeta | None:
        return next((each for each in self.solution.layouts if folded(each.name) == folded(name)), None)

    def unread(self, name: str) -> bool:
        """Whether the layout is there and could not be described, which is told elsewhere."""
        return folded(name) in map(folded, self.solution.unread)

    def of_layout(self, what: str, name: str) -> Iterator[str]:
        """A sentence where it is not there; `what` names it: `The note on`."""
        if self.layout(name) is None and not self.unread(name):
            names = [each.name for each in self.solution.layouts]
            yield f"{what} the layout {name!r}, which does not exist for this account.{_meant(name, names)}"

    def of_script(self, what: str, name: str) -> Iterator[str]:
        if folded(name) not in map(folded, self.solution.scripts):
            yield f"{what} the script {name!r}, which does not exist for this account.{_meant(name, self.solution.scripts)}"

    def of_fields(self, what: str, layout: LayoutMeta, names: Iterable[str]) -> Iterator[str]:
        there = [*layout.fields, *(name for portal in layout.portals.values() for name in portal.fields)]
        for name in dict.fromkeys(names):
            if layout.field_named(name) is None and folded(name) not in map(folded, there):
                yield f"{what} the field {name!r}, which is not on {layout.name!r}.{_meant(name, there)}"

    def of_criteria(self, what: str, layout: LayoutMeta, where: object) -> Iterator[str]:
        """As `where` is read when it is used."""
        if where is None:
            return
        try:
            understand(where, None, layout, Calendar())
        except InputError as error:
            yield f"{what} criteria that do not work on {layout.name!r}: {_sentence(error)}"


def _sentence(error: InputError) -> str:
    told = error.what.rstrip(".")
    close = f" Did you mean {error.near[0]!r}?" if isinstance(error, NameUnknown) and error.near else ""
    return f"{told}.{close}"


def _meant(name: str, candidates: Iterable[str]) -> str:
    close = near(name, candidates, most=1)
    return f" Did you mean {close[0]!r}?" if close else ""
