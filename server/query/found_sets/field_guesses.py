"""What the names of fields suggest: a key, a name, a relation, an archive flag. Guesses, and said to be."""

from __future__ import annotations

import re

from ...dataapi.layout_meta import FieldMeta, LayoutMeta

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


PRIMARY = frozenset({"pk", "kp", "zkp", "id", "uuid", "primary", "key"})
FOREIGN = frozenset({"fk", "kf", "zkf", "foreign"})
NUMBERS = frozenset({"no", "nr", "number", "nummer", "num", "code", "sku"})
PLURALS = ("s", "es", "n", "en", "e", "er")
COMPOUND = re.compile(r"^(.{3,}?)(nummer|nr|id)$")
DRESS = frozenset(
    {"api", "list", "liste", "form", "detail", "details", "view", "web", "data", "entry", "portal"}
)
"""Words that the name of a layout adds to that of its table."""


def likely_key(layout: LayoutMeta) -> str | None:
    """The field that most likely names a record of the layout's own table: named like a primary key, or like the table with
    `ID` or `Number`. Guessing none is better than guessing what names a record of another table."""
    own = [
        f
        for f in layout.fields.values()
        if not f.is_related and f.type in ("text", "number") and not f.is_global and f.kind != "summary"
    ]
    shows_related = any(field.is_related for field in layout.fields.values())
    ranked = [
        (rank, field) for field in own if (rank := _key_rank(layout.name, field, shows_related)) is not None
    ]
    if not ranked:
        return None
    return min(
        ranked, key=lambda each: (each[0], not each[1].auto_enter, not each[1].required, own.index(each[1]))
    )[1].name


def _key_rank(layout: str, field: FieldMeta, shows_related: bool) -> int | None:
    """0 for `ID`, `__pk`, `pk_Customer`; 1 for `Invoice Number` on Invoices; 2 for a `Number` that FileMaker counts up, or a
    `SKU` that must be filled."""
    words = [part for word in words_of(field.name) for part in COMPOUND.sub(r"\1 \2", word).split()]
    kinds = set(words)
    if kinds & FOREIGN:
        return None
    rest = [word for word in words if word not in ID_WORDS | NUMBERS]
    if kinds & PRIMARY and (not rest or kinds & {"pk", "kp", "zkp", "primary"}):
        return 0
    if kinds & (PRIMARY | NUMBERS) and rest and _is_one_of("".join(rest), _table_of(layout)):
        return 1
    # On a layout that also shows fields of a related table, a number by itself may well be that table's.
    if kinds <= NUMBERS and (field.auto_enter or (field.required and not shows_related)):
        return 2
    return None


def _table_of(layout: str) -> str:
    return "".join(word for word in words_of(layout) if word not in DRESS)


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
            if _is_one_of("".join(words), "".join(words_of(occurrence))):
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


def _is_one_of(one: str, many: str) -> bool:
    """Whether the words name the same thing, once and in the plural: invoice, invoices; company, companies; Kunde, Kunden."""
    return many == one or any(many == one + end for end in PLURALS) or many == one.removesuffix("y") + "ies"
