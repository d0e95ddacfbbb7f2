"""What is asked of a layout: find requests, an order, a range, portals (sections 6.5 and 7). Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .request_scripts import Scripts


@dataclass(frozen=True, slots=True)
class PortalRange:
    """Which rows of a portal: `offset` from 1, `limit` rows (the host's default is 50, section 6.5)."""

    name: str
    offset: int = 1
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class SortKey:
    field: str
    order: str = "ascend"
    """`ascend`, `descend`, or the name of a value list."""


@dataclass(frozen=True, slots=True)
class FindRequest:
    """One find request: field -> criterion in FileMaker's own syntax, all of which must match (section 7.2)."""

    criteria: Mapping[str, str]
    omit: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What to read from a layout. Without `requests` it is every record."""

    layout: str
    requests: tuple[FindRequest, ...] = ()
    sort: tuple[SortKey, ...] = ()
    offset: int = 1
    limit: int = 100
    portals: tuple[PortalRange, ...] | None = None
    """None reads all portals with the host's default of 50 rows. An empty tuple reads none."""
    response_layout: str | None = None
    scripts: Scripts = field(default_factory=Scripts)
    needs: tuple[str, ...] = ()
    """Keys that each record should have. A record without them shows that the layout has changed."""
