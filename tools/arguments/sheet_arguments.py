"""A sheet of the files folder as an argument: the parameters that tools share, and the request that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ...server.errors import InputError

if TYPE_CHECKING:
    from ...server.changes.imports.sheet_request import SheetRequest, WhenFound, WhenMissing

SheetFile = Annotated[
    str | None, Field(description="Or a CSV or XLSX in the files folder; read_container shows its columns")
]
SheetName = Annotated[str | None, Field(description="Of an XLSX, if not the first")]
ColumnMap = Annotated[
    dict[str, Any] | None,
    Field(
        description='Column -> field, "Portal::Field" or null (skip); field -> {"value": x} for every row; '
        'portal -> {"sheet": s, "by": column} for lines'
    ),
]
FileFormat = Annotated[
    dict[str, str] | None,
    Field(
        description="encoding, delimiter, headings (row|none), decimal (point|comma), dates (dmy|mdy|ymd), empty (clear), faulty (refuse)"
    ),
]


def sheet_request(
    file: str,
    sheet: str | None,
    columns: Mapping[str, object] | None,
    form: Mapping[str, str] | None,
    key: str | Sequence[str] | None = None,
    when_found: WhenFound = "edit",
    when_missing: WhenMissing = "skip",
) -> SheetRequest:
    """Raises InputError for a format that is none."""
    from ...server.changes.imports.sheet_request import SheetRequest

    keys = (key,) if isinstance(key, str) else tuple(key or ())
    return SheetRequest(file, sheet, columns or {}, keys, when_found, when_missing, form or {})


def refuse_without_file(file: str | None, **given: object) -> None:
    """Arguments about a file mean nothing without one."""
    stray = [name for name, value in given.items() if value is not None]
    if file is None and stray:
        raise InputError(f"{stray[0]!r} belongs to `file`", advice="Nothing was changed.")
