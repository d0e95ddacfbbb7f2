"""Which fields a name in the policy means. What closes is read widely, what opens narrowly."""

from __future__ import annotations

from ..text.near_names import folded
from .rules import EVERY, Names


def names_for(rules: Names, layout: str) -> frozenset[str] | None:
    """The folded names that apply to a layout; None when no entry speaks of it."""
    applying = [names for where, names in rules.items() if where == EVERY or folded(where) == folded(layout)]
    return frozenset(folded(name) for names in applying for name in names) if applying else None


def closed_by(rules: Names, layout: str) -> frozenset[str] | None:
    """As `names_for`, for rules that close: one repetition named closes the whole field."""
    names = names_for(rules, layout)
    return names and names | {bare(name) for name in names}


def is_closed(names: frozenset[str] | None, field_name: str) -> bool:
    """Whether a rule that closes names the field: by its whole name, or by its bare name wherever it appears (`Salary` closes
    `staff::Salary`), with or without a repetition's number."""
    if not names:
        return False
    forms = (folded(field_name), folded(bare(field_name)))
    return any(name in names for form in forms for name in (form, form.rpartition("::")[2]))


def is_opened(names: frozenset[str], field_name: str) -> bool:
    """Whether a rule that opens names the field. A bare name means a field of the layout's own table: a related field is opened
    by its whole name, `Contacts::ID`."""
    return folded(field_name) in names or folded(bare(field_name)) in names


def bare(field_name: str) -> str:
    """`Phone(2)` -> `Phone`."""
    name, opening, number = field_name.rpartition("(")
    return name if opening and number[:-1].isdigit() and number.endswith(")") else field_name
