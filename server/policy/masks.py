"""Fields of which a part is shown: the last characters of an account number, initials, a year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..text.near_names import folded
from .divided_homes import DividedHomes
from .field_names import bare, is_closed
from .rules import EVERY, Access, Masks, Policy
from .tables import related_names, shown_at_homes, written_at_homes

if TYPE_CHECKING:
    from ..dataapi.contents import Value
    from ..dataapi.layout_meta import LayoutMeta

COVER = "••••"
"""Stands for what is not shown."""
LAST = 4
COVERED = 4
"""As many letters and digits at least stay covered: of a short value, its last characters would be most of it."""
MOST_INITIALS = 3
YEAR = re.compile(r"(\d{4})(?:-\d\d-\d\d(?:\D.*)?)?", re.DOTALL)


def _last4(text: str) -> str:
    plain = [letter for letter in text if letter.isalnum()]
    if is_covered(text) and len(text) <= len(COVER) + LAST:
        return text
    return COVER + "".join(plain[-LAST:]) if len(plain) >= LAST + COVERED else COVER


def _initials(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text)
    return " ".join(f"{word[0]}." for word in words[:MOST_INITIALS]) or COVER


def _year(text: str) -> str:
    found = YEAR.fullmatch(text)
    return COVER if found is None else found[1]


FORMS: Mapping[str, Callable[[str], str]] = {"last4": _last4, "initials": _initials, "year": _year}
"""Each shows less than was there, and nothing of what it does not understand."""


def masked(forms: Iterable[str], value: Value, *, type: str) -> Value:  # noqa: A002 -- the field's type
    """What is shown of a value, one form after the other; as it is without one. Nothing stays nothing; of a container nothing is
    shown. A part stays the part that it is."""
    forms = tuple(forms)
    if value == "" or not forms:
        return value
    if type == "container":
        return COVER
    text = str(value)
    for form in forms:
        text = FORMS[form](text)
    return text


def is_covered(value: str) -> bool:
    """Whether it looks like what `last4` shows: written back, it would take the place of the value itself."""
    return value.startswith(COVER)


def masks_on(policy: Policy, meta: LayoutMeta, name: str) -> tuple[str, ...]:
    """The forms in which a field of the layout is shown; none where it is shown as it is. A related field that every layout of
    its table masks is masked here, too."""
    forms = list(_named(policy.mask, meta.name, name))
    if "::" in name:
        divided = masked_at_homes(policy, meta, name)
        if divided.closing and not divided.opened(meta.home_fields):
            forms += _named(policy.mask, divided.closing[0], divided.own)
    if policy.within is not None:
        forms += masks_on(policy.within, meta, name)
    return tuple(dict.fromkeys(forms))


def masked_at_homes(policy: Policy, meta: LayoutMeta, name: str) -> DividedHomes:
    """The layouts of a related field's table that show it, by whether they show it whole."""
    own = name.partition("::")[2]
    showing = shown_at_homes(policy, meta, name).open
    closing = [home for home in showing if any(_named(policy.mask, home, own))]
    return DividedHomes(own, closing, [home for home in showing if home not in closing], bool(closing))


def divided_homes(policy: Policy, meta: LayoutMeta) -> Iterator[DividedHomes]:
    """For each related field of a layout and each kind of rule by which layouts of its table may differ."""
    for name in related_names(meta):
        yield shown_at_homes(policy, meta, name)
        yield masked_at_homes(policy, meta, name)
        yield written_at_homes(policy, meta, name, (Access.EDIT, Access.DELETE))
    if policy.within is not None:
        yield from divided_homes(policy.within, meta)


def _named(mask: Masks, layout: str, name: str) -> Iterable[str]:
    for where, fields in mask.items():
        if where == EVERY or folded(where) == folded(layout):
            for field, form in fields.items():
                if is_closed(frozenset((folded(field), folded(bare(field)))), name):
                    yield form
