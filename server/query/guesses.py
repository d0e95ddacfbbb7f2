"""What the names of fields suggest: a key, a name, a relation, an archive flag. Guesses, and said to be."""

from __future__ import annotations

import re

from ..dataapi.models import FieldMeta, LayoutMeta

KEY = re.compile(
    r"(?:^|[_\s:])(?:__?pk|uuid|id|key|no|nr|number|nummer|code|sku)(?:$|[_\s])|(?:id|uuid|key)$", re.I
)
STRONG_KEY = re.compile(r"^_*(?:pk|id|uuid|primary ?key|kp|zkp)(?:$|[_\s])|^__", re.I)
NAME = re.compile(r"name|title|subject|description|label|betreff|bezeichnung|titel|nom|nombre|名", re.I)
FLAG = re.compile(
    r"(?:^|[_\s])(?:is[_\s]?)?(?:deleted|archived?|inactive|hidden|void(?:ed)?|cancel+ed|gel(?:oe|ö)scht|archiviert|inaktiv|supprim\w+)(?:$|[_\s])",
    re.I,
)
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+|[^\W\d_]+")


def words_of(name: str) -> tuple[str, ...]:
    """`CustomerID`, `customer_id`, `_fk Customer` -> the words, in lower case."""
    return tuple(word.casefold() for word in WORDS.findall(name.rpartition("::")[2]))


ID_WORDS = frozenset({"id", "uuid", "key", "pk", "fk", "no", "nr", "number", "num", "code", "kf", "kp"})


def likely_key(layout: LayoutMeta) -> str | None:
    """The field that most likely names a record of the layout's own table."""
    own = [
        f
        for f in layout.fields.values()
        if not f.is_related and f.type in ("text", "number") and not f.is_global
    ]
    candidates = [f for f in own if KEY.search(f.name) or set(words_of(f.name)) & {"id", "uuid", "pk"}]
    if not candidates:
        return None

    def rank(field: FieldMeta) -> tuple[int, ...]:
        words = words_of(field.name)
        return (
            not (set(words) <= ID_WORDS or STRONG_KEY.match(field.name)),
            bool(set(words) & {"fk", "kf"}),
            not field.auto_enter,
            not field.required,
            own.index(field),
        )

    return min(candidates, key=rank).name


def likely_name(layout: LayoutMeta) -> str | None:
    """The field that people would call a record by."""
    own = [f for f in layout.fields.values() if f.type == "text" and not f.is_global and not f.is_related]
    return next((f.name for f in own if NAME.search(f.name)), None)


def likely_relations(layout: LayoutMeta) -> dict[str, str]:
    """Field of the layout -> the related occurrence that it probably points to."""
    related = {f.name.partition("::")[0] for f in layout.fields.values() if f.is_related}
    related |= {portal.occurrence for portal in layout.portals.values()}
    found: dict[str, str] = {}
    for field in layout.fields.values():
        if field.is_related or field.type not in ("text", "number") or field.is_global:
            continue
        words = [word for word in words_of(field.name) if word not in ID_WORDS]
        if not words or len(words) == len(words_of(field.name)):
            continue
        for occurrence in sorted(related):
            if _singular("".join(words_of(occurrence))) == _singular("".join(words)):
                found[field.name] = occurrence
    return found


def key_behind(layout: LayoutMeta, label: str) -> str | None:
    """For a related field that names something (`Customer::Name`): the field of the layout that probably points to it."""
    occurrence = label.partition("::")[0]
    return next((name for name, other in likely_relations(layout).items() if other == occurrence), None)


def archive_flags(layout: LayoutMeta) -> tuple[str, ...]:
    """Fields that look as if they marked records as deleted or archived."""
    return tuple(
        f.name
        for f in layout.fields.values()
        if FLAG.search(" ".join(words_of(f.name)))
        and f.type in ("text", "number")
        and not f.is_global
        and not f.is_related
    )


def _singular(word: str) -> str:
    return word.removesuffix("s").removesuffix("e") if word.endswith("es") else word.removesuffix("s")
