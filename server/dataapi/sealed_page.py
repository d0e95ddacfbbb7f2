"""A page of records kept as the host sent it, and the few fields of it that a question needs, column by column.

Counting and summing over a large found set looks at two or three fields of each record; building every record in between
would cost more than fetching it. Only `Database` opens a page, so what the policy hides stays hidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Any, cast

from ..codes import error_for
from ..errors import NotFileMaker
from ..text.exact_json import exact_json
from ..text.numbers import fraction_read
from .contents import PLAIN, Value, content

AWKWARD = re.compile(r'["\\\x00-\x1f]')
"""In names that msgspec takes for no key of a structure."""
FIELDS_OF, ID_OF = attrgetter("fieldData"), attrgetter("recordId")
"""Of a record; thousands are asked, one after the other."""
MISSING = object()
"""In place of a field that a record does not have; a null is a value that is empty."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The body of an answer. It is empty where nothing was found."""

    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """Records as columns: `columns[name][n]` belongs to `ids[n]`. A field that a record lacks is None there."""

    ids: Sequence[str]
    columns: Mapping[str, Sequence[Value | None]]
    found: int | None
    """As `Page.found`."""
    passed_over: Sequence[str] = ()
    """Ids of records that came with the page and are not among the rows: they lie out of scope."""
    host_found: int = 0
    """What the host counts where `found` is None."""

    @property
    def reach(self) -> int:
        """As `Page.reach`."""
        return self.host_found if self.found is None else self.found


class Projection:
    """Opens sealed pages: some fields of the layout itself (not of portals), every number with all its digits."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = tuple(dict.fromkeys(fields))
        self._decoder, self._tuple_of = _decoder(len(self.fields), self.fields)

    def open(self, sealed: Sealed) -> Rows:
        if not sealed.body:
            return Rows((), dict.fromkeys(self.fields, ()), 0)
        import msgspec

        try:
            try:
                body = self._decoder.decode(sealed.body)
            except (msgspec.DecodeError, UnicodeDecodeError):  # half an emoji, or a number of 5,000 digits
                body = msgspec.convert(exact_json(sealed.body), self._decoder.type)
            told = [(int(message.code), message.message) for message in body.messages]
            ids = _checked([*map(ID_OF, body.response.data)], told)
        except (msgspec.MsgspecError, ValueError) as error:
            raise NotFileMaker("The host sent JSON that is no page of records", status=200) from error
        for code, message in told:
            if code:
                raise error_for(code, message)
        data = body.response.data
        rows = [*map(self._tuple_of, map(FIELDS_OF, data))]
        columns = map(_contents, zip(*rows, strict=True)) if rows else ((),) * len(self.fields)
        told_of = body.response.dataInfo.foundCount if body.response.dataInfo else None
        found = len(data) if told_of is None else told_of
        return Rows(ids, dict(zip(self.fields, columns, strict=False)), found)


def _decoder(count: int, names: Sequence[str]) -> tuple[Any, Any]:
    """Structures with just these keys. msgspec skips all others without building objects for them."""
    import msgspec

    keys = {f"f{n}": name for n, name in enumerate(names)}
    fields: list[tuple[str, Any, Any]] = [(key, Any, MISSING) for key in keys]
    plain = not any(AWKWARD.search(name) for name in names)
    field_data = msgspec.defstruct("FieldData", fields, rename=keys, gc=False) if plain else dict[str, Any]
    record = msgspec.defstruct("Record", [("fieldData", field_data), ("recordId", str)], gc=False)
    info = msgspec.defstruct("DataInfo", [("foundCount", int | None, None)])
    response = msgspec.defstruct("Response", [("data", list[record]), ("dataInfo", info | None, None)])
    message = msgspec.defstruct("Message", [("code", str), ("message", str, "")])
    body = msgspec.defstruct("Body", [("response", response), ("messages", list[message], [])])
    decoder = cast("Any", msgspec.json.Decoder(body, float_hook=fraction_read))
    return decoder, msgspec.structs.astuple if plain else partial(_picked, names)


def _checked(ids: list[str], told: Sequence[object]) -> list[str]:
    """Raises ValueError for what is no record id, and for an answer without a message, as a page of records elsewhere does."""
    if not (told and all(map(str.isdecimal, ids)) and "".join(ids).isascii()):
        raise ValueError("recordId")
    return ids


def _picked(names: Sequence[str], fields: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(fields.get(name, MISSING) for name in names)


def _contents(column: tuple[Any, ...]) -> tuple[Value | None, ...]:
    if PLAIN.issuperset(map(type, column)):
        return column
    return tuple(None if value is MISSING else content(value) for value in column)
