"""What a call sees: records through occurrences and relationships, computed fields, globals, and the rights to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from ..calculations.functions import FUNCTIONS
from ..model import Field, FieldKind
from ..sign_in.privileges import Access
from ..sign_in.sessions import Session
from ..solutions.files import Files
from ..solutions.graph import Hop
from ..solutions.hosted_file import HostedFile
from ..store.store import Row, SortKey
from ..values.arithmetic import Value, is_true
from ..values.conversion import stored_text, typed
from .record_scope import RecordScope
from .sources import Source, Sources

NO_ACCESS = "<No Access>"
_SUMMARIES = {"total": "sum", "average": "average", "count": "count", "minimum": "min", "maximum": "max"}


class Scene(Sources):
    def __init__(
        self,
        files: Files,
        session: Session,
        now: datetime,
        open_source: Callable[[Session, HostedFile], Access],
        *,
        needs_sources: bool,
        exponents: bool,
    ) -> None:
        super().__init__(files, session, open_source)
        self.needs_sources = needs_sources
        """Whether an external file that cannot be opened is an error. If not, its fields are empty (section 4.4)."""
        self.exponents = exponents
        """Whether a number typed with an exponent is stored as that number."""
        self.now = now
        """The host's wall time, without a zone."""

    def may(self, source: Source, row: Row | None, right: str) -> bool:
        """Whether the account may `view`, `edit`, `create` or `delete` the record."""
        rule = self.access_to(source.file).record_rule(source.table.name, right)
        if rule in {"yes", "no"}:
            return rule == "yes"
        if row is None:
            row = Row(0, 0, {})
        return is_true(self.evaluate(source, row, rule))

    def viewable(self, source: Source, ids: Iterable[int]) -> list[int]:
        """The records that may be viewed. The others are left out (section 6.5 [I])."""
        if self.access_to(source.file).record_rule(source.table.name, "view") == "yes":
            return list(ids)
        rows = source.store.read_many(source.table.name, ids)
        return [row.record_id for row in rows if self.may(source, row, "view")]

    def evaluate(self, source: Source, row: Row, expression: str, value: Value = None) -> Value:
        scope = RecordScope(self.own_source(source), row, self, value)
        return source.file.formulas[expression].evaluate(scope)

    def evaluate_in(self, source: Source, row: Row, expression: str) -> Value:
        """An expression of a layout's file, such as a portal filter, from the occurrence it stands for."""
        return source.home.formulas[expression].evaluate(RecordScope(source, row, self))

    def text(self, source: Source, row: Row, field: Field, repetition: int = 1) -> str:
        texts = self.texts(source, row, field)
        return texts[repetition - 1] if repetition <= len(texts) else ""

    def texts(self, source: Source, row: Row, field: Field) -> Sequence[str]:
        if field.is_global:
            return self.session.globals.get((source.file.name, source.table.name, field.name), field.initial)
        if field.calculation is not None and not field.stored:
            return (self._calculated(source, row, field),)
        if field.kind is FieldKind.SUMMARY:
            return (self.summary(source, field, source.store.ids(source.table.name)),)
        return row.values.get(field.name, ())

    def _calculated(self, source: Source, row: Row, field: Field) -> str:
        assert field.calculation is not None  # noqa: S101 - the caller asked
        expression = source.file.formulas[field.calculation]
        own = [source.table.fields[name] for name in expression.fields]
        if own and not expression.related and not any(any(self.texts(source, row, each)) for each in own):
            return ""  # FileMaker does not evaluate when all referenced fields are empty
        return stored_text(field.type, self.evaluate(source, row, field.calculation))

    def summary(self, source: Source, field: Field, ids: Iterable[int]) -> str:
        assert field.summary is not None  # noqa: S101 - only summaries come here
        assert field.summary_of is not None  # noqa: S101 - the loader saw to it
        of = source.table.fields[field.summary_of]
        rows = source.store.read_many(source.table.name, ids)
        values: list[Value] = [typed(of.type, text) for row in rows for text in self.texts(source, row, of)]
        if field.summary == "list":
            return stored_text(field.type, FUNCTIONS["join"].run([values]))
        return stored_text(field.type, FUNCTIONS[_SUMMARIES[field.summary]].run([values]))

    def related(self, source: Source, row: Row, occurrence: str) -> list[int]:
        """Ids of the related records, in the order of the last relationship. Raises Refusal 100 (section 4.4)."""
        path = source.home.graph.path(source.occurrence, occurrence)
        if path is None:
            return []
        here, ids, rows = source, [row.record_id], [row]
        for hop in path:
            if here is not source:
                rows = here.store.read_many(here.table.name, ids)
            far = self.source(hop.far, source.home)
            ids = list(dict.fromkeys(each for near in rows for each in self._step(here, near, hop, far)))
            if hop.sort:
                keys = [SortKey(name, order == "descend") for name, order in hop.sort]
                ids = far.store.sorted(far.table.name, ids, keys)
            here = far
        return ids

    def first_related(self, source: Source, row: Row, occurrence: str) -> Row | None:
        ids = self.related(source, row, occurrence)
        far = self.source(occurrence, source.home)
        return far.store.read(far.table.name, ids[0]) if ids else None

    def _step(self, near: Source, row: Row, hop: Hop, far: Source) -> list[int]:
        matched: list[int] | None = None
        for predicate in hop.predicates:
            if predicate.operator == "x":
                found: Sequence[int] = far.store.ids(far.table.name)
            else:
                texts = [
                    text for text in self.texts(near, row, near.table.fields[predicate.left_field]) if text
                ]
                found = far.store.related(far.table.name, predicate.right_field, predicate.operator, texts)
            if matched is None:
                matched = list(found)
            else:
                kept = set(found)
                matched = [each for each in matched if each in kept]
        return matched or []

    def bases(self, source: Source, occurrence: str, far_ids: Iterable[int]) -> set[int]:
        """The records of the source that are related to any of the far records: the way back."""
        path = source.home.graph.path(source.occurrence, occurrence) or ()
        ids = set(far_ids)
        for hop in reversed(path):
            near = self.source(hop.near, source.home)
            far = self.source(hop.far, source.home)
            ids = self._back(near, hop, far, ids)
        return ids

    def _back(self, near: Source, hop: Hop, far: Source, far_ids: set[int]) -> set[int]:
        if any(
            not _is_kept(near.table.fields[each.left_field])
            for each in hop.predicates
            if each.operator != "x"
        ):
            rows = near.store.read_many(near.table.name, near.store.ids(near.table.name))
            return {row.record_id for row in rows if not far_ids.isdisjoint(self._step(near, row, hop, far))}
        rows = far.store.read_many(far.table.name, far_ids)
        if len(hop.predicates) > 1:
            return {each for row in rows for each in self._step(far, row, _turned(hop), near)}
        predicate = hop.mirrored()[0]
        if predicate.operator == "x":
            return set(near.store.ids(near.table.name)) if rows else set()
        field = far.table.fields[predicate.left_field]
        texts = {text for row in rows for text in self.texts(far, row, field) if text}
        return set(near.store.related(near.table.name, predicate.right_field, predicate.operator, texts))


def _is_kept(field: Field) -> bool:
    return (
        not field.is_global
        and field.kind is not FieldKind.SUMMARY
        and (field.calculation is None or field.stored)
    )


def _turned(hop: Hop) -> Hop:
    return Hop(hop.far, hop.near, hop.mirrored(), may_create=False, deletes=False, sort=())
