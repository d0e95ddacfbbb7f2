"""What is written to a record, and what the host says was written (sections 6.2 and 6.6). Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .contents import Value
from .request_scripts import ScriptOutcomes


@dataclass(frozen=True, slots=True)
class PortalWrite:
    """A portal row to write. Without `record_id` it is a new row. With `mod_id` it is written only if it is unchanged."""

    fields: Mapping[str, Value]
    record_id: str | None = None
    mod_id: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """What to write to a record. `delete_related` holds (table occurrence, related record id)."""

    fields: Mapping[str, Value]
    portals: Mapping[str, tuple[PortalWrite, ...]] = field(default_factory=dict[str, tuple[PortalWrite, ...]])
    delete_related: tuple[tuple[str, str], ...] = ()
    skip_validation: bool = False
    override_prohibition: bool = False
    """`options.entrymode` and `prohibitmode`: `script`, where the owner allows it (section 6.6)."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A related record created through a portal (section 6.2)."""

    occurrence: str
    record_id: str
    mod_id: str


@dataclass(frozen=True, slots=True)
class WrittenRecord:
    record_id: str
    mod_id: str
    """Empty where the host does not tell (a container upload to some hosts, section 10.1)."""
    new_rows: tuple[NewRow, ...] = ()
    scripts: ScriptOutcomes = field(default_factory=ScriptOutcomes)
