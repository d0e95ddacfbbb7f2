"""Contents that do not fit the type of their field: text among dates, numbers kept as text, ids that begin with zeros."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

from ..criteria.quantity import moment_in
from ..dataapi.contents import Value
from ..dataapi.layout_meta import FieldMeta
from ..text.numbers import number_in
from .data_sample import Sample, counted

if TYPE_CHECKING:
    from ..database.database import Database

MOST_DATES = 6
"""Date fields of a layout whose texts are counted over the whole table."""
FEWEST = 10
NEARLY_ALL = 0.95
NO_QUANTITY = re.compile(r"phone|tel|fax|mobil|zip|postal|plz|postcode|iban|barcode|isbn|vat|ust", re.I)


async def dirt(database: Database, sample: Sample) -> list[str]:
    """Sentences for the owner; nothing of it can be settled by notes."""
    sentences = [line async for line in _texts_in_dates(database, sample)]
    for field in sample.fields("number"):
        texts = [value for value in sample.filled(field) if isinstance(value, str)]
        if texts:
            count = sum(sample.values(field)[each] for each in texts)
            sentences.append(
                f"{field.name}: {count:,} of the sample hold text in a number field, such as {_some(texts)}; "
                "sums leave them out and say so"
            )
    sentences += _numbers_as_text(sample)
    return sentences


async def _texts_in_dates(database: Database, sample: Sample) -> AsyncIterator[str]:
    for field in list(sample.fields("date", "timeStamp"))[:MOST_DATES]:
        if field.kind == "calculation":
            continue
        count = await counted(database, sample.layout, {field.name: {"invalid": True}})
        if count:
            texts = [value for value in sample.filled(field) if moment_in(value) is None]
            example = f", such as {_some(texts)}" if texts else ""
            yield f"{field.name}: {count:,} records hold text in a date field{example}; no condition on dates finds them"


def _numbers_as_text(sample: Sample) -> Iterator[str]:
    for field in sample.fields("text"):
        filled = sample.filled(field)
        total = sum(filled.values())
        if total < FEWEST:
            continue
        zeros = [v for v in filled if re.fullmatch(r"0\d+", str(v).strip())]
        digits = sum(n for v, n in filled.items() if str(v).strip().isdecimal())
        if zeros and digits >= NEARLY_ALL * total:
            yield f"{field.name}: digits with zeros in front, such as {_some(zeros)}; kept as text they stay what they are"
        elif (
            _is_quantity(field)
            and sum(n for v, n in filled.items() if number_in(v) is not None) >= NEARLY_ALL * total
        ):
            yield f"{field.name}: a text field that holds numbers; finds compare it as text, sums and gt or lt here as numbers"


def _is_quantity(field: FieldMeta) -> bool:
    return NO_QUANTITY.search(field.name) is None


def _some(values: Sequence[Value]) -> str:
    return ", ".join(json.dumps(str(each)[:40], ensure_ascii=False) for each in values[:3])
