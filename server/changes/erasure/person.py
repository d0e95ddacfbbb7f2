"""Whose contents are meant: a person is known by the key of their records, by record ids, and by texts that the owner names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any, cast

from ...text.near_names import folded
from ..plans.codec import read

SHORTEST = 4
"""Letters of a key that is looked for in any text. A shorter one would be found in what has nothing to do with the person."""


@dataclass(frozen=True)
class Person:
    """`keys`: layout (folded) -> the field whose value names a record, as the owner's policy knows it."""

    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    key: str = ""
    records: frozenset[tuple[str, str]] = frozenset()
    """(layout, folded; record id)"""
    texts: tuple[str, ...] = ()
    """A name, an e-mail address: whatever else tells of the person."""

    def called(self, key: str) -> Person:
        return replace(self, key=key, records=frozenset(), texts=())

    def is_record(self, layout: str, record_id: str | None, parts: Iterable[object]) -> bool:
        """Whether contents of a record are the person's own: by its id, or by the field that is the key on that layout."""
        if record_id and (folded(layout), record_id) in self.records:
            return True
        named = self.keys.get(folded(layout))
        return bool(self.key and named) and any(
            folded(name) == folded(named or "") and self._is_key(value)
            for part in parts
            for name, value in _fields(part)
        )

    def is_in(self, text: str) -> bool:
        """Whether a text, or JSON, names the person."""
        if self._words is not None and self._words.search(text):
            return True
        return self.is_short and self._is_in_key_field(text)

    def _is_in_key_field(self, text: str) -> bool:
        try:
            told = read(text) if text.startswith(("{", "[")) else None
        except ValueError:  # a text that only looks like JSON
            return False
        return any(
            folded(name.rpartition("::")[2]) in self._key_fields and self._is_key(value)
            for name, value in _fields(told)
        )

    @property
    def is_short(self) -> bool:
        """Whether the key is looked for in key fields alone."""
        return 0 < len(self.key) < SHORTEST

    @cached_property
    def _words(self) -> re.Pattern[str] | None:
        wanted = [*self.texts, *([self.key] if len(self.key) >= SHORTEST else [])]
        # as JSON and workbooks have it
        forms = dict.fromkeys(
            form
            for text in wanted
            for form in (text, json.dumps(text, ensure_ascii=False)[1:-1], escape(text))
        )
        if not forms:
            return None
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)", re.IGNORECASE)

    @cached_property
    def _key_fields(self) -> frozenset[str]:
        return frozenset(map(folded, self.keys.values()))

    def _is_key(self, value: object) -> bool:
        return not isinstance(value, Mapping | list | tuple) and folded(str(value).strip()) == folded(
            self.key
        )


def _fields(part: object) -> Iterator[tuple[str, Any]]:
    """Every name and value within, however deep; `["Field", value]` of a key, too."""
    if isinstance(part, Mapping):
        for name, value in cast("Mapping[str, object]", part).items():
            yield name, value
            yield from _fields(value)
    elif isinstance(part, list | tuple):
        each = cast("list[object]", part)
        if len(each) == 2 and isinstance(each[0], str):
            yield each[0], each[1]
        for value in each:
            yield from _fields(value)
