"""Parameters that tools share, each described once."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Layout = Annotated[str, Field(description="As list_layouts gives it", min_length=1)]
RecordId = Annotated[
    str, Field(description="FileMaker's record id, as `id` in answers", pattern=r"^\d{1,19}$")
]
