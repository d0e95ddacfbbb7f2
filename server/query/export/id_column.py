"""The column in which an export names its records: `id`, unless that could be taken for a field of the layout."""

from __future__ import annotations

from collections.abc import Collection

from ...criteria.targets import spelled_on
from ...dataapi.layout_meta import LayoutMeta

HEADINGS = ("id", "record id", "FileMaker record id")


def id_heading(layout: LayoutMeta, fields: Collection[str]) -> str:
    """For an export of these fields."""
    return next((each for each in HEADINGS if _is_free(layout, each, fields)), HEADINGS[-1])


def names_records(layout: LayoutMeta, heading: str) -> bool:
    """Whether a column with this heading holds record ids in a file of our own: a field of the very name goes before."""
    return heading in HEADINGS and heading not in layout.fields


def _is_free(layout: LayoutMeta, heading: str, fields: Collection[str]) -> bool:
    """A field that differs by capitals has to stand beside it, so that nobody takes the one for the other."""
    field = spelled_on(layout, heading)
    return field is None or (field != heading and field in fields)
