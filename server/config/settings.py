"""What the owner configured, read once and frozen: the environment for one database, a TOML file for several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from .caller_settings import (
    AccountSettings,
    CallerSettings,
    PolicySettings,
    check_callers,
    check_people,
)
from .database_settings import DatabaseSettings
from .http_settings import HttpSettings
from .key_settings import SecretsSettings
from .person_settings import check_persons
from .schedule_settings import ScheduleSettings
from .state_settings import StateSetting
from .strict_settings import Name, Place, Settled

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
