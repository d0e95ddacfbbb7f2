"""Whose contents are meant: a person is known by the key of their records, by record ids, and by texts that the owner names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ...text.near_names import folded
from .searched_text import SearchedText, normal

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
    naming: frozenset[str] = frozenset()
    """Layouts (folded) of which other records go too that name the key; `*` for all."""

    def called(self, key: str) -> Person:
        return replace(self, key=key, records=frozenset(), texts=())

    def has_key(self, key: str) -> bool:
        return bool(self.key) and normal(key) == normal(self.key)

    def is_record(self, layout: str, record_id: str | None, text: SearchedText) -> bool:
        """Whether contents of a record are the person's own: by its id, or by the field that is the key on that layout."""
        if record_id and (folded(layout), record_id) in self.records:
            return True
        named = self.keys.get(folded(layout))
        return bool(self.key and named) and any(
            folded(name) == folded(named or "") and self._is_key(value) for name, value in text.fields
        )

    def is_told(self, layout: str, text: SearchedText) -> bool:
        """Whether contents tell of the person: by a text that the owner names, or by the key where the layout is one of theirs, or of
        those that go for naming it."""
        if self._texts is not None and self._texts.search(text.values):
            return True
        takes = "*" in self.naming or folded(layout) in {*self.naming, *self.keys} or not self.keys
        return takes and self.has_name(text)

    def has_name(self, text: SearchedText) -> bool:
        """Whether a text names the key. One of digits alone, or a short one, counts in a field that is called as a key field is: as a
        text it would be found in amounts and dates of others."""
        if self.is_common:
            return any(
                folded(name.rpartition("::")[2]) in self._key_fields and self._is_key(value)
                for name, value in text.fields
            )
        return self._words is not None and self.is_named(text)

    @property
    def is_common(self) -> bool:
        """Whether the key is looked for in key fields alone."""
        return self.is_short or (bool(self.keys) and self.key.isdecimal())

    def is_in(self, text: str) -> bool:
        """Whether a text, or JSON, names the person."""
        return self.is_named(SearchedText(text))

    def is_named(self, text: SearchedText) -> bool:
        if self._words is not None and self._words.search(text.values):
            return True
        return self.is_short and any(
            folded(name.rpartition("::")[2]) in self._key_fields and self._is_key(value)
            for name, value in text.fields
        )

    @property
    def is_short(self) -> bool:
        """Whether the key is looked for in key fields alone."""
        return 0 < len(self.key) < SHORTEST

    @cached_property
    def _texts(self) -> re.Pattern[str] | None:
        return _any_of(self.texts)

    @cached_property
    def _words(self) -> re.Pattern[str] | None:
        return _any_of([*self.texts, *([self.key] if len(self.key) >= SHORTEST else [])])

    @cached_property
    def _key_fields(self) -> frozenset[str]:
        return frozenset(map(folded, self.keys.values()))

    def _is_key(self, value: object) -> bool:
        return not isinstance(value, Mapping | list | tuple) and self.has_key(str(value))


def _any_of(texts: Iterable[str]) -> re.Pattern[str] | None:
    forms = [form for text in texts if (form := normal(text))]
    if not forms:
        return None
    # an underscore parts words: file names have it where others have a blank
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, forms))})(?![^\W_])")
