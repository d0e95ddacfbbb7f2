"""What a map holds: frozen values without behaviour. Its JSON has the same names.

Nothing else of an export is kept: no accounts, people, paths, passwords, themes or positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .script_facts import ScriptFacts

Side = Literal["left", "right"]
Access = Literal["none", "view", "edit"]


@dataclass(frozen=True)
class AutoEnter:
    """What FileMaker enters by itself."""

    by: str
    """`serial`, `constant`, `calculation`, `lookup`, or `created`, `modified` and the like."""
    what: str = ""
    """The constant, the formula, or `Occurrence::Field` of a lookup."""
    replaces: bool = False
    """A calculation that also replaces what is there already."""
    always: bool = False


@dataclass(frozen=True)
class Rules:
    """Validation of a field."""

    required: bool = False
    unique: bool = False
    existing: bool = False
    value_list: str = ""
    minimum: str = ""
    maximum: str = ""
    formula: str = ""
    length: int = 0
    strict: str = ""
    always: bool = False
    """False: only during data entry."""
    override: bool = False
    message: str = ""


@dataclass(frozen=True)
class FieldFacts:
    id: int = 0
    kind: Literal["normal", "calculation", "summary"] = "normal"
    type: str = "text"
    """`text`, `number`, `date`, `time`, `timeStamp`, `container`, as the Data API names them."""
    formula: str = ""
    context: str = ""
    """The table occurrence from which a formula looks."""
    stored: bool = True
    is_global: bool = False
    repetitions: int = 1
    index: str = ""
    """`none`, `minimal`, `all`, or `auto` where FileMaker makes one when it is needed. Empty where that is not known."""
    language: str = ""
    auto_enter: AutoEnter | None = None
    fixed: bool = False
    """What it holds may not be changed by hand."""
    rules: Rules | None = None
    summary: str = ""
    """`Total`, `Count` and the like, of `of`."""
    of: str = ""
    comment: str = ""
    note: str = ""
    """The annotation for machines (FileMaker 26)."""


@dataclass(frozen=True)
class TableFacts:
    id: int = 0
    comment: str = ""
    fields: Mapping[str, FieldFacts] = field(default_factory=dict[str, FieldFacts])


@dataclass(frozen=True)
class OccurrenceFacts:
    table: str
    """Empty where the export does not tell: the other file could not be opened."""
    file: str = ""
    """The other file that holds the table, by the name of its data source."""
    id: int = 0


@dataclass(frozen=True)
class Relation:
    left: str
    right: str
    """Names of occurrences."""
    match: tuple[tuple[str, str, str], ...] = ()
    """Left field, `=` `!=` `<` `<=` `>` `>=` or `x`, right field. All of them hold. Empty where it is not known."""
    create: tuple[Side, ...] = ()
    delete: tuple[Side, ...] = ()
    """Sides whose records go when one of the other side is deleted."""


@dataclass(frozen=True)
class PortalPlace:
    occurrence: str
    name: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayoutPlace:
    name: str
    occurrence: str
    id: int = 0
    folder: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """`Occurrence::Field` where it is not of the layout's own occurrence."""
    portals: tuple[PortalPlace, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field -> the value list it offers."""
    displays: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field -> its control, where it is no edit box."""
    scripts: tuple[str, ...] = ()
    """What its buttons and triggers call."""


@dataclass(frozen=True)
class ListFacts:
    values: tuple[str, ...] = ()
    field: str = ""
    second: str = ""
    related_from: str = ""


@dataclass(frozen=True)
class TableRights:
    """`yes`, `no`, or the formula that decides."""

    view: str = "no"
    edit: str = "no"
    create: str = "no"
    delete: str = "no"
    fields: Mapping[str, Access] = field(default_factory=dict[str, Access])
    """Where fields differ; `*` for the others."""


@dataclass(frozen=True)
class Privileges:
    full_access: bool = False
    extended: tuple[str, ...] = ()
    tables: Mapping[str, TableRights] = field(default_factory=dict[str, TableRights])
    """`*` for the others."""
    layouts: Mapping[str, Access] = field(default_factory=dict[str, Access])
    scripts: Mapping[str, Literal["run", "none"]] = field(default_factory=dict[str, Literal["run", "none"]])


@dataclass(frozen=True)
class FileFacts:
    """One FileMaker file."""

    tables: Mapping[str, TableFacts] = field(default_factory=dict[str, TableFacts])
    occurrences: Mapping[str, OccurrenceFacts] = field(default_factory=dict[str, OccurrenceFacts])
    relations: tuple[Relation, ...] = ()
    layouts: tuple[LayoutPlace, ...] = ()
    lists: Mapping[str, ListFacts] = field(default_factory=dict[str, ListFacts])
    scripts: tuple[ScriptFacts, ...] = ()
    functions: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Custom functions and their parameters; no bodies."""
    privileges: Mapping[str, Privileges] = field(default_factory=dict[str, Privileges])
    filemaker: str = ""
    """The version that wrote the export."""
    schema_version: str = ""
    """OData's mark of this schema; it tells that something changed, never what."""


@dataclass(frozen=True)
class Solution:
    kind: Literal["xml", "report", "odata"]
    learned: str
    """The day on which it was learned, ISO."""
    changed: str = ""
    """The day of the latest change that the export knows of."""
    files: Mapping[str, FileFacts] = field(default_factory=dict[str, FileFacts])
    """By the file's name without its ending."""

    @property
    def date(self) -> str:
        """What answers call the map by."""
        return self.changed or self.learned
