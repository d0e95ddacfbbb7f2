"""One call of the Data API, before it has an address. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class RequestEffect(Enum):
    """What a request may do, whatever its HTTP method: in the Data API a GET can run a script."""

    READS = "reads"
    WRITES = "writes"
    RUNS = "runs"


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One call of the API. `path` holds unencoded segments below the database."""

    method: str
    path: tuple[str, ...]
    effect: RequestEffect
    what: str
    """What we are about to do, for error messages: `Reading 'Invoices'`."""
    parameters: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None
    timeout: float | None = None
    host_level: bool = False
    """The path stands below the host instead of the database (section 3)."""
