"""Who calls over HTTP, and what each gets: accounts, policies, and the rules that match."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from ..text import entra_subject
from .access_settings import Access, Approval, MasksByLayout, NamesByLayout, ScopeSettings
from .script_settings import LimitSettings
from .strict_settings import Name, SecretPlace, Settled

CLAIM = re.compile(r"\{claim\.([^{}]+)\}")
"""The whole of a scope's value: what the caller's token says."""
NO_PROOF = frozenset({"email", "upn", "preferred_username", "name", "unique_name"})
"""Claims that an identity provider lets people change, or gives to somebody else later."""
OWN = "own"
CONFIGURED = "configured"


class AccountSettings(Settled):
    """Another account of a configured database, for callers who act as it."""

    database: str = Field(description="The database, by its name in this file")
    account: str = Field(description="FileMaker account name", min_length=1)
    secret: SecretPlace = Field(description="Where its password is")


class MatchSettings(Settled):
    """By what a caller is known. All that is said has to fit."""

    issuer: str = Field(
        description="Who says so: the issuer of the tokens, or `keys` for keys made here", min_length=1
    )
    subject: str | None = Field(
        default=None, description="One person or key: its subject at the issuer, or the name of a key"
    )
    claim: str | None = Field(default=None, description="Claim of the token, such as groups")
    has: str | None = Field(default=None, description="Value that the claim is, or has among others")

    @field_validator("claim")
    @classmethod
    def _lasting(cls, claim: str | None) -> str | None:
        if claim is not None and claim.casefold() in NO_PROOF:
            raise ValueError(
                f"is {claim!r}, which people can change and which may belong to somebody else later; use groups, roles or subject"
            )
        return claim

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.claim is None) != (self.has is None):
            raise ValueError("claim and has belong together; set both or none")
        if self.subject is not None and (why := entra_subject.why_nobody(self.issuer, self.subject)):
            raise ValueError(f"has the subject {self.subject!r}, which nobody can be: {why}")
        return self


class CallerSettings(Settled):
    """A kind of caller. The first entry that matches counts; who matches none gets nothing."""

    match: MatchSettings = Field(description="By what a caller is known")
    accounts: Mapping[str, str] | None = Field(
        default=None,
        description="By database: `own`, `configured`, or a name of [accounts.NAME]; every database as configured unless set",
    )
    own_account: str | None = Field(
        default=None,
        description="What an account has to be called that they act as by `own`, such as {claim.fm_account}; whatever they prove unless set",
    )
    policy: str | None = Field(default=None, description="Name of [policies.NAME] that narrows what they get")
    role: Literal["user", "approver", "owner"] = Field(
        default="user", description="Whether they may agree to other people's changes, or own the server"
    )
    limits: LimitSettings | None = Field(
        default=None, description="Their own share; half of what each database allows unless set"
    )
    time_zone: str | None = Field(default=None, description="Time zone in which their days begin")

    @field_validator("own_account")
    @classmethod
    def _told(cls, name: str | None) -> str | None:
        if name is not None and CLAIM.fullmatch(name) is None:
            raise ValueError(f"takes a claim of the token, such as {{claim.fm_account}}, and is {name!r}")
        return name

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"there is no {name!r}; write it as Europe/Berlin or America/New_York") from None


class PolicySettings(Settled):
    """Narrows what a database allows. Nothing is opened by it; each part unset leaves everything as the database has it."""

    access: Access = Field(default="delete", description="The most that they may do")
    access_by_layout: Mapping[Name, Literal["none", "read", "edit", "delete"]] = Field(
        default_factory=dict[str, Any], description="The most on single layouts, where it differs"
    )
    layouts: tuple[Name, ...] | None = Field(default=None, description="The only layouts that they see")
    fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: the only fields that they see"
    )
    hidden_fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: fields that they never see"
    )
    mask: MasksByLayout = Field(
        default_factory=dict[str, Any],
        description="Fields of which they see a part, also by layout: last4, initials or year",
    )
    read_only_fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: fields that they never write"
    )
    untrusted_fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: fields that people outside fill in"
    )
    scripts: tuple[Name, ...] | None = Field(
        default=None, description="The only scripts of the database's list that they run"
    )
    runbooks: bool = Field(default=True, description="Whether they run runbooks")
    scope: Mapping[Name, ScopeSettings] | None = Field(
        default=None,
        description="By layout: the only records that they see; a value {claim.NAME} is what their token says",
    )
    confirm: Literal["always", "bulk", "never"] = Field(
        default="never", description="When a change is planned first, at the least"
    )
    approval: Approval = Field(default="client", description="Who agrees to a change, at the least")
    approval_by_layout: Mapping[str, Approval] = Field(
        default_factory=dict[str, Any], description="The same for changes on single layouts"
    )
    approval_by_field: Mapping[str, Mapping[str, Literal["person"]]] = Field(
        default_factory=dict[str, Any],
        description="By layout or *: fields that are written only after a person agreed",
    )
    four_eyes: bool = Field(
        default=False, description="Whether, where a person has to agree, it is another one than who asked"
    )
    bulk_limit: int | None = Field(default=None, ge=0, description="Changes of more records need a person")
    max_records_per_change: int | None = Field(default=None, ge=1, description="Records of one change")
    max_records_per_day: int | None = Field(default=None, ge=1, description="Records of all changes of a day")

    @field_validator("scope")
    @classmethod
    def _whole_claims(cls, scope: Mapping[str, ScopeSettings] | None) -> Mapping[str, ScopeSettings] | None:
        for layout, rule in (scope or {}).items():
            for name, values in rule.where.items():
                if any("{claim" in value and not CLAIM.fullmatch(value) for value in values):
                    raise ValueError(
                        f"has {name!r} of {layout!r} with more than one claim; a value is {{claim.NAME}} as a whole"
                    )
        return scope


def check_callers(
    callers: Iterable[CallerSettings],
    databases: Container[str],
    accounts: Mapping[str, AccountSettings],
    policies: Container[str],
) -> None:
    """Raises ValueError for a name that stands for nothing."""
    for name, account in accounts.items():
        if account.database not in databases:
            raise ValueError(
                f"accounts.{name} is of the database {account.database!r}, which is not configured"
            )
    for number, caller in enumerate(callers, start=1):
        which = f"the {number}. of callers"
        if caller.policy is not None and caller.policy not in policies:
            raise ValueError(f"{which} names the policy {caller.policy!r}, which is not in policies")
        for database, name in (caller.accounts or {}).items():
            if database not in databases:
                raise ValueError(f"{which} names the database {database!r}, which is not configured")
            if name not in (OWN, CONFIGURED) and (
                name not in accounts or accounts[name].database != database
            ):
                raise ValueError(
                    f"{which} acts in {database!r} as {name!r}: write own, configured, or a name of accounts of that database"
                )


def check_people(callers: Iterable[CallerSettings], people: str | None) -> None:
    """Raises ValueError for an approver or an owner who is not of the one issuer whose identities are people."""
    for number, caller in enumerate(callers, start=1):
        if caller.role != "user" and caller.match.issuer != people:
            told = "names none" if people is None else f"is {people!r}"
            raise ValueError(
                f"the {number}. of callers is an {caller.role} by the issuer {caller.match.issuer!r}, and http.people {told}:"
                " approvers and owners are identities of the one issuer that it names"
            )
