"""The owner's words about scripts, and how much work may be asked for: parts of a database's settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, field_validator

from .strict_settings import Name, Settled

LENGTH_OF_TIME = r"^(never|[1-9]\d{0,4}[smhd])$"
DAY_OF_YEAR = r"^\d\d-\d\d$"
ScriptEffect = Literal["reads", "changes", "reaches_outside"]


class CarrierSettings(Settled):
    """A find that always matches, to carry parameters that are too long for an address."""

    layout: Name = Field(min_length=1, description="Layout on which the find is made; the script runs there")
    where: Mapping[Name, Name] = Field(
        min_length=1, description="Field and criterion, in FileMaker's find syntax"
    )


class ResultSettings(Settled):
    """Where a JSON result tells what, as paths such as data.rows or items[0]."""

    success: str | None = Field(default=None, description="True, 1 or text there means success")
    rows: str | None = Field(default=None, description="A list of objects to show as a table")
    message: str | None = Field(default=None, description="What the script says, for a person")


class GlobalSettings(Settled):
    """The value of a global field, taken from the parameter of each run."""

    parameter: str = Field(
        min_length=1, description="A path into the JSON parameter such as period.from; $ is the whole"
    )


class ScriptSettings(Settled):
    """One script that the assistant may run."""

    effect: ScriptEffect = Field(
        default="changes",
        description="What running it does: reads, changes, or reaches_outside (mail, payment, another system)",
    )
    description: str = Field(default="", max_length=500, description="When to use it, for the assistant")
    parameter: Mapping[str, Any] | bool | None = Field(
        default=None, description="JSON schema of the parameter; false: it takes none"
    )
    layout: Name | None = Field(default=None, min_length=1, description="Layout on which it runs")
    globals: Mapping[Name, Name | int | float | GlobalSettings] = Field(
        default_factory=dict[str, str | int | float | GlobalSettings],
        description="Global fields to set before, Occurrence::Field: a value, or where the parameter has it",
    )
    timeout: float = Field(
        default=3600, gt=0, le=86_400, description="Seconds to wait for its answer; an hour unless set"
    )
    required_fields: tuple[Name, ...] = Field(
        default=(), description="Fields a record must have filled before it is run for that record"
    )
    carrier: CarrierSettings | None = Field(
        default=None, description="A find that carries parameters too long for an address"
    )
    ok_errors: tuple[int, ...] | None = Field(
        default=None, description="Last errors that mean success; 0, and 101 with a result, unless set"
    )
    result: ResultSettings = Field(
        default=ResultSettings(), description="Where a JSON result tells success, rows and a message"
    )
    run_once: str = Field(
        default="10m",
        pattern=LENGTH_OF_TIME,
        description="For how long the same parameter and record are not run again: 30s, 10m, 12h, 1d, or never again",
    )
    show_steps: bool = Field(default=False, description="Whether its steps are told, as the map has them")
    in_scope: bool = Field(default=False, description="It respects `scope`; without this it is closed there")


def _named(source: object) -> object:
    """A list of names is short for scripts about which nothing else is said."""
    if isinstance(source, list):
        return {str(name): dict[str, object]() for name in cast("list[object]", source)}
    return source


ScriptTable = Annotated[Mapping[Name, ScriptSettings], BeforeValidator(_named)]


class LimitSettings(Settled):
    """How much may be asked of FileMaker, by minute and by day; `"unlimited"` lifts a limit."""

    writes_per_minute: int | None = Field(default=6000, ge=1, description="Records written in a minute")
    writes_per_day: int | None = Field(default=None, ge=1, description="Records written in a day")
    scripts_per_minute: int | None = Field(default=120, ge=1, description="Runs of scripts in a minute")
    scripts_per_day: int | None = Field(default=None, ge=1, description="Runs of scripts in a day")
    megabytes_per_minute: float | None = Field(
        default=None, gt=0, description="Megabytes read from FileMaker in a minute"
    )
    megabytes_per_day: float | None = Field(
        default=None, gt=0, description="Megabytes read from FileMaker in a day"
    )
    megabytes_per_question: float | None = Field(
        default=100,
        gt=0,
        description="Megabytes that one question may read; a larger one is answered with an estimate first",
    )
    gigabytes_per_licence_year: float | None = Field(
        default=None,
        gt=0,
        description="Gigabytes of a licence year; doctor and check_connection warn at 50 and 80 per cent",
    )
    licence_year_starts: str = Field(
        default="01-01",
        pattern=DAY_OF_YEAR,
        description="Month and day on which the licence year begins, such as 03-15",
    )
    queue: int = Field(default=20, ge=1, le=1000, description="Jobs that may wait")

    @field_validator("licence_year_starts")
    @classmethod
    def _day(cls, value: str) -> str:
        try:
            date.fromisoformat(f"2001-{value}")
        except ValueError:
            raise ValueError(f"{value!r} is no day of every year; it is written as 03-15") from None
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _off(cls, value: object) -> object:
        """TOML has no null."""
        return None if value == "unlimited" else value
