"""A layout as the host describes it: fields, portals and value lists (section 5.3). Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Several = dict[str, tuple[str, ...]]
Untold = dict[str, Mapping[str, str]]


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
