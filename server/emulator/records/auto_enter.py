"""What FileMaker enters by itself when a record is made or changed."""

from __future__ import annotations

from uuid import uuid4

from ..calculations.stored_calculations import with_stored_calculations
from ..model import AutoEnter, Field, FieldType
from ..store.store import Row
from ..values.conversion import stored_text
from ..values.values import format_date, format_time
from .record_context import Scene
from .record_scope import RecordScope
from .sources import Source

Values = dict[str, tuple[str, ...]]

_ON_CREATION = frozenset({"created", "created_by", "modified", "modified_by"})
_ON_CHANGE = frozenset({"modified", "modified_by"})


def enter(scene: Scene, source: Source, row: Row, changed: Values, *, is_new: bool) -> Values:
    """All that the save writes: what was changed, what is entered by itself, and stored calculations.

    A value that was given keeps its place, except where a calculation always replaces it.
    """
    written: Values = dict(changed)
    values: Values = {**{name: tuple(texts) for name, texts in row.values.items()}, **changed}
    # The scope reads from `values`, so each field sees what was entered above it.
    scope = RecordScope(scene.own_source(source), Row(row.record_id, row.mod_id, values), scene)
    for field in source.table.fields.values():
        enters = field.auto_enter
        if enters is None or field.is_global or not _is_due(enters, field, changed, values, is_new=is_new):
            continue
        text = _entered(scene, source, field, enters, scope)
        written[field.name] = values[field.name] = (text,)
    before = dict(values)
    with_stored_calculations(source.file.formulas, source.table, values, scope)
    written.update({name: texts for name, texts in values.items() if before.get(name) != texts})
    return written


def _is_due(enters: AutoEnter, field: Field, changed: Values, values: Values, *, is_new: bool) -> bool:
    if enters.kind in _ON_CHANGE and not is_new:
        return True
    if enters.kind == "calculation" and enters.always:
        return True
    # A field that was given a value, even an empty one, is left alone.
    return is_new and field.name not in changed and not any(values.get(field.name, ()))


def _entered(scene: Scene, source: Source, field: Field, enters: AutoEnter, scope: RecordScope) -> str:
    match enters.kind:
        case "serial":
            return source.file.next_serial(source.table.name, field)
        case "uuid":
            return str(uuid4()).upper()
        case "created" | "modified":
            return _moment(scene, field.type)
        case "created_by" | "modified_by":
            return scene.session.account
        case "calculation":
            return stored_text(field.type, source.file.formulas[enters.value].evaluate(scope))
        case _:
            return enters.value


def _moment(scene: Scene, field_type: FieldType) -> str:
    now = scene.now.replace(microsecond=0)
    day = format_date(now.date(), "MM/dd/yyyy")
    if field_type is FieldType.DATE:
        return day
    clock = format_time(now - now.replace(hour=0, minute=0, second=0))
    return clock if field_type is FieldType.TIME else f"{day} {clock}"


def replaced_in_duplicate(field: Field) -> bool:
    """Duplicating keeps every value but those that are entered anew (section 6.3 [I])."""
    enters = field.auto_enter
    return enters is not None and (
        enters.kind in {"serial", "uuid"}
        or enters.kind in _ON_CREATION
        or (enters.kind == "calculation" and enters.always)
    )
