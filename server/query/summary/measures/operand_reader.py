"""What a measure is of, as it is asked for: a field, or a combination of two, checked against a layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from ....criteria.targets import Target
from ....dataapi.layout_meta import LayoutMeta
from ....errors import InputError
from ...found_sets.answer_columns import single
from .. import other_words
from ..groups.groups import Languages
from .combined_fields import combined, refuse_type
from .measures import WAYS
from .operands import COMBINATIONS, Operand

READINGS = ("number", "text")
"""How the least and the greatest of a text field are read."""


class OperandReader:
    """For one question to one layout."""

    def __init__(self, layout: LayoutMeta, today: date, languages: Languages) -> None:
        self._layout = layout
        self._today = today
        self._languages = languages

    def of(self, kind: str, of: object, reading: str, *, exact: bool) -> Operand:
        """`reading`: how a text field is read, one of READINGS or empty. `exact`: each spelling is a value of its own. Raises
        InputError and NameUnknown."""
        if isinstance(of, str):
            field = self.field(of, kind)
            if field.meta.is_masked and kind == "distinct":
                raise InputError(
                    f"distinct of {field.name!r}: the owner shows only a part, and different values may have the same one"
                )
            if field.meta.is_disguised and kind != "distinct":
                raise InputError(
                    f"{kind} of {field.name!r}: the owner hides what it holds; it can be counted"
                )
            if reading and (kind not in ("min", "max") or field.type != "text"):
                raise InputError(f'"as": "{reading}" says how min and max read a text field')
            if kind == "distinct":
                folds = field.type == "text" and not field.meta.is_disguised and not exact
                return Operand(
                    (field,), is_numeric=False, collation=self._languages(field.name) if folds else None
                )
            numeric = kind not in ("min", "max") or field.type in ("number", "time") or reading == "number"
            if numeric:
                refuse_type(field, kind)
            return Operand((field,), is_numeric=numeric)
        if isinstance(of, Mapping) and len(cast("Mapping[str, object]", of)) == 1:
            combination, names = next(iter(cast("Mapping[str, object]", of).items()))
            combination = other_words.combination_for(combination) or combination
            if (
                combination in COMBINATIONS
                and isinstance(names, list)
                and len(cast("list[object]", names)) == 2
            ):
                two = combined(
                    self._layout, combination, [str(n) for n in cast("list[object]", names)], self._today
                )
                refuse_disguised(two.targets, kind)
                return two
        raise InputError(f"{kind} takes a field or a combination of two; {of!r} is neither", advice=WAYS)

    def field(self, name: str, kind: str) -> Target:
        return single(self._layout, name, f"be used for {kind}")


def refuse_disguised(targets: Iterable[Target], kind: str) -> None:
    """What stands for a value is neither computed with nor put in order."""
    for each in targets:
        if each.meta.is_disguised:
            raise InputError(f"{kind} of {each.name!r}: the owner hides what it holds; it can be counted")
