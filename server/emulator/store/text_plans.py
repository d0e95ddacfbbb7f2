"""Plans for criteria on text: words, whole fields, and text that crosses words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..find_language.criterion import WholeText, Words
from ..find_language.patterns import Pattern, Term, Wild
from ..values import text_words as words
from .index_plans import Plan, Seek, one, prefixed
from .indexes import Kind
from .word_index import INNER, PART_OF_WORD


def plan_words(criterion: Words, language: str) -> Plan:
    """All terms at once."""
    ways = [_term(term, language) for term in criterion.terms]
    seeks = tuple(dict.fromkeys(seek for way in ways for seek in way))
    return Plan(seeks, exact=all(len(way) == 1 and way[0].exact for way in ways))


def plan_whole(criterion: WholeText, language: str) -> Plan:
    """The whole field, or one of its lines."""
    pattern = criterion.pattern
    # Under Default the key is coarser than the comparison.
    exact = language != words.DEFAULT and not criterion.lines
    parts = " AND part IN (0,1,2)" if criterion.lines else " AND part IN (0,2)"
    prefix = words.for_index(pattern.prefix, language)
    if pattern.literal is not None:
        return one(Seek(Kind.VALUES, f"key=?{parts}", (prefix,), exact)) if prefix else Plan()
    if prefix:
        return one(prefixed(Kind.VALUES, "key", prefix, parts, exact=exact and _only_prefix(pattern)))
    return Plan(tuple(_holding(Kind.VALUES, "key", pattern, language)))


def _only_prefix(pattern: Pattern) -> bool:
    return len(pattern.pieces) == 2 and pattern.pieces[1] is Wild.MANY


def _term(term: Term, language: str) -> list[Seek]:
    literal = term.pattern.literal
    prefix = term.pattern.prefix
    if term.running or term.quoted:
        return _crossing(term, words.for_comparing(prefix, language), language)
    if literal is not None and term.whole:
        return [Seek(Kind.WORDS, "word=?", (literal,), exact=True)]
    if prefix:
        exact = literal is not None or _only_prefix(term.pattern)
        if term.whole:
            return [prefixed(Kind.WORDS, "word", prefix, entire_words(language), exact=exact)]
        return [_begun(prefix, exact=exact)]
    return _holding(Kind.WORDS, "word", term.pattern, language)


def entire_words(language: str) -> str:
    """Leaves out what the index keeps of words for searches that begin inside them."""
    return "" if language == words.UNICODE else f" AND substr(word, -1)<>char({ord(PART_OF_WORD)})"


def _begun(prefix: str, *, exact: bool) -> Seek:
    """A seek for words that begin with the prefix, or hold it in a run of kanji and kana."""
    seek = prefixed(Kind.WORDS, "word", prefix, exact=exact)
    if len(prefix) <= INNER:
        return seek
    # Only so much of what stands inside a word is in the index.
    return Seek(seek.kind, f"({seek.where} OR word=?)", (*seek.values, prefix[:INNER] + PART_OF_WORD))


def _crossing(term: Term, text: str, language: str) -> list[Seek]:
    """Each word in text that crosses words starts a word of the field, save where its own start is not known."""
    if term.anywhere:
        known = re.split(r"\s", text, maxsplit=1)[1:]
        found = words.words(known[0], language) if known else []
    else:
        found = words.words(text, language)
        if text and words.is_joiner(text[0], language):  # after kanji or kana it is no beginning: が-Chris
            found = found[1:]
    if found:
        return [_begun(word, exact=False) for word in found]
    return _holding(Kind.VALUES, "key", term.pattern, language)


def _holding(kind: Kind, name: str, pattern: Pattern, language: str) -> list[Seek]:
    """The longest run of characters that stands in the index just as it stands in the text: plain ASCII."""
    plain = re.compile(r"[^\x00]+" if language == words.UNICODE else r"[\x01-\x7f]+")
    runs = [run for piece in _literals(pattern) for run in plain.findall(piece)]
    return [Seek(kind, f"instr({name}, ?)>0", (max(runs, key=len),))] if runs else []


def _literals(pattern: Pattern) -> Iterable[str]:
    return [piece for piece in pattern.pieces if isinstance(piece, str)]
