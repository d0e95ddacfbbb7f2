"""What `describe_layout` gains by a map: the table, its key and relationships, and a few words at each field that surprises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.menu_item import MenuItem
from .field_words import in_full, marks_of, quoted
from .known_layout import KnownLayout
from .map_view import MapView
from .near_tables import Near

MOST_CHARACTERS = 1_600
"""Of all additions to one layout, about 400 tokens."""
MOST_RELATIONS = 12
Answer = dict[str, object]


def added_to_layout(
    view: MapView | None, meta: LayoutMeta, layouts: Sequence[MenuItem], answer: Answer
) -> Answer:
    """The answer with what the map adds. What names suggested as key and relations gives way to what is known."""
    return _added(view, meta, layouts, answer, _layout)


def added_to_fields(
    view: MapView | None, meta: LayoutMeta, layouts: Sequence[MenuItem], answer: Answer
) -> Answer:
    """The same for single fields: their formulas and rules too, as far as the owner lets them be shown."""
    return _added(view, meta, layouts, answer, _fields)


def _added(
    view: MapView | None,
    meta: LayoutMeta,
    layouts: Sequence[MenuItem],
    answer: Answer,
    more: Callable[[MapView, KnownLayout, Answer], Answer],
) -> Answer:
    """Nothing without a map or for a layout that it does not know, a sentence where the layout disagrees with it."""
    known = None if view is None else view.known(meta, layouts)
    if view is None or known is None:
        return answer
    if isinstance(known, str):
        return answer | {"map": known}
    return more(view, known, answer)


def _layout(view: MapView, known: KnownLayout, answer: Answer) -> Answer:
    budget = _Budget()
    told: Answer = {"by": f"the solution map of {view.date}"}
    if not view.is_scoped:
        told |= _table(known, budget)
    answer = dict(answer)
    answer["fields"] = budget.with_marks(known, _mapping(answer.get("fields")))
    if portals := _mapping(answer.get("portals")):
        answer["portals"] = {
            name: budget.with_marks(known, _mapping(inside)) for name, inside in portals.items()
        }
    if budget.is_spent:
        told["more"] = "describe_layout with fields"
    guesses = dict(_mapping(answer.pop("guesses", None)))
    for guessed, known_as in (("key", "key"), ("points_to", "related")):
        if known_as in told:
            guesses.pop(guessed, None)
    return answer | ({"guesses": guesses} if guesses else {}) | {"map": told}


def _fields(view: MapView, known: KnownLayout, answer: Answer) -> Answer:
    fields = _mapping(answer.get("fields"))
    full = {name: found for name in fields if (found := in_full(known, name, formulas=view.shows_formulas))}
    told: Answer = {"by": f"the solution map of {view.date}"}
    with_marks = {name: ", ".join([str(words), *marks_of(known, name)]) for name, words in fields.items()}
    return answer | {"fields": with_marks, "map": told | full}


class _Budget:
    """What is left of the characters for additions to one layout."""

    def __init__(self) -> None:
        self._left = MOST_CHARACTERS
        self.is_spent = False

    def takes(self, words: str) -> bool:
        """Whether there is room for the words, which then is theirs."""
        fits = len(words) <= self._left
        self._left -= len(words) if fits else 0
        return fits

    def with_marks(self, known: KnownLayout, fields: Mapping[str, object]) -> dict[str, object]:
        with_marks: dict[str, object] = {}
        for name, words in fields.items():
            own = [mark for mark in marks_of(known, name) if mark not in str(words)]
            if not self.takes("".join(own)):
                self.is_spent, own = True, []
            given = [part for part in str(words).split(", ") if part != "auto-enter" or not own]
            with_marks[name] = ", ".join([*given, *own])
        return with_marks


def _table(known: KnownLayout, budget: _Budget) -> Answer:
    told: Answer = {"table": known.atlas.name_of(known.table)}
    comment = known.atlas.tables[known.table].comment
    if comment and known.open.names_nothing_closed(comment, known.place.occurrence):
        told["comment"] = quoted(comment)
    if key := _key(known):
        told["key"] = key
    relations: dict[str, str] = {}
    left_out = 0
    for near in sorted(known.relations(), key=lambda near: not near.far_goes):
        words = ", ".join(_relation(known, near))
        if len(relations) < MOST_RELATIONS and budget.takes(near.far + words):
            relations[near.far] = words
        else:
            left_out += 1
    if left_out:
        relations["more"] = f"{left_out} further occurrences"
    return told | ({"related": relations} if relations else {})


def _key(known: KnownLayout) -> str:
    """An open field that is unique and that relationships match on, else any unique one."""
    matched = {own for near in known.atlas.relations_at(known.place.occurrence) for own, _, _ in near.match}
    unique = [
        name
        for name, facts in known.atlas.tables[known.table].fields.items()
        if facts.rules is not None and facts.rules.unique and known.open.is_open(known.place.occurrence, name)
    ]
    return next((name for name in unique if name in matched), unique[0] if unique else "")


def _relation(known: KnownLayout, near: Near) -> list[str]:
    own = known.place.occurrence
    fields = [
        f"{mine} {operator} {theirs}"
        for mine, operator, theirs in near.match
        if known.open.is_open(own, mine) and known.open.is_open(near.far, theirs)
    ]
    table = known.atlas.table_of(near.far)
    name = "" if table is None else known.atlas.name_of(table)
    words = [f"the table {name}"] if name and name != near.far else []
    words += [" and ".join(fields) if len(fields) == len(near.match) and fields else "related"]
    return (
        words
        + (["deleted with it"] if near.far_goes else [])
        + (["made through it"] if near.far_is_made else [])
    )


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
