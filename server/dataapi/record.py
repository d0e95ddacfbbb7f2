"""Records as the host answers them: their fields, portal rows and files, and pages of them (section 6.5). Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .contents import Value
from .request_scripts import ScriptOutcomes


@dataclass(frozen=True, slots=True)
class PortalRow:
    record_id: str
    mod_id: str
    fields: Mapping[str, Value]
    closed: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PortalRows:
    rows: tuple[PortalRow, ...]
    found: int
    """How many related rows there are, whatever was returned."""
    passed_over: int = 0
    """Rows that came and are not among these: they lie out of scope. `found` does not count them."""
    occurrence: str = ""
    """The table occurrence whose records the rows are (portalDataInfo, section 6.5); empty where the host does not tell."""
    namesakes: int = 1
    """Portals of this name on the layout. Of several, which have no object name, JSON keeps the rows of one (section 6.5 [U])."""


@dataclass(frozen=True, slots=True)
class Record:
    record_id: str
    mod_id: str
    fields: Mapping[str, Value]
    portals: Mapping[str, PortalRows] = field(default_factory=dict[str, PortalRows])
    closed: str = field(default="", compare=False)
    """Why the owner's rules keep it from being changed, as a sentence."""
    closed_related: Mapping[str, str] = field(default_factory=dict[str, str], compare=False)
    """Occurrence -> the same about the record that related fields on the layout belong to."""


@dataclass(frozen=True, slots=True)
class Page:
    records: tuple[Record, ...]
    found: int | None
    """Matches before offset and limit; None where the host counts records among them that do not exist for the assistant."""
    total: int
    """Records in the table, 0 where the host does not say (FileMaker 17)."""
    table: str = ""
    scripts: ScriptOutcomes = field(default_factory=ScriptOutcomes)
    passed_over: tuple[str, ...] = ()
    """Ids of records that came and are not among these: they lie out of scope."""
    host_found: int = 0
    """What the host counts where `found` is None."""

    @property
    def reach(self) -> int:
        """How many matches a reader has to go through on the host. Nobody is told of it: `found` can be told."""
        return self.host_found if self.found is None else self.found

    def uncounted(self) -> Page:
        """The same page where the host's count does not hold."""
        return replace(self, found=None, host_found=self.reach)

    @property
    def shown(self) -> int:
        return len(self.records)

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all that came, by which a reader goes on."""
        return (*(record.record_id for record in self.records), *self.passed_over)


@dataclass(frozen=True, slots=True)
class File:
    """A container's content."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
