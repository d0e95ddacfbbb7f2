"""Names in solution notes that the host does not have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ..criteria.collation import Collation
from ..dataapi.layout_meta import LayoutMeta
from ..errors import InputError
from ..notes.notes import LayoutNotes, Notes
from ..query.summary.measures.measure_reader import MeasureReader
from .host_names import HostNames


def note_mistakes(notes: Notes, host: HostNames) -> list[str]:
    """Sentences for the owner."""
    found: list[str] = []
    for name, each in notes.layouts.items():
        found += host.of_layout("The notes are about", name)
        if (meta := host.layout(name)) is not None:
            found += _on_layout(each, meta, host)
    return found


def _on_layout(notes: LayoutNotes, meta: LayoutMeta, host: HostNames) -> Iterator[str]:
    what = f"The notes on {meta.name!r} name"
    names = [*notes.fields, *notes.spellings, *(name for name in notes.languages if name != "*")]
    if notes.date:
        names.append(notes.date)
    yield from host.of_fields(what, meta, names)
    for left_out in notes.leave_out:
        yield from host.of_criteria(f"The notes leave out {left_out.label!r} by", meta, left_out.where)
    for measure in notes.measures.values():
        yield from host.of_criteria(f"The measure {measure.name!r} has", meta, measure.where)
        try:
            MeasureReader(meta, date.today(), lambda name: Collation()).measures([measure.measure])  # noqa: DTZ011 -- only names matter
        except InputError as error:
            yield f"The measure {measure.name!r} cannot be computed on {meta.name!r}: {error.what}."
