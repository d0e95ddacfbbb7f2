"""The owner's rules for one database, as settings give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..text.near_names import folded, matched

EVERY = "*"
"""In a mapping by layout: every layout."""

Names = Mapping[str, frozenset[str]]
"""Layout (or `*`) -> field names. How a bare name is read says `field_names`: widely where it closes, narrowly where it opens."""


Masks = Mapping[str, Mapping[str, str]]
"""Layout (or `*`) -> field -> the form in which a part of it is shown (`masks.FORMS`)."""


class Access(StrEnum):
    NONE = "none"
    READ = "read"
    EDIT = "edit"
    """Read, create and edit."""
    DELETE = "delete"
    """Edit, and delete records and related rows."""


class RecordEffect(StrEnum):
    """What a request does, whatever its HTTP verb: in the Data API a GET can run a script and an edit can delete."""

    READ = "read"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"


class ScriptEffect(StrEnum):
    READS = "reads"
    CHANGES = "changes"
    REACHES_OUTSIDE = "reaches_outside"
    """Sends mail, calls web services, writes files: what cannot be taken back."""


class Confirm(StrEnum):
    """When a change is planned first and carried out by a second call."""

    ALWAYS = "always"
    BULK = "bulk"
    """Only changes of more than one record, and deletes."""
    NEVER = "never"
    """Planned and carried out in one call."""


class Approval(StrEnum):
    """Who must agree before a plan is carried out."""

    BY_RISK = "by_risk"
    """We ask nobody about small edits, and a person about what is large or cannot be taken back."""
    CLIENT = "client"
    """We ask nobody; the client may ask before it calls a tool, or may not. For assistants that work unattended."""
    PERSON = "person"
    """Always a person."""


class ShowAll(StrEnum):
    """When every page of a plan has to be opened before a person can agree to it."""

    DELETES = "deletes"
    """For deletes that a person can be expected to look through."""
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class ScriptRule:
    effect: ScriptEffect = ScriptEffect.CHANGES
    in_scope: bool = False
    """The owner vouches that it respects the scope; without this it does not exist where a scope is set."""


@dataclass(frozen=True, slots=True)
class ThroughScript:
    """The owner's script that writes records in the assistant's stead, so that the solution's own rules run."""

    name: str
    deletes: bool = False
    """It deletes too; else records are deleted directly."""


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """Which records of a layout exist for this assistant."""

    where: Mapping[str, tuple[str, ...]]
    """Field -> the values it may have; every field must fit."""
    key: str
    """A field whose value names one record: a record id is answered only when a scoped find on it returns that record."""
    exact: bool = True
    """Whether what the host finds is checked here, letter by letter: its find ignores capitals and more."""
    unicode_indexed: frozenset[str] = frozenset()
    """Fields of `where` whose index language is Unicode, so that the host itself finds exactly and its counts hold."""
    writable: frozenset[str] = frozenset()
    """The only fields that are written: a match field of a relationship would lead to rows out of scope, and the Data API does
    not tell which fields match."""
    portals: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    """Related and summary fields that are open."""
    value_lists: frozenset[str] = frozenset()
    """Field-based value lists that are open."""
    totals: bool = False
    """Whether the number of records in the table may be told."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Reading is open and everything else closed unless the owner says otherwise."""

    access: Access = Access.READ
    access_by_layout: Mapping[str, Access] = field(default_factory=dict[str, Access])
    layouts: frozenset[str] | None = None
    """The layouts that exist; None: every one that the account may see."""
    fields: Names = field(default_factory=dict[str, frozenset[str]])
    """Allow-lists: a layout named here (or `*`) shows these fields and no others."""
    hidden_fields: Names = field(default_factory=dict[str, frozenset[str]])
    read_only_fields: Names = field(default_factory=dict[str, frozenset[str]])
    untrusted_fields: Names = field(default_factory=dict[str, frozenset[str]])
    """Fields that outsiders fill: their text may try to steer the assistant."""
    count_hidden_fields: bool = False
    """Hidden fields can be grouped and counted: they are read as pseudonyms that hold for one run of the server."""
    mask: Masks = field(default_factory=dict[str, Mapping[str, str]])
    """Fields of which a part is shown. For all else they count as hidden."""
    tables: Mapping[str, str] = field(default_factory=dict[str, str])
    """Table occurrence -> the table it stands for; an occurrence that is not named counts as a table of its own."""
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    """Layout -> the field by which a record that was lost on its way is looked up again."""
    scripts: Mapping[str, ScriptRule] = field(default_factory=dict[str, ScriptRule])
    scope: Mapping[str, ScopeRule] | None = None
    """By layout; with a scope set, a layout without a rule does not exist."""
    change_only_where: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict[str, Mapping[str, object]]
    )
    """Layout -> conditions that a record must meet, before and after, for it to be changed at all."""
    write_through: Mapping[str, ThroughScript | None] = field(default_factory=dict[str, ThroughScript | None])
    """Layout -> the owner's script that writes its records; None: they are written directly, whatever their table's other layouts do."""
    stamp: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field -> what each created or edited record gets there, with {person}, {client}, {account}, {plan} and {now}."""
    stamp_by_layout: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """In place of `stamp` on that layout; nothing is stamped where it is empty."""
    journal_table: str = ""
    """The owner's layout into which outcomes are mirrored."""
    skip_validation: frozenset[str] = frozenset()
    """Layouts on which validation may be skipped and `prohibit modification` overridden (section 6.6)."""
    confirm: Confirm = Confirm.ALWAYS
    approval: Approval = Approval.BY_RISK
    approval_by_layout: Mapping[str, Approval] = field(default_factory=dict[str, Approval])
    """In place of `approval` for changes on that layout."""
    approval_by_field: Names = field(default_factory=dict[str, frozenset[str]])
    """Fields that are written only after a person agreed."""
    show_all: ShowAll = ShowAll.DELETES
    bulk_limit: int = 20
    """A change of more records than this needs a person."""
    max_records_per_change: int = 5_000
    max_records_per_day: int | None = None
    stage: str = ""
    """What the database is for, such as `production`: a plan is carried out only in the stage that it was made in."""
    four_eyes: bool = False
    """Where a person has to agree, it is another one than who asked."""
    within: Policy | None = None
    """The owner's whole policy, where this one is narrowed to a caller: what that closes is closed here, too."""


