"""Find requests: each one's matches added to the found set, or taken from it when it omits (section 7.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..find_language.criterion import Anything, BadCriterion, Criterion, Duplicated
from ..find_language.find import duplicated, matches_any, parse
from ..http.read_parameters import FindRequest
from ..model import Field, FieldKind, FieldType
from ..refusal import Refusal
from ..solutions.layout_plan import LayoutPlan, Placed
from .record_context import Scene
from .sources import Source

Asked = tuple[Field, int | None, Criterion]


class Finder:
    def __init__(
        self, scene: Scene, plan: LayoutPlan, *, iso_dates: bool, match_lines: bool, open_range: bool
    ) -> None:
        self._scene = scene
        self._plan = plan
        self._iso_dates = iso_dates
        self._match_lines = match_lines
        self._open_range = open_range
        self._source = scene.source(plan.occurrence)

    def find(self, requests: Sequence[FindRequest]) -> list[int]:
        """The found set in creation order, perhaps empty. Raises Refusal 400 when nothing is asked (section 7.2 [U])."""
        understood = [(self._understand(request), request.omit) for request in requests]
        if not understood or any(not asked for asked, _ in understood):
            raise Refusal(400)
        table = self._source.table.name
        # FileMaker starts from all records when the first request omits (section 7.2 [O]).
        found: set[int] = set(self._source.store.ids(table)) if understood[0][1] else set()
        for asked, omits in understood:
            matching = self._matching(asked)
            if omits:
                found -= matching
            else:
                found |= matching
        return self._scene.viewable(self._source, sorted(found))

    def _understand(self, request: FindRequest) -> dict[str, list[Asked]]:
        """The criteria by occurrence. Those that ask nothing are left out."""
        asked: dict[str, list[Asked]] = {}
        for name, text in request.criteria:
            placed, repetition = self._plan.find(name)
            field = self._searchable(placed)
            try:
                criterion = parse(
                    text,
                    field,
                    today=self._scene.now.date(),
                    iso_dates=self._iso_dates,
                    match_lines=self._match_lines,
                    open_range=self._open_range,
                )
            except BadCriterion as problem:
                raise Refusal(problem.code) from None
            if not isinstance(criterion, Anything):
                asked.setdefault(placed.occurrence, []).append((field, repetition, criterion))
        return asked

    def _searchable(self, placed: Placed) -> Field:
        field = placed.field
        assert field is not None  # noqa: S101 - a plan finds no broken object
        source = self._scene.source(placed.occurrence, self._source.home)
        if self._scene.field_access(source, field) == "none":
            raise Refusal(202)
        if field.is_global:
            raise Refusal(400)  # section 7.2: refused; FileMaker uses 400 [D]
        if field.kind is FieldKind.SUMMARY or field.type is FieldType.CONTAINER:
            raise Refusal(508)  # [I]
        return field

    def _matching(self, asked: Mapping[str, Sequence[Asked]]) -> set[int]:
        """Criteria on one related table must hold for the same related record (section 7.2 [I])."""
        result: set[int] | None = None
        for occurrence, criteria in asked.items():
            source = self._scene.source(occurrence, self._source.home)
            stored = [each for each in criteria if _is_stored(each[0])]
            matched: set[int] | None = None
            if stored:
                asked_of_store = [
                    (field.name, repetition, criterion) for field, repetition, criterion in stored
                ]
                matched = set(source.store.matching_all(source.table.name, asked_of_store))
            for each in criteria:
                if not _is_stored(each[0]):
                    found = self._computed(source, each, matched)
                    matched = found if matched is None else matched & found
            matched = matched or set()
            if occurrence != self._source.occurrence:
                matched = self._scene.bases(self._source, occurrence, matched)
            result = matched if result is None else result & matched
        return result or set()

    def _computed(self, source: Source, asked: Asked, among: set[int] | None) -> set[int]:
        """An unstored calculation has no index: FileMaker too works it out for every record that may still match."""
        field, _, criterion = asked
        only = None if isinstance(criterion, Duplicated) else among
        ids = source.store.ids(source.table.name) if only is None else only
        rows = source.store.read_many(source.table.name, ids)
        texts = {row.record_id: tuple(self._scene.texts(source, row, field)) for row in rows}
        if isinstance(criterion, Duplicated):
            return duplicated(field, texts)
        return {record for record, values in texts.items() if matches_any(criterion, field, values)}


def _is_stored(field: Field) -> bool:
    return field.calculation is None or field.stored
