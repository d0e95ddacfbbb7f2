"""Texts computed from what is there: appended, replaced, and the lists of values that checkboxes keep, a value on each line.

A pattern is matched by RE2, whose time grows with the text alone; Python's own engine can take hours for one line.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from ...criteria.collation import Collation
from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta
from ...errors import InputError

Before = Mapping[str, Value]
Computed = Callable[[Before], Value]
UNCHANGED = "Nothing was changed."
LONGEST_PATTERN, PATTERN_MEMORY = 1_000, 8_000_000
MOST_CHARACTERS = 1_000_000
"""What a replacement may make of one field."""
MOST_PLACES = 20_000
"""Of one text that a pattern may fit: each takes microseconds, in which others wait."""
REFERENCES = re.compile(r"\\(?:([0-9]{1,2})|g<)")
"""To a group, in what a pattern's match is replaced with."""
SAME = Collation().key
"""FileMaker compares values without regard to capitals."""


def appended(name: str, text: str) -> Computed:
    """An empty field gets no return in front: `\\nNote` makes a second line only below a first."""

    def result(before: Before) -> Value:
        there = before.get(name, "")
        return text.lstrip("\r\n") if there == "" else f"{there}{text}"

    return result


def with_values(meta: FieldMeta, name: str, raw: object) -> Computed:
    """The list with values that it does not have yet, at its end; other values stay as and where they are."""
    values = _listed(meta, name, "add_value", raw)

    def result(before: Before) -> Value:
        text = str(before.get(name, ""))
        lines = [line for line in text.splitlines() if line]
        have = {SAME(line) for line in lines}
        new = [value for value in values if SAME(value) not in have]
        return "\n".join([*lines, *new]) if new else text

    return result


def without_values(meta: FieldMeta, name: str, raw: object) -> Computed:
    values = {SAME(value) for value in _listed(meta, name, "remove_value", raw)}

    def result(before: Before) -> Value:
        text = str(before.get(name, ""))
        lines = [line for line in text.splitlines() if line]
        left = [line for line in lines if SAME(line) not in values]
        return "\n".join(left) if len(left) < len(lines) else text

    return result


def replaced(meta: FieldMeta, name: str, old: str, new: str, *, is_pattern: bool) -> Computed:
    """Every occurrence, capitals told apart, as FileMaker's Substitute does. In a pattern's `new` `\\1` is its first group."""
    _only_text(meta, name, "replace")
    if not old:
        raise InputError(f"'replace' in {name!r} names no text", advice=UNCHANGED)
    work: Callable[[str], str] = (
        _pattern(name, old, new) if is_pattern else lambda text: text.replace(old, new)
    )

    def result(before: Before) -> Value:
        text = str(before.get(name, ""))
        if not is_pattern and len(text) + text.count(old) * (len(new) - len(old)) > MOST_CHARACTERS:
            raise _too_long(name)
        made = work(text)  # a pattern is bounded while it is replaced
        if len(made) > MOST_CHARACTERS:
            raise _too_long(name)
        return made

    return result


def _pattern(name: str, old: str, new: str) -> Callable[[str], str]:
    re2 = cast("Any", importlib.import_module("re2"))
    options = re2.Options()
    options.log_errors, options.max_mem = False, PATTERN_MEMORY
    try:
        if len(old) > LONGEST_PATTERN:
            raise ValueError("too long")
        compiled = re2.compile(old, options)
        compiled.sub(new, "")
        _check_groups(new, compiled.groups)
    except (re2.error, ValueError, IndexError) as error:
        raise InputError(
            f"The pattern {old[:80]!r} for {name!r} cannot be used: {_said(error)[:100]}",
            advice=f"It takes RE2's syntax, which has no look-around and no back references. {UNCHANGED}",
        ) from error
    return lambda text: str(compiled.sub(_Bounded(name, new), text))


class _Bounded:
    """What stands in the place of each match. Raises InputError before more is made than a field may hold: a text that takes the
    same group a thousand times could make gigabytes of one match."""

    def __init__(self, name: str, new: str) -> None:
        self._name, self._new = name, new
        taken = REFERENCES.findall(new.replace("\\\\", ""))
        self._groups = [int(number) if number else 0 for number in taken]
        self._length = self._places = 0

    def __call__(self, match: Any) -> str:
        self._places += 1
        self._length += len(self._new) + sum(len(match.group(group) or "") for group in self._groups)
        if self._length > MOST_CHARACTERS:
            raise _too_long(self._name)
        if self._places > MOST_PLACES:
            raise InputError(
                f"The pattern for {self._name!r} fits more than {MOST_PLACES:,} places of one text",
                advice=UNCHANGED,
            )
        return str(match.expand(self._new))


def _check_groups(new: str, groups: int) -> None:
    numbers = [int(after[0]) for after in new.replace("\\\\", "").split("\\")[1:] if after[:1].isdigit()]
    if any(number > groups for number in numbers):
        raise ValueError(f"it has {groups} groups, and the new text takes group {max(numbers)}")


def _said(error: Exception) -> str:
    """RE2 says why in bytes."""
    first: object = error.args[0] if error.args else ""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


def _too_long(name: str) -> InputError:
    return InputError(f"{name!r} would become longer than {MOST_CHARACTERS:,} characters", advice=UNCHANGED)


def _listed(meta: FieldMeta, name: str, form: str, raw: object) -> list[str]:
    """The values that are meant, each once."""
    _only_text(meta, name, form)
    values = cast("Sequence[object]", raw if isinstance(raw, list) else [raw])
    texts = [value.strip() for value in values if isinstance(value, str)]
    if not texts or len(texts) < len(values) or any(not text or len(text.splitlines()) > 1 for text in texts):
        raise InputError(
            f"{form!r} in {name!r} takes a value of one line, or several of them", advice=UNCHANGED
        )
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(SAME(text), text)
    return list(kept.values())


def _only_text(meta: FieldMeta, name: str, form: str) -> None:
    if meta.type != "text":
        raise InputError(
            f"{form!r} works on text fields, and {name!r} is a {meta.type} field", advice=UNCHANGED
        )