def is_unrestricted(policy: Policy) -> bool:
    """Whether records are released whole: no field is hidden, no scope set, no text to beware of."""
    closing = (policy.fields, policy.hidden_fields, policy.mask, policy.untrusted_fields)
    own = policy.scope is None and not any(closing)
    return own and (policy.within is None or is_unrestricted(policy.within))


def masks_anything(policy: Policy) -> bool:
    return bool(policy.mask) or (policy.within is not None and masks_anything(policy.within))


def access_to(policy: Policy, layout: str) -> Access:
    """The access an owner gave to one layout, scope and allow-list included."""
    if policy.layouts is not None and folded(layout) not in {folded(name) for name in policy.layouts}:
        return Access.NONE
    if policy.scope is not None and scope_of(policy, layout) is None:
        return Access.NONE
    return level_on(policy, layout)


def level_on(policy: Policy, layout: str) -> Access:
    """The access to a layout by its name alone. Of several names that compare equal and none that is exact, the least counts."""
    if layout in policy.access_by_layout:
        return policy.access_by_layout[layout]
    alike = [access for name, access in policy.access_by_layout.items() if folded(name) == folded(layout)]
    return min(alike, key=list(Access).index) if alike else policy.access


def scope_of(policy: Policy, layout: str) -> ScopeRule | None:
    if policy.scope is None:
        return None
    name = matched(layout, policy.scope)
    return None if name is None else policy.scope[name]


def approval_on(policy: Policy, layout: str) -> Approval:
    """Who agrees to changes on a layout. Of several names that compare equal and none that is exact, the strictest counts."""
    if layout in policy.approval_by_layout:
        return policy.approval_by_layout[layout]
    strictness = (Approval.CLIENT, Approval.BY_RISK, Approval.PERSON)
    alike = [each for name, each in policy.approval_by_layout.items() if folded(name) == folded(layout)]
    return max(alike, key=strictness.index, default=policy.approval)


def through_of(policy: Policy, layout: str) -> ThroughScript | None:
    """The script that writes a layout's records."""
    name = matched(layout, policy.write_through)
    return None if name is None else policy.write_through[name]


def key_of(policy: Policy, layout: str) -> str | None:
    """The owner-named key of a layout, for looking up a record that was lost on its way."""
    name = matched(layout, policy.keys)
    return None if name is None else policy.keys[name]
