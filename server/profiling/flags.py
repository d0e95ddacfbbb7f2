"""Fields that mark a record as deleted, archived or out of use, with what they hold when they do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..dataapi.contents import Value
from ..dataapi.layout_meta import FieldMeta
from ..query.found_sets.field_guesses import FLAG, words_of
from ..text.numbers import number_in
from .data_sample import Sample, counted

if TYPE_CHECKING:
    from ..database.database import Database

ACTIVE = frozenset({"active", "aktiv", "enabled", "actif", "activo", "attivo", "actief"})
NOT_IN_A_LABEL = frozenset({"is", "ist", "at", "on", "am", "date", "datum", "flag", "timestamp", "by"})
NO = frozenset({"0", "no", "n", "false", "nein", "non", "f"})
MOST_VALUES = 5
DELETED_STATUS = re.compile(
    r"delet|archiv|inactiv|inaktiv|void|gelöscht|geloescht|storniert|supprim|eliminad", re.I
)


@dataclass(frozen=True)
class Flag:
    field: str
    label: str
    where: object
    """Criteria that match what does not count."""
    count: int
    """Records of the whole table that match them."""
    is_sure: bool = True
    """The name of the field says it; else only a value does."""


async def flags(database: Database, sample: Sample) -> list[Flag]:
    """Those that tell some records from the others."""
    found: list[Flag] = []
    for field in sample.fields("text", "number", "date", "timeStamp"):
        where = _by_name(sample, field)
        is_sure = where is not None
        if where is None and field.type == "text" and not _is_flag(field):
            where = _by_value(sample, field)
        if where is None:
            continue
        count = await counted(database, sample.layout, where)
        if 0 < count < sample.found:
            found.append(Flag(field.name, _label(sample, field), where, count, is_sure))
    return found


def _is_flag(field: FieldMeta) -> bool:
    return FLAG.search(" ".join(words_of(field.name))) is not None


def _by_name(sample: Sample, field: FieldMeta) -> object | None:
    filled = sample.filled(field)
    if _is_flag(field):
        if field.type in ("date", "timeStamp"):
            return {field.name: {"empty": False}}
        sentences = [value for value in filled if not _is_no(value)]
        return (
            {field.name: sentences[0] if len(sentences) == 1 else sentences}
            if 0 < len(sentences) <= MOST_VALUES
            else None
        )
    is_active = bool(ACTIVE & set(words_of(field.name))) and field.type in ("text", "number")
    if not is_active or not 0 < len(filled) <= MOST_VALUES:
        return None
    no: list[Mapping[str, object]] = [{field.name: value} for value in filled if _is_no(value)]
    if sample.values(field)[""]:
        no.append({field.name: {"empty": True}})
    return (no[0] if len(no) == 1 else no) or None


def _by_value(sample: Sample, field: FieldMeta) -> object | None:
    """A status among whose few values one says that the record is gone."""
    filled = sample.filled(field)
    if not 1 < len(filled) <= 12 or sum(filled.values()) < 10:
        return None
    gone = [value for value in filled if DELETED_STATUS.search(str(value))]
    return {field.name: gone[0] if len(gone) == 1 else gone} if gone and len(gone) < len(filled) else None


def _is_no(value: Value) -> bool:
    number = number_in(value)
    return number == 0 if number is not None else str(value).strip().casefold() in NO


def _label(sample: Sample, field: FieldMeta) -> str:
    """`archived invoices`, for `Is_Archived` on `API Invoices`."""
    words = [word for word in words_of(field.name) if word not in NOT_IN_A_LABEL]
    if ACTIVE & set(words):
        words = [f"in{word}" if word in ("active", "aktiv") else f"not {word}" for word in words]
    if not _is_flag(field) and not ACTIVE & set(words_of(field.name)):
        words = ["withdrawn"]
    noun = (words_of(sample.layout.name) or ("records",))[-1]
    return f"{' '.join(words)} {noun}".strip()
