"""The language of `where` and `omit`: objects of field and condition, checked against a layout's metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from ..dataapi.layout_meta import LayoutMeta
from ..errors import InputError
from ..text.sentence import Sentence, say
from .calendar import Calendar
from .checks.predicate import Predicate
from .checks.record_tests import local
from .checks.related_rows import RelatedRows, Uncounted
from .conditions import Conditions
from .grammar import GRAMMAR
from .searchable import refuse_unsearchable
from .targets import target
from .terms import Meaning, both, either, refuse_too_many


class CriteriaReader:
    """Reads criteria for one layout and moment."""

    def __init__(self, layout: LayoutMeta, calendar: Calendar, uncounted: Sequence[Uncounted] = ()) -> None:
        self.layout = layout
        self.conditions = Conditions(layout, calendar)
        if uncounted:
            rows = RelatedRows([self._rows(each) for each in uncounted])
            self.conditions = Conditions(layout, calendar, rows)

    def any_of_objects(self, given: object, name: str = "where") -> Meaning | None:
        """The meaning of a whole `where` or `omit`; None when it asks nothing."""
        items = cast("list[object]", given) if isinstance(given, list) else [given]
        if given is None or items == [{}]:
            return None
        if not items:
            raise InputError(f"{name} is an empty list, which could match nothing or everything")
        refuse_too_many(len(items))  # each is one request at least, and none need be read to know it
        meanings: list[Meaning] = []
        for item in items:
            if not isinstance(item, Mapping) or (len(items) > 1 and not item):
                raise InputError(
                    f"{name} takes an object or a list of objects; {item!r} is none", advice=GRAMMAR
                )
            meanings.append(self._object(cast("Mapping[str, object]", item)))
        return either(meanings)

    def _rows(self, uncounted: Uncounted) -> tuple[Uncounted, Predicate | None]:
        """With the test of one row; None of it where the layout's portal does not show what tells these rows."""
        try:
            meaning = self.any_of_objects(uncounted.where)
        except InputError:
            return uncounted, None
        return uncounted, None if meaning is None else local(meaning, in_rows=True)

    def _object(self, conditions: Mapping[str, object]) -> Meaning:
        return both([self._named(name, condition) for name, condition in conditions.items()])

    def _named(self, name: str, condition: object) -> Meaning:
        if name == "text" and name not in self.layout.fields:
            return self._everywhere(condition)
        use = 'Keys of criteria are field names; "text" searches all text fields.'
        if name.lstrip("$").casefold() in ("or", "and", "nor", "any", "all", "not"):
            use = (
                "A list of objects means any of them, one object joins its fields with and, omit leaves out."
            )
        if name.casefold().replace("_", "") in ("id", "recordid"):
            use += " get_record takes a record id."
        found = target(self.layout, name, use=use)
        refuse_unsearchable(found)
        self.conditions.targets[found.name] = found
        return self.conditions.read(found, condition)

    def _everywhere(self, condition: object) -> Meaning:
        """All text fields: any of them for a condition, none of them for `not`."""
        if isinstance(condition, Mapping):
            conditions = cast("Mapping[str, object]", condition)
            if "not" in conditions and len(conditions) == 1:
                return self._everywhere(conditions["not"]).negated
            wanted: object = conditions
        else:
            wanted = {"contains": condition}
        inside = (f for portal in self.layout.portals.values() for f in portal.fields.values())
        metas = {f.name: f for f in (*self.layout.fields.values(), *inside)}
        searched = [
            target(self.layout, f.name)
            for f in metas.values()
            if f.type == "text"
            and not (f.is_global or f.is_disguised)
            and f.kind != "summary"
            and f.name not in self.layout.limited_to  # every record there is has the scope's own value
        ]
        if not searched:
            raise InputError(f"Layout {self.layout.name!r} has no text field to search")
        meanings = [self.conditions.read(each, wanted) for each in searched]
        every = say("any of %(count)s text fields", count=len(searched))
        first = meanings[0].said
        text = Sentence(first.message, {**first.values, "field": every}, first.many)
        return either(meanings, text)
