"""Tables and fields of a definition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ...calculations.compiler import ExpressionError
from ...model import AutoEnter, Field, FieldKind, FieldType, Table, Validation
from .definition_draft import Sheet
from .field_definition import AutoEnterShape, FieldShape, ValidationShape
from .mistakes import nearest
from .places import Path

_TYPES = {
    "text": FieldType.TEXT,
    "number": FieldType.NUMBER,
    "date": FieldType.DATE,
    "time": FieldType.TIME,
    "timestamp": FieldType.TIMESTAMP,
    "container": FieldType.CONTAINER,
}


def build_tables(sheet: Sheet) -> None:
    """The fields as they stand. `check_fields` looks at what they refer to once relationships are known."""
    for name, shape in sheet.shape.tables.items():
        path: Path = ("tables", name, "fields")
        fields = {each: _field(sheet, (*path, each), each, of) for each, of in shape.fields.items()}
        sheet.tables[name] = Table(name, _with_unstored(sheet, shape.fields, fields))


def _with_unstored(
    sheet: Sheet, shapes: Mapping[str, FieldShape], fields: dict[str, Field]
) -> dict[str, Field]:
    """A calculation over a global, a summary or an unstored calculation is not stored either, unless it says so."""
    changed = True
    while changed:
        changed = False
        for name, field in fields.items():
            if field.stored and field.calculation is not None and shapes[name].stored is None:
                named = sheet.formulas.fields_of(field.calculation)
                if any(each in fields and not _is_kept(fields[each]) for each in named):
                    fields[name] = replace(field, stored=False)
                    changed = True
    return fields


def _is_kept(field: Field) -> bool:
    return field.stored and not field.is_global


def _field(sheet: Sheet, path: Path, name: str, shape: FieldShape) -> Field:
    if "::" in name or not name.strip() or re.search(r"\(\d+\)$", name):
        sheet.findings.add(path, f"A field cannot be called {name!r}: no `::`, no repetition in the name.")
    if shape.calculation is not None and shape.summary is not None:
        sheet.findings.add(
            path, "A field is a calculation or a summary; take `calculation` or `summary` out."
        )
    kind = FieldKind.NORMAL
    if shape.calculation is not None:
        kind = FieldKind.CALCULATION
    elif shape.summary is not None:
        kind = FieldKind.SUMMARY
    if kind is not FieldKind.NORMAL and shape.auto_enter is not None:
        sheet.findings.add(path, f"A {kind.value} field enters nothing; take `auto_enter` out.")
    if shape.summary is not None and shape.of is None:
        sheet.findings.add(path, "A summary says which field it summarizes; add `of`.")
    if shape.initial and not shape.is_global:
        sheet.findings.add(
            path, "Only a global field has `initial` values; add `global = true` or take them out."
        )
    field_type = _TYPES[shape.type]
    if shape.summary in {"total", "average", "count"} and field_type is not FieldType.NUMBER:
        field_type = FieldType.NUMBER
    return Field(
        name=name,
        type=field_type,
        kind=kind,
        repetitions=shape.repetitions,
        is_global=shape.is_global,
        index_language=shape.index_language,
        auto_enter=_auto_enter(sheet, (*path, "auto_enter"), shape.auto_enter),
        validation=_validation(shape.validation),
        prohibit_modification=shape.prohibit_modification,
        calculation=shape.calculation,
        stored=_is_stored(sheet, shape),
        summary=shape.summary,
        summary_of=shape.of,
        initial=tuple(shape.initial),
        comment=shape.comment,
    )


def _is_stored(sheet: Sheet, shape: FieldShape) -> bool:
    """A calculation over related fields or the present moment cannot be stored, as in FileMaker."""
    if shape.calculation is None:
        return shape.summary is None
    if shape.stored is not None:
        return shape.stored
    try:
        compiled = sheet.formulas[shape.calculation]
    except ExpressionError:
        return True
    return not compiled.related and not compiled.facts


def _auto_enter(sheet: Sheet, path: Path, shape: AutoEnterShape | None) -> AutoEnter | None:
    if shape is None:
        return None
    chosen = [
        kind
        for kind, given in (
            ("serial", shape.serial is not None),
            ("uuid", shape.uuid),
            ("value", shape.value is not None),
            ("calculation", shape.calculation is not None),
            (shape.on or "", shape.on is not None),
        )
        if given
    ]
    if len(chosen) != 1:
        sheet.findings.add(path, "Say one thing to enter: `serial`, `uuid`, `value`, `calculation` or `on`.")
        return None
    if shape.serial is None:
        return AutoEnter(chosen[0], shape.value or shape.calculation or "", always=shape.always)
    found = re.fullmatch(r"(.*?)(\d+)", shape.serial)
    if found is None:
        sheet.findings.add(
            (*path, "serial"), f"A serial value ends in digits, such as 'C-0001', not {shape.serial!r}."
        )
        return None
    prefix, digits = found.groups()
    return AutoEnter(
        "serial",
        next_serial=int(digits),
        increment=shape.increment,
        prefix=prefix,
        width=len(digits) if digits.startswith("0") else 0,
    )


def _validation(shape: ValidationShape | None) -> Validation:
    return Validation() if shape is None else Validation(**shape.model_dump())


def check_fields(sheet: Sheet) -> None:
    """Names inside calculations, summaries and validations."""
    for table in sheet.tables.values():
        for field in table.fields.values():
            path: Path = ("tables", table.name, "fields", field.name)
            _check_formulas(sheet, path, table, field)
            if field.summary_of is not None:
                sheet.check_field((*path, "of"), table, field.summary_of)
            wanted = field.validation.value_list
            if wanted is not None and wanted not in sheet.shape.value_lists:
                sheet.findings.add(
                    (*path, "validation", "value_list"),
                    f"There is no value list {wanted!r}. {nearest(wanted, sheet.shape.value_lists)}",
                )


def _check_formulas(sheet: Sheet, path: Path, table: Table, field: Field) -> None:
    if field.calculation is not None:
        compiled = sheet.expression((*path, "calculation"), field.calculation, table)
        if compiled is not None and field.stored:
            named = [table.fields[name] for name in compiled.fields if name in table.fields]
            if compiled.related or not all(map(_is_kept, named)):
                words = "A calculation over related, global, summary or unstored fields cannot be stored; "
                sheet.findings.add(path, words + "write `stored = false` or leave it out.")
    enter = field.auto_enter
    if enter is not None and enter.kind == "calculation":
        sheet.expression((*path, "auto_enter"), enter.value, table)
    if field.validation.calculation is not None:
        sheet.expression((*path, "validation"), field.validation.calculation, table)
