"""Finding, sorting and walking: the found set of a script's window, and the layout it is seen through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..http.read_parameters import FindRequest, SortBy
from ..records.find_requests import Finder
from ..records.record_sort import sort_found_set
from ..records.window import all_records, open_layout
from ..refusal import Refusal
from .steps import Steps


class FoundSetSteps(Steps):
    @property
    def layout(self) -> str:
        return self._window.plan.layout.name

    @property
    def found_count(self) -> int:
        return len(self._window.found)

    @property
    def record_id(self) -> int | None:
        return self._window.current

    def show_all(self) -> bool:
        self.commit()
        self._window.show(all_records(self._scene, self._window.source))
        return self._done()

    def find(self, *requests: Mapping[str, str]) -> bool:
        """Find requests as in `_find`, `omit` included. 401 leaves the found set empty, as FileMaker does."""
        self.commit()
        read = [
            FindRequest(
                tuple((name, text) for name, text in each.items() if name != "omit"),
                each.get("omit") == "true",
            )
            for each in requests
        ]
        try:
            finder = Finder(
                self._scene, self._window.plan, iso_dates=True, match_lines=False, open_range=False
            )
            found = finder.find(read)
        except Refusal as refusal:
            return self._failed(refusal)
        self._window.show(found)
        return self._done() if found else self._failed(Refusal(401))

    def sort(self, *keys: str) -> bool:
        """`Field`, or `Field descend`."""
        read = [
            SortBy(key.removesuffix(" descend"), "descend" if key.endswith(" descend") else "ascend")
            for key in keys
        ]
        try:
            found = sort_found_set(self._scene, self._window.plan, self._window.found, read)
        except Refusal as refusal:
            return self._failed(refusal)
        self._window.show(found)
        return self._done()

    def go_to_record(self, number: int) -> bool:
        """1 is the first. 101 beyond the last."""
        self.commit()
        if not 1 <= number <= len(self._window.found):
            return self._failed(Refusal(101))
        self._window.go(number - 1)
        return self._done()

    def next_record(self) -> bool:
        """101 on the last record: a loop that ends so leaves that as its last error."""
        return self.go_to_record(self._window.position + 2)

    def each_record(self) -> Iterator[int]:
        """Stands on each record of the found set in turn, as a Loop with Go to Record [Next; Exit after last] does.

        Each step commits the record that it leaves. At the end the last error is 101, since there is no next record
        (section 9.1 [O]), or the code of a record that could not be committed.
        """
        for record_id in list(self._window.found):
            self.commit()
            if record_id in self._window.found:
                self._window.show(self._window.found, record_id)
                yield record_id
        if self.commit():
            self._failed(Refusal(101))

    def go_to_layout(self, name: str) -> bool:
        self.commit()
        try:
            window = open_layout(self._scene, name)
        except Refusal as refusal:
            return self._failed(refusal)
        window.show(all_records(self._scene, window.source))
        self._window.turn_to(window)
        return self._done()

    def go_to_related(self, occurrence: str, layout: str) -> bool:
        """Shows the related records on a layout of theirs. 101 when there are none."""
        self.commit()
        row = self._window.row()
        try:
            found = [] if row is None else self._scene.related(self._window.source, row, occurrence)
            window = open_layout(self._scene, layout)
        except Refusal as refusal:
            return self._failed(refusal)
        if not found or window.source.occurrence != occurrence:
            return self._failed(Refusal(101 if not found else 103))
        self._window.plan, self._window.source = window.plan, window.source
        self._window.show(found)
        return self._done()
