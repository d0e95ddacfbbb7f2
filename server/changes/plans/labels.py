"""What a person knows a record by: the first field that looks like a name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta

TELLING = re.compile(
    r"name|title|subject|company|e-?mail|bezeichnung|titel|nom\b|firma|名|件名|number|nummer|\bno\b|code",
    re.IGNORECASE,
)
MOST = 60


def telling_fields(meta: LayoutMeta) -> list[str]:
    """Fields of the layout's own table by which records are told apart, most telling first."""
    own = [
        f
        for f in meta.fields.values()
        if not f.is_related and not f.is_global and f.type in ("text", "number")
    ]
    by_name = [f.name for f in own if TELLING.search(f.name)]
    return by_name or [f.name for f in own if f.type == "text"][:1]


def label_of(meta: LayoutMeta, fields: Mapping[str, Value]) -> str:
    for name in telling_fields(meta):
        text = " ".join(str(fields.get(name, "")).split())
        if text:
            return text if len(text) <= MOST else f"{text[: MOST - 1]}…"
    return ""
