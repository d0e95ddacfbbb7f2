"""The notes on a layout, as describe_layout shows them."""

from __future__ import annotations

from ..dataapi.layout_meta import LayoutMeta
from .notes import LayoutNotes


def facts_of(notes: LayoutNotes, layout: LayoutMeta) -> dict[str, object]:
    """Nothing that is empty, and of fields only those that the layout shows; criteria stay in the owner's words, since they are applied without being asked for."""
    facts: dict[str, object] = {
        "also_called": list(notes.synonyms),
        "left_out_by_default": {each.label: each.where for each in notes.leave_out},
        "date": notes.date,
        "fields_also_called": {
            field: list(names) for field, names in notes.fields.items() if layout.field_named(field)
        },
        "spellings": {
            field: {one: list(others) for one, others in spellings.items()}
            for field, spellings in notes.spellings.items()
            if layout.field_named(field)
        },
        "measures": {
            each.name: {key: part for key, part in each.measure.items() if key != "as"}
            | ({"where": each.where} if each.where is not None else {})
            | ({"meaning": each.meaning} if each.meaning else {})
            for each in notes.measures.values()
        },
    }
    return {name: fact for name, fact in facts.items() if fact}
