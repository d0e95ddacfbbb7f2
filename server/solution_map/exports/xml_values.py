"""Small readings that several objects of an export share."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ..solution import Relation, Side

UNKNOWN = "<unknown>"
SIDES: tuple[Side, ...] = ("left", "right")
_OPERATORS = (
    ("NotEqual", "!="),
    ("LessOrEqual", "<="),
    ("LessThanOrEqual", "<="),
    ("Less", "<"),
    ("GreaterOrEqual", ">="),
    ("GreaterThanOrEqual", ">="),
    ("Greater", ">"),
    ("Cartesian", "x"),
    ("Equal", "="),
)
"""Only Equal and CartesianProduct were seen in a file, so the others are compared by their beginnings (section 8)."""


def is_true(element: Element | None, name: str) -> bool:
    return element is not None and element.get(name) == "True"


def text_of(element: Element | None, path: str = "") -> str:
    found = element if element is None or not path else element.find(path)
    return "" if found is None else (found.text or "").replace("\r\n", "\n").replace("\r", "\n")


def name_at(element: Element | None, path: str) -> str:
    """The name of a reference. Empty for one whose target is missing."""
    found = None if element is None else element.find(path)
    name = "" if found is None else found.get("name", "")
    return "" if name == UNKNOWN else name


def formula_of(element: Element | None) -> str:
    """The text of a calculation that is a child; in steps it is wrapped twice (section 4)."""
    if element is None:
        return ""
    calculation = element if element.tag == "Calculation" else element.find("Calculation")
    while calculation is not None and (inner := calculation.find("Calculation")) is not None:
        calculation = inner
    return text_of(calculation, "Text").strip()


def occurrence_in(reference: Element) -> str:
    """Where a field reference looks; 2.0 writes it as an attribute (section 4)."""
    return name_at(reference, "TableOccurrenceReference") or reference.get("tableOccurrence", "")


def qualified(reference: Element | None) -> str:
    """`Occurrence::Field`, the field alone where no occurrence is told, empty where the field is missing."""
    name = "" if reference is None else reference.get("name", "")
    if reference is None or name in ("", UNKNOWN):
        return ""
    occurrence = occurrence_in(reference)
    return f"{occurrence}::{name}" if occurrence else name


def operator_of(words: str) -> str:
    return next((sign for start, sign in _OPERATORS if words.startswith(start)), "=")


def whole_number(words: str | None) -> int:
    return int(words) if words and words.isdecimal() and len(words) < 20 else 0


def relation_of(element: Element) -> Relation | None:
    """A relationship of either kind of XML; None where a side is missing."""
    names: list[str] = []
    create: list[str] = []
    delete: list[str] = []
    for side, tag in (("left", "LeftTable"), ("right", "RightTable")):
        table = element.find(tag)
        names.append(
            name_at(table, "TableOccurrenceReference") or ("" if table is None else table.get("name", ""))
        )
        if is_true(table, "cascadeCreate"):
            create.append(side)
        if is_true(table, "cascadeDelete"):
            delete.append(side)
    match: list[tuple[str, str, str]] = []
    for predicate in element.iter("JoinPredicate"):
        fields = [_match_field(predicate.find(tag)) for tag in ("LeftField", "RightField")]
        if all(fields) or operator_of(predicate.get("type", "")) == "x":
            match.append((fields[0], operator_of(predicate.get("type", "")), fields[1]))
    if not all(names):
        return None
    return Relation(names[0], names[1], tuple(match), _sides(create), _sides(delete))


def _match_field(side: Element | None) -> str:
    for tag in ("FieldReference", "Field"):
        if name := name_at(side, tag):
            return name
    return ""


def _sides(names: list[str]) -> tuple[Side, ...]:
    return tuple(side for side in SIDES if side in names)
