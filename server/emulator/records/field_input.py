"""What a client sends for fields, checked against layout, privileges and types, as texts for the store (section 8.2)."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Field, FieldKind, FieldType
from ..refusal import Refusal
from ..solutions.layout_plan import LayoutPlan
from ..store.store import Row
from ..values.values import BadValue, from_input
from .auto_enter import Values
from .record_context import Scene
from .sources import Source


class FieldInput:
    def __init__(self, scene: Scene, plan: LayoutPlan, date_formats: int, *, prohibits: bool) -> None:
        self._scene = scene
        self._plan = plan
        self._date_formats = date_formats
        self._prohibits = prohibits
        self._replaced: list[tuple[Source, str]] = []

    def drop_replaced(self) -> None:
        """Forget the contents of containers that were emptied. To be called once the commit has held."""
        for source, text in self._replaced:
            source.file.containers.drop(text)

    def changed(self, source: Source, row: Row | None, values: Iterable[tuple[str, str]]) -> Values:
        """The fields named, with all their repetitions. Raises Refusal 102, 111, 201 or 500 to 502."""
        changed: dict[str, list[str]] = {}
        for name, value in values:
            placed, repetition = self._plan.find(name)
            field = placed.field
            assert field is not None  # noqa: S101 - a plan finds no broken object
            if placed.occurrence != source.occurrence:
                raise Refusal(102)
            self._check(source, field, value)
            if field.name not in changed:
                present = list(row.values.get(field.name, ())) if row is not None else []
                changed[field.name] = [*present, *[""] * (field.repetitions - len(present))]
            text = self.text(source, field, value)
            if row is not None and field.type is FieldType.CONTAINER:
                self._replaced.append((source, changed[field.name][(repetition or 1) - 1]))
            changed[field.name][(repetition or 1) - 1] = text
        return {name: tuple(texts) for name, texts in changed.items()}

    def text(self, source: Source, field: Field, value: str) -> str:
        try:
            return from_input(
                field.type,
                value,
                self._date_formats,
                file_format=source.home.model.date_format,
                today=self._scene.now.date(),
                exponents=self._scene.exponents,
            )
        except BadValue as problem:
            raise Refusal(problem.code) from None

    def take_global(self, source: Source, name: str, value: str) -> bool:
        """A global field on the layout is set for this session alone (section 6.1 [I])."""
        placed, repetition = self._plan.find(name)
        field = placed.field
        if field is None or not field.is_global:
            return False
        self._check(source, field, value)
        set_global(self._scene, source, field, repetition or 1, self.text(source, field, value))
        return True

    def _check(self, source: Source, field: Field, value: str) -> None:
        if field.kind is not FieldKind.NORMAL or (field.prohibit_modification and self._prohibits):
            raise Refusal(201)
        if field.type is FieldType.CONTAINER and value != "":
            raise Refusal(201)  # containers are filled by upload alone (section 6.1)
        if self._scene.field_access(source, field) != "edit":
            raise Refusal(201)


def set_global(scene: Scene, source: Source, field: Field, repetition: int, text: str) -> None:
    key = (source.file.name, source.table.name, field.name)
    texts = list(scene.session.globals.get(key, field.initial))
    texts += [""] * (field.repetitions - len(texts))
    texts[repetition - 1] = text
    scene.session.globals[key] = tuple(texts)
