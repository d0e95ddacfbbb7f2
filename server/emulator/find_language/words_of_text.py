"""The words of one text, looked up so that many terms cost little more than one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..values import text_words as words
from .patterns import Term


class WordsOfText:
    """The text is already in the form in which it is compared."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._language = language
        self._words = words.words(text, language)

    def has(self, term: Term) -> bool:
        """Whether some word begins as the term asks, or is all of it (`=abc`)."""
        literal, prefix = term.pattern.literal, term.pattern.prefix
        if term.whole:
            if literal is not None:
                return literal in self._set
            return any(map(term.pattern.covers, self._beginning(prefix)))
        if any(map(term.pattern.starts, self._beginning(prefix))):
            return True
        return any(
            term.pattern.starts(word, at)
            for word in self._words
            for at in words.inner_starts(word, self._language)
        )

    def runs(self, term: Term) -> bool:
        """Whether a term that may cross words begins where a word does, or between words."""
        literal = term.pattern.literal
        for start in self._places(term.pattern.prefix):
            if not term.anywhere and self._is_inside(start) and not self._may_begin(start):
                continue
            if not term.pattern.starts(self._text, start):
                continue
            if not term.whole:
                return True
            ends: Sequence[int] = range(start + 1, len(self._text) + 1)
            if literal is not None:
                ends = (start + len(literal),)
            if any(not self._is_inside(end) and term.pattern.covers(self._text, start, end) for end in ends):
                return True
        return False

    @cached_property
    def _set(self) -> frozenset[str]:
        return frozenset(self._words)

    @cached_property
    def _ordered(self) -> list[str]:
        return sorted(self._set)

    def _beginning(self, prefix: str) -> Iterator[str]:
        if not prefix:
            yield from self._words
            return
        ordered = self._ordered
        for at in range(bisect_left(ordered, prefix), len(ordered)):
            if not ordered[at].startswith(prefix):
                return
            yield ordered[at]

    def _places(self, prefix: str) -> Iterator[int]:
        if not prefix:
            yield from range(len(self._text))
            return
        at = self._text.find(prefix)
        while at >= 0:
            yield at
            at = self._text.find(prefix, at + 1)

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return words.word_spans(self._text, self._language)

    def _is_inside(self, at: int) -> bool:
        index = bisect_right(self._spans, (at, 0)) - 1
        return index >= 0 and self._spans[index][0] < at < self._spans[index][1]

    def _may_begin(self, at: int) -> bool:
        return words.is_inner_start(self._text, at, self._language)
