"""Digests over what plans are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from ..unhurried import in_turns
from .codec import NO_ITEMS, step_body, written
from .step import Step, SummedItems

if TYPE_CHECKING:
    pass


def digest_of(*values: object) -> str:
    """Of the text that `written` makes of them, of which only a piece is held at a time."""
    digest = hashlib.sha256()
    for piece in _pieces(values):
        digest.update(piece.encode())
    return digest.hexdigest()


async def digest_in_turns(*values: object) -> str:
    """`digest_of` of what may be long."""
    digest = hashlib.sha256()
    async for piece in in_turns(_pieces(values)):
        digest.update(piece.encode())
    return digest.hexdigest()


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, SummedItems):
        yield "["
        for number, text in enumerate(value.texts()):
            yield f",{text}" if number else text
        yield "]"
    elif isinstance(value, list | tuple):
        yield "["
        for number, each in enumerate(cast("Sequence[object]", value)):
            yield "," if number else ""
            yield from _pieces(each)
        yield "]"
    elif isinstance(value, Step):
        head, _, tail = step_body(value).partition(NO_ITEMS)
        yield head + NO_ITEMS[:-2]
        yield from _pieces(value.items)
        yield tail
    else:
        yield written(value)


class StoredDigest:
    """What `digest_of` gave for the steps when they were stored, from the text of each and of its items: steps that were
    stored without the fields of today stay what they are."""

    def __init__(self, database: str, caller: str) -> None:
        self._digest = hashlib.sha256(f"[{written(database)},{written(caller)},[".encode())
        self._tail = ""
        self._separator = ""

    def step(self, body: str) -> None:
        head, _, tail = body.partition(NO_ITEMS)  # quotes within a text have a backslash before them
        self._digest.update(f"{self._tail}{head}{NO_ITEMS[:-1]}".encode())
        self._tail, self._separator = f"]{tail},", ""

    def items(self, texts: Sequence[str]) -> None:
        """The next ones of the step."""
        if texts:
            self._digest.update(f"{self._separator}{','.join(texts)}".encode())
            self._separator = ","

    def end(self) -> str:
        self._digest.update(f"{self._tail.removesuffix(',')}]]".encode())
        return self._digest.hexdigest()
