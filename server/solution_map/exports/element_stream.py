"""Reads an export with the standard library's pull parser, an object at a time, so that memory stays flat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from ...errors import InputError
from .export_text import mended, pieces

MOST_DEPTH = 400
MOST_PROLOG = 65_536
_ASIDE = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
"""Comments and instructions, which may hold anything."""
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")


class Malformed(Exception):
    """Not well-formed XML; `is_cut` where it simply ends too early."""

    def __init__(self, words: str, *, is_cut: bool) -> None:
        super().__init__(words)
        self.is_cut = is_cut


@dataclass(frozen=True)
class Grammar:
    """Which objects are handed on, and what inside them is never looked at."""

    objects: Mapping[str, str]
    """Catalog -> the element that is one object of it."""
    skipped: frozenset[str] = frozenset()
    """Elements in which nothing is an object."""
    dropped: frozenset[str] = frozenset()
    """Elements inside an object that are let go at once."""
    headers: frozenset[str] = frozenset()
    """Elements directly below a catalog that are handed on: which table the fields are of."""
    noticed: frozenset[str] = frozenset()
    """Elements anywhere that are handed on one by one, to be counted."""


@dataclass(frozen=True)
class Found:
    """One object of an export."""

    catalog: str
    """Empty for an element that is only noticed."""
    above: Sequence[Element]
    """The elements around it, the root first. They have attributes and no children yet."""
    element: Element


def root_of(path: Path) -> str:
    """The name of the root element. Raises InputError for what is no XML, or defines entities."""
    text = ""
    for piece in pieces(path):
        text += piece
        prolog = _ASIDE.sub("", text)
        found = _ROOT.search(prolog)
        if "<!DOCTYPE" in (prolog if found is None else prolog[: found.start()]):
            raise InputError(
                f"{path.name} has a DOCTYPE, which no export of FileMaker has",
                advice="It was not read further. Export the solution from FileMaker again.",
            )
        if found is not None:
            return found[1]
        if len(text) > MOST_PROLOG:
            break
    raise InputError(f"{path.name} is no XML", advice=EXPORT)


EXPORT = "In FileMaker Pro, choose Tools > Save a Copy as XML (with the advanced tools on) and give the file it writes."


def objects(path: Path, grammar: Grammar, *, mend: bool) -> Iterator[Found]:
    """Every object that the grammar names. Raises Malformed and InputError."""
    texts = pieces(path)
    yield from _Stream(grammar).read(mended(texts) if mend else texts)


class _Stream:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
        self._above: list[Element] = []
        self._catalog = ""
        self._catalog_depth = 0
        self._object_depth = 0
        """Of the object that is open, 0 for none."""
        self._skipped_depth = 0

    def read(self, texts: Iterable[str]) -> Iterator[Found]:
        try:
            for text in texts:
                self._parser.feed(text)
                yield from self._events()
        except ParseError as error:
            raise Malformed(str(error), is_cut=False) from None
        try:
            self._parser.close()
        except ParseError as error:
            raise Malformed(str(error), is_cut=True) from None
        yield from self._events()

    def _events(self) -> Iterator[Found]:
        above, grammar = self._above, self._grammar
        events = cast("Iterator[tuple[str, Element]]", self._parser.read_events())
        for event, element in events:
            if event == "start":
                above.append(element)
                if not self._object_depth:
                    self._enter(element.tag, len(above))
                if len(above) > MOST_DEPTH:
                    raise InputError("The file nests its elements deeper than any export does", advice=EXPORT)
                continue
            depth = len(above)
            above.pop()
            if element.tag in grammar.noticed:
                yield Found("", above, element)
            if depth == self._object_depth:
                self._object_depth = 0
                yield Found(self._catalog, above, element)
            elif self._object_depth:
                if element.tag in grammar.dropped:
                    _let_go(above, element)
                continue
            else:
                if element.tag in grammar.headers and depth == self._catalog_depth + 1:
                    yield Found(self._catalog, above, element)
                self._leave(depth)
            _let_go(above, element)

    def _enter(self, tag: str, depth: int) -> None:
        if self._skipped_depth:
            return
        if tag in self._grammar.skipped:
            self._skipped_depth = depth
        elif tag in self._grammar.objects and not (
            self._catalog and tag == self._grammar.objects[self._catalog]
        ):
            self._catalog, self._catalog_depth = tag, depth
        elif self._catalog and tag == self._grammar.objects[self._catalog]:
            self._object_depth = depth

    def _leave(self, depth: int) -> None:
        if depth == self._skipped_depth:
            self._skipped_depth = 0
        elif depth == self._catalog_depth:
            self._catalog, self._catalog_depth = "", 0


def _let_go(above: Sequence[Element], element: Element) -> None:
    """Takes it out of its parent, where the parser may have put later ones behind it already."""
    if above:
        above[-1].remove(element)
