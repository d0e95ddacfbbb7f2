"""What the Data API speaks of, typed: layouts, fields, records, pages, scripts. Frozen values without behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

Several = dict[str, tuple[str, ...]]
Untold = dict[str, Mapping[str, str]]
Value = str | int | Decimal
"""A field's content as it travels: text, or a number with all its digits."""


@dataclass(frozen=True, slots=True)
class FieldMeta:
    """One field of a layout (section 5.3)."""

    name: str
    """`Occurrence::Field` for a related field."""
    type: str
    """`text`, `number`, `date`, `time`, `timeStamp`, `container`, or `invalid` for a broken object."""
    kind: str = "normal"
    """`normal`, `calculation` or `summary`."""
    value_list: str | None = None
    is_global: bool = False
    auto_enter: bool = False
    required: bool = False
    numeric: bool = False
    four_digit_year: bool = False
    max_characters: int = 0
    max_repetitions: int = 1
    first_repetition: int = 1
    last_repetition: int = 1
    display: str = "editText"
    is_disguised: bool = False
    """Something else stands for its values: pseudonyms, which tell what is equal and nothing else, or parts, equal ones of which may differ."""
    is_masked: bool = False

    @property
    def is_related(self) -> bool:
        return "::" in self.name

    @property
    def shown_names(self) -> tuple[str, ...]:
        """The keys under which its repetitions appear in a record (section 8.1)."""
        if self.max_repetitions == 1:
            return (self.name,)
        return tuple(f"{self.name}({n})" for n in range(self.first_repetition, self.last_repetition + 1))


@dataclass(frozen=True, slots=True)
class PortalMeta:
    name: str
    """The portal object's name, else the table occurrence: the key in a record's portal data."""
    fields: Mapping[str, FieldMeta]

    @property
    def occurrence(self) -> str:
        """As far as names tell: itself, or what most of its fields carry. Of rows, only records tell (`PortalRows.occurrence`)."""
        names = [name.partition("::")[0] for name in self.fields if "::" in name]
        return max(names, key=names.count) if names and self.name not in names else self.name


@dataclass(frozen=True, slots=True)
class ValueListMeta:
    """Its kind is `customList` or `byField`. With each value stands what the user sees."""

    name: str
    kind: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LayoutMeta:
    name: str
    fields: Mapping[str, FieldMeta]
    portals: Mapping[str, PortalMeta]
    value_lists: Mapping[str, ValueListMeta]
    renamed: Mapping[str, str] = field(default_factory=dict[str, str], compare=False)
    """Names that fields had when the layout was described before -> what they are probably called now."""
    homes: Mapping[str, tuple[str, ...]] = field(default_factory=Several, compare=False)
    """Occurrence (folded) -> the layouts of the table it stands for; filled where a rule may speak of them."""
    home_fields: Mapping[str, tuple[str, ...]] = field(default_factory=Several, compare=False)
    """Layout among `homes` -> its fields (folded), of those layouts whose fields had to be known; none where nobody tells."""
    kin: Mapping[str, tuple[str, ...]] = field(default_factory=Several, compare=False)
    """The same by all that tells base tables, a map included: for rules that open nothing."""
    unplaced: Mapping[str, Mapping[str, str]] = field(default_factory=Untold, compare=False)
    """By a key of `kin`, an empty one for all related tables: layouts (folded) that may show the table too -> why nobody can tell."""
    places: Mapping[str, str] = field(default_factory=dict[str, str], compare=False)
    """Layout (folded) -> its table occurrence: of this one and of those that rules speak of, where it is known."""
    limited_to: Mapping[str, tuple[str, ...]] = field(default_factory=Several, compare=False)
    """Field -> values: the only records that exist for this assistant. Every find is joined to them below."""
    is_checked_here: bool = field(default=False, compare=False)
    """The host's find does not tell those records exactly: each one that comes back is compared here."""

    def field_named(self, name: str) -> FieldMeta | None:
        """The field on the layout or in one of its portals; a repetition's number in the name is overlooked."""
        bare = name.rpartition("(")[0] if name.endswith(")") and name not in self.fields else name
        if (found := self.fields.get(name) or self.fields.get(bare)) is not None:
            return found
        for portal in self.portals.values():
            if (found := portal.fields.get(name) or portal.fields.get(bare)) is not None:
                return found
        return None


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A layout or a script with its folders. Separators and the folders themselves are left out."""

    name: str
    folder: tuple[str, ...] = ()
    table: str = ""
    """A layout's table occurrence where the host tells (section 5.1)."""


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
class ScriptCall:
    name: str
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Scripts:
    """Scripts that run with another request (section 9.1)."""

    prerequest: ScriptCall | None = None
    presort: ScriptCall | None = None
    after: ScriptCall | None = None


@dataclass(frozen=True, slots=True)
class ScriptOutcome:
    error: int
    """The last error of the run, 0 for none (section 9.1)."""
    result: str | None
    """The text of Exit Script, or None when the script ended without one."""


@dataclass(frozen=True, slots=True)
class ScriptOutcomes:
    prerequest: ScriptOutcome | None = None
    presort: ScriptOutcome | None = None
    after: ScriptOutcome | None = None


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
class NewRow:
    """A related record created through a portal (section 6.2)."""

    occurrence: str
    record_id: str
    mod_id: str


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
class WrittenRecord:
    record_id: str
    mod_id: str
    """Empty where the host does not tell (a container upload to some hosts, section 10.1)."""
    new_rows: tuple[NewRow, ...] = ()
    scripts: ScriptOutcomes = field(default_factory=ScriptOutcomes)


@dataclass(frozen=True, slots=True)
class File:
    """A container's content."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
