"""What the owner configured, read once and frozen: the environment for one database, a TOML file for several."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from .access_settings import Access, Approval, MasksByLayout, NamesByLayout, ScopeSettings
from .caller_settings import (
    AccountSettings,
    CallerSettings,
    PolicySettings,
    check_callers,
    check_people,
)
from .change_settings import ChangeSettings
from .http_settings import HttpSettings
from .key_settings import SecretsSettings
from .person_settings import check_persons
from .schedule_settings import ScheduleSettings
from .script_settings import LimitSettings, ScriptSettings, ScriptTable
from .state_settings import StateSetting
from .strict_settings import Name, Place, Secret, Settled

__all__ = ["DatabaseSettings", "ScopeSettings", "Secret", "Settings"]

EVERY_VIEW = ("records", "summary")
Views = Annotated[
    tuple[Literal["records", "summary"], ...],
    BeforeValidator(lambda given: _views(given)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string", "enum": list(EVERY_VIEW)}},
                {"type": "boolean"},
            ]
        }
    ),
]


def _views(given: object) -> object:
    """`true` means all of them and `false` none."""
    return (EVERY_VIEW if given else ()) if isinstance(given, bool) else given


class DatabaseSettings(ChangeSettings):
    """One database: where it is, who we are there, what is allowed."""

    stage: Name | Literal[""] = Field(
        default="",
        description="What it is for, such as production or test: told on every plan, which no other stage carries out",
    )
    access: Access = Field(
        default="read",
        description="What the assistant may do: read, edit (create and edit), or delete (that, and delete)",
    )
    access_by_layout: Mapping[Name, Literal["none", "read", "edit", "delete"]] = Field(
        default_factory=dict[str, Any], description="Access to single layouts, where it differs"
    )
    layouts: tuple[Name, ...] | None = Field(
        default=None,
        description="The layouts that the assistant sees; all that the account may see unless set",
    )
    fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: the only fields that are shown"
    )
    hidden_fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: fields that the assistant never sees"
    )
    count_hidden_fields: bool = Field(
        default=False,
        description="Whether hidden fields may be grouped and counted, with pseudonyms in place of their values",
    )
    mask: MasksByLayout = Field(
        default_factory=dict[str, Any],
        description='Fields of which a part is shown: { IBAN = "last4" }, or by layout { Staff = { IBAN = "last4" } }; they are neither found by, sorted by nor written',
    )
    read_only_fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: fields that are never written"
    )
    untrusted_fields: NamesByLayout = Field(
        default_factory=dict[str, Any],
        description="By layout or *: fields that people outside fill in, such as the text of an e-mail",
    )
    tables: Mapping[Name, Name] = Field(
        default_factory=dict[str, str],
        description="Table occurrence and the table it stands for; an occurrence without an entry counts as a table of its own",
    )
    keys: Mapping[Name, Name] = Field(
        default_factory=dict[str, str],
        description="By layout: the text field that names a record, to find one that was lost on its way",
    )
    scope: Mapping[Name, ScopeSettings] | None = Field(
        default=None,
        description="By layout: the only records that the assistant sees; layouts without an entry are closed",
    )
    skip_validation: tuple[Name, ...] = Field(
        default=(), description="Layouts on which validation may be set aside"
    )
    confirm: Literal["always", "bulk", "never"] = Field(
        default="always", description="When a change is planned first and carried out by a second call"
    )
    approval: Approval = Field(
        default="by_risk", description="Who agrees to a change before it is carried out"
    )
    approval_by_layout: Mapping[str, Approval] = Field(
        default_factory=dict[str, Any], description="The same for changes on single layouts"
    )
    approval_by_field: Mapping[str, Mapping[str, Literal["person"]]] = Field(
        default_factory=dict[str, Any],
        description="By layout or *: fields that are written only after a person agreed",
    )
    show_all: Literal["deletes", "always", "never"] = Field(
        default="deletes", description="When every page of a plan is opened before a person can agree"
    )
    four_eyes: bool = Field(
        default=False,
        description="Whether, where a person has to agree, it is another one than who asked",
    )
    bulk_limit: int = Field(default=20, ge=0, description="Changes of more records need a person")
    max_records_per_change: int = Field(
        default=5_000,
        ge=1,
        le=200_000,
        description="Records that one change may touch, related rows included",
    )
    max_records_per_day: int | None = Field(
        default=None, ge=1, description="Records that all changes of a day may touch; no limit unless set"
    )
    scripts: ScriptTable = Field(
        default_factory=dict[str, ScriptSettings], description="The scripts that may run, and how"
    )
    notes: Place | None = Field(
        default=None, description="File of what the assistant has to know about this solution (TOML)"
    )
    map: Place | None = Field(
        default=None, description="File of what FileMaker itself says of this solution, made by learn (JSON)"
    )
    map_shows: Literal["facts", "formulas"] = Field(
        default="facts",
        description="Whether the map's formulas are told too, as far as all their fields are open",
    )
    privilege_set: Name = Field(
        default="",
        description="Privilege set of the account, as the map names it; needed where several may use the Data API",
    )
    limits: LimitSettings = Field(
        default=LimitSettings(), description="How much may be asked of FileMaker, by minute and by day"
    )
    ca_file: Place | None = Field(default=None, description="Certificates of a private authority (PEM)")
    sessions: int = Field(default=4, ge=1, le=20, description="FileMaker sessions that may be open at once")
    timeout: float = Field(
        default=60, gt=0, le=3600, description="Seconds to wait for an answer of FileMaker"
    )
    api: Literal["v1", "v2", "vLatest"] = Field(
        default="vLatest", description="Version of the Data API that stands in the address"
    )

    @property
    def identity(self) -> str:
        """What the state calls it, wherever it is configured."""
        return f"{self.base_url}/{self.file}"

    @field_validator("ca_file")
    @classmethod
    def _certificates(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file {file}; it names one of PEM certificates")
        if file is not None:
            import ssl

            try:
                ssl.create_default_context(cafile=str(file))
            except (ssl.SSLError, OSError):
                raise ValueError(f"{file} holds no certificates in PEM form") from None
        return file


class Settings(Settled):
    """Everything the owner configured."""

    database: Mapping[str, DatabaseSettings] = Field(
        description="The databases, each under a name of your choice: [database.sales]"
    )
    files_folder: Place | None = Field(default=None, description="Folder for exports and uploads")
    state: StateSetting | None = Field(
        default=None, description="File that keeps plans, journal and jobs, or PostgreSQL that several share"
    )
    host_sessions: int | None = Field(
        default=None,
        ge=1,
        description="FileMaker sessions at one host over all accounts, and all servers that share the state; no cap unless set",
    )
    file_limit: int = Field(
        default=20_000_000, ge=1, description="Bytes of a file that is read or written, at the most"
    )
    file_types: tuple[str, ...] | None = Field(
        default=None, description="Endings of files that may be uploaded, such as pdf; any unless set"
    )
    journal_days: int = Field(
        default=90,
        ge=0,
        description="Days that field contents stay in the journal, where journal_days_by_layout says nothing",
    )
    journal_images: bool = Field(default=True, description="Whether the journal holds field contents at all")
    journal_without: tuple[Name, ...] = Field(
        default=(), description="Fields whose contents are never written into the journal"
    )
    seal_key: Place | None = Field(
        default=None,
        description="File of the key by which plans and agreements are sealed; beside the configuration unless set",
    )
    secrets: SecretsSettings = Field(
        default=SecretsSettings(), description="The keys by which contents and kept sign-ins are sealed"
    )
    approval_page: bool = Field(
        default=True, description="Whether a person may be asked by a page in this machine's browser"
    )
    page_language: Literal["", "en", "de", "fr", "es", "it", "nl", "ja"] = Field(
        default="", description="Language of the pages for people; that of each person's browser unless set"
    )
    approval_seconds: float = Field(
        default=120, gt=0, le=3600, description="Seconds to wait for a person before silence counts as no"
    )
    views: Views = Field(
        default=EVERY_VIEW,
        description="Answers that a client which can draws as a table or a chart; none if empty or false",
    )
    schedule: Mapping[str, ScheduleSettings] = Field(
        default_factory=dict[str, ScheduleSettings],
        description="Runbooks and scripts that run at certain times, each under a name of your choice: [schedule.nightly]",
    )
    runbooks: Place | None = Field(default=None, description="Folder of runbooks (TOML files)")
    time_zone: str | None = Field(
        default=None,
        description="Time zone in which days begin, such as Europe/Berlin; this machine's unless set",
    )
    week_start: Literal["monday", "sunday", "saturday"] = Field(
        default="monday", description="First day of the week, for this_week and sums by week"
    )
    fiscal_year_start: int = Field(default=1, ge=1, le=12, description="First month of the fiscal year")
    accounts: Mapping[str, AccountSettings] = Field(
        default_factory=dict[str, AccountSettings],
        description="Other accounts that callers act as: [accounts.NAME]",
    )
    policies: Mapping[str, PolicySettings] = Field(
        default_factory=dict[str, PolicySettings],
        description="What callers get less than the databases allow: [policies.NAME]",
    )
    persons: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict[str, tuple[str, ...]],
        description="Callers that are one and the same person, as `callers list` names them, under a name of your choice",
    )
    callers: tuple[CallerSettings, ...] = Field(
        default=(), description="Who calls over HTTP, and what each gets: [[callers]]"
    )
    http: HttpSettings = Field(default=HttpSettings(), description="How `serve --http` serves")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="How much is written to standard error; never contents or secrets"
    )

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"there is no {name!r}; write it as Europe/Berlin or America/New_York") from None

    @field_validator("database")
    @classmethod
    def _some(cls, databases: Mapping[str, Any]) -> Mapping[str, Any]:
        if not databases:
            raise ValueError("is empty: no database is configured")
        return databases

    @model_validator(mode="after")
    def _callers(self) -> Self:
        check_callers(self.callers, self.database, self.accounts, self.policies)
        check_people(self.callers, self.http.people)
        check_persons(self.persons, self.http.known_issuers)
        if self.http.objects is not None and (self.state is None or self.state.postgres is None):
            raise ValueError("`http.objects` keeps files that servers share, and needs `state` in PostgreSQL")
        return self
