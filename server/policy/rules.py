"""The owner's rules for one database, as settings give them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

EVERY = "*"
"""In a mapping by layout: every layout."""

Names = Mapping[str, frozenset[str]]
"""Layout (or `*`) -> field names. A bare name also means the related fields that carry it: `Salary` covers `staff::Salary`."""


class Access(StrEnum):
    NONE = "none"
    READ = "read"
    EDIT = "edit"
    """Read, create and edit."""
    DELETE = "delete"
    """Edit, and delete records and related rows."""


class Effect(StrEnum):
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


@dataclass(frozen=True, slots=True)
class ScriptRule:
    effect: ScriptEffect = ScriptEffect.CHANGES
    in_scope: bool = False
    """The owner vouches that it respects the scope; without this it does not exist where a scope is set."""


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """Which records of a layout exist for this assistant."""

    where: Mapping[str, tuple[str, ...]]
    """Field -> the values it may have; every field must fit."""
    key: str
    """A field whose value names one record: a record id is answered only when a scoped find on it returns that record."""
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
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    """Layout -> the field by which a record that was lost on its way is looked up again."""
    scripts: Mapping[str, ScriptRule] = field(default_factory=dict[str, ScriptRule])
    scope: Mapping[str, ScopeRule] | None = None
    """By layout; with a scope set, a layout without a rule does not exist."""
    skip_validation: frozenset[str] = frozenset()
    """Layouts on which validation may be skipped and `prohibit modification` overridden (section 6.6)."""
    confirm: Confirm = Confirm.ALWAYS
    approval: Approval = Approval.BY_RISK
    bulk_limit: int = 20
    """A change of more records than this needs a person."""
    max_records_per_change: int = 5_000
    max_records_per_day: int | None = None


def same(name: str) -> str:
    """A name as it is compared: FileMaker overlooks case, and an accent can be written in two ways."""
    return unicodedata.normalize("NFC", name).casefold()


def names_for(rules: Names, layout: str) -> frozenset[str] | None:
    """The folded names that apply to a layout; None when no entry speaks of it."""
    applying = [names for where, names in rules.items() if where == EVERY or same(where) == same(layout)]
    return frozenset(same(name) for names in applying for name in names) if applying else None


def closed_by(rules: Names, layout: str) -> frozenset[str] | None:
    """As `names_for`, for rules that close: one repetition named closes the whole field."""
    names = names_for(rules, layout)
    return names and names | {bare(name) for name in names}


def is_named(names: frozenset[str] | None, field_name: str) -> bool:
    """Whether a field is meant: by its whole name, by its bare name, with or without a repetition's number."""
    if not names:
        return False
    forms = (same(field_name), same(bare(field_name)))
    return any(name in names for form in forms for name in (form, form.rpartition("::")[2]))


def bare(field_name: str) -> str:
    """`Phone(2)` -> `Phone`."""
    name, opening, number = field_name.rpartition("(")
    return name if opening and number[:-1].isdigit() and number.endswith(")") else field_name


def is_unrestricted(policy: Policy) -> bool:
    """Whether records are released whole: no field is hidden, no scope set, no text to beware of."""
    return policy.scope is None and not (policy.fields or policy.hidden_fields or policy.untrusted_fields)


def access_to(policy: Policy, layout: str) -> Access:
    """The access an owner gave to one layout, scope and allow-list included."""
    folded = same(layout)
    if policy.layouts is not None and folded not in {same(name) for name in policy.layouts}:
        return Access.NONE
    if policy.scope is not None and scope_of(policy, layout) is None:
        return Access.NONE
    for name, access in policy.access_by_layout.items():
        if same(name) == folded:
            return access
    return policy.access


def scope_of(policy: Policy, layout: str) -> ScopeRule | None:
    if policy.scope is None:
        return None
    return next((rule for name, rule in policy.scope.items() if same(name) == same(layout)), None)


def key_of(policy: Policy, layout: str) -> str | None:
    """The owner-named key of a layout, for looking up a record that was lost on its way."""
    return next((key for name, key in policy.keys.items() if same(name) == same(layout)), None)
