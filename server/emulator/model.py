"""What a solution is made of: the nouns that the loader writes, the store keeps and the host serves.

Frozen, without behaviour. Names are FileMaker's. Sections in comments are those of the project's Data API reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldType(StrEnum):
    """The result types that layout metadata names (section 5.3)."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timeStamp"
    CONTAINER = "container"


class FieldKind(StrEnum):
    NORMAL = "normal"
    CALCULATION = "calculation"
    SUMMARY = "summary"


@dataclass(frozen=True)
class AutoEnter:
    """What FileMaker enters by itself: `serial`, `uuid`, `created`, `created_by`, `modified`, `modified_by`, `value` or `calculation`."""

    kind: str
    value: str = ""
    """A constant, or the Python expression of a calculation."""
    next_serial: int = 1
    increment: int = 1
    prefix: str = ""
    width: int = 0
    """Digits of a serial, padded with zeros: `C-0001` has four."""
    always: bool = False
    """Enter again at each change (calculations) rather than only when the field is empty."""


@dataclass(frozen=True)
class Validation:
    """Checks at commit (codes 500 to 511, section 6.7)."""

    required: bool = False
    unique: bool = False
    existing: bool = False
    minimum: str | None = None
    maximum: str | None = None
    value_list: str | None = None
    calculation: str | None = None
    strict_type: str | None = None
    """`numeric`, `fourDigitYear` or `timeOfDay`."""
    max_length: int | None = None
    message: str | None = None
    always: bool = True
    """False: only during data entry, so `options.entrymode: script` skips it (section 6.6)."""
    override: bool = False
    """True: users may override, so `options.entrymode: script` skips it."""


@dataclass(frozen=True)
class Field:
    name: str
    type: FieldType = FieldType.TEXT
    kind: FieldKind = FieldKind.NORMAL
    repetitions: int = 1
    is_global: bool = False
    index_language: str = "English"
    """`Unicode` compares code points, `Default` tells accents apart, a language folds accents (section 7.4)."""
    auto_enter: AutoEnter | None = None
    validation: Validation = field(default_factory=Validation)
    prohibit_modification: bool = False
    calculation: str | None = None
    """A Python expression over the record's fields."""
    stored: bool = True
    """False for an unstored calculation: computed when it is read."""
    summary: str | None = None
    """`total`, `average`, `count`, `minimum`, `maximum`, `list` and so on, of `summary_of`."""
    summary_of: str | None = None
    initial: tuple[str, ...] = ()
    """What a global field holds in a new session (section 11)."""
    comment: str = ""


@dataclass(frozen=True)
class Table:
    name: str
    fields: Mapping[str, Field]


@dataclass(frozen=True)
class Occurrence:
    """A table occurrence. `file` when the table lives in another file of the solution (an external data source)."""

    name: str
    table: str
    file: str | None = None


@dataclass(frozen=True)
class Predicate:
    left_field: str
    operator: str
    """One of `=`, `!=`, `<`, `<=`, `>`, `>=`, `x` (all records)."""
    right_field: str


@dataclass(frozen=True)
class Relationship:
    left: str
    right: str
    """Names of occurrences."""
    predicates: tuple[Predicate, ...]
    create_left: bool = False
    create_right: bool = False
    delete_left: bool = False
    delete_right: bool = False
    sort_left: tuple[tuple[str, str], ...] = ()
    sort_right: tuple[tuple[str, str], ...] = ()
    """(field, `ascend` or `descend`)"""


@dataclass(frozen=True)
class ValueList:
    name: str
    values: tuple[str, ...] = ()
    field: str | None = None
    """`Occurrence::Field` for a list that follows a field's contents."""
    second_field: str | None = None
    related_only_from: str | None = None


@dataclass(frozen=True)
class LayoutField:
    """A field placed on a layout, or in a portal of it."""

    name: str
    """The bare name for the layout's own table, `Occurrence::Field` for a related one. Empty for a broken object."""
    value_list: str | None = None
    display: str = "editText"
    first_repetition: int = 1
    last_repetition: int = 1


@dataclass(frozen=True)
class Portal:
    occurrence: str
    fields: tuple[LayoutField, ...]
    name: str | None = None
    """The portal object's name. Without one the occurrence names it."""
    rows: int = 10
    first_row: int = 1
    scrolling: bool = True
    """False: the portal yields only its visible rows unless a limit is given (section 6.5)."""
    sort: tuple[tuple[str, str], ...] = ()
    filter: str | None = None
    """A Python expression over the related record's fields."""


@dataclass(frozen=True)
class Layout:
    name: str
    occurrence: str
    fields: tuple[LayoutField, ...] = ()
    portals: tuple[Portal, ...] = ()
    view: str = "form"
    """The saved view, `form` or `table`: decides how much portal data v1 answers (section 1.2)."""
    on_commit: str = ""
    """The script of its trigger OnRecordCommit, which scripts fire and plain calls do not (section 9.3)."""


@dataclass(frozen=True)
class Folder:
    name: str
    items: tuple[Folder | str, ...]
    """Names of layouts or scripts, and further folders, in the order of the menu. `-` is a separator."""


@dataclass(frozen=True)
class PrivilegeSet:
    name: str
    extended: frozenset[str] = frozenset()
    """Extended privileges, such as `fmrest`."""
    layouts: Mapping[str, str] = field(default_factory=dict[str, str])
    """`none`, `view` or `edit` by layout name. `*` for the others."""
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """`none`, `view` or `edit` by table and field name. `*` for the others."""
    records: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """By table (`*` for the others): `view`, `edit`, `create`, `delete` -> `yes`, `no`, or an expression over the record."""
    scripts: Mapping[str, str] = field(default_factory=dict[str, str])
    """`run` or `none` by script name. `*` for the others."""
    full_access: bool = False


@dataclass(frozen=True)
class Account:
    name: str
    privilege_set: str
    password: str = field(default="", repr=False)
    active: bool = True
    must_change_password: bool = False
    identity: str = "filemaker"
    """`filemaker`, `claris` (Claris ID) or the name of an OAuth provider."""


@dataclass(frozen=True)
class File:
    """One FileMaker file."""

    name: str
    tables: Mapping[str, Table]
    occurrences: Mapping[str, Occurrence]
    relationships: tuple[Relationship, ...]
    layouts: Mapping[str, Layout]
    layout_menu: tuple[Folder | str, ...]
    scripts: tuple[str, ...]
    script_menu: tuple[Folder | str, ...]
    value_lists: Mapping[str, ValueList]
    accounts: tuple[Account, ...]
    privilege_sets: Mapping[str, PrivilegeSet]
    date_format: str = "MM/dd/yyyy"
    """The file's locale, for `dateformats=1`."""
    closed: bool = False
