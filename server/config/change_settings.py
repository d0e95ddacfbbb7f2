"""The owner's habits and duties about changes: parts of a database's settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from string import Formatter
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BeforeValidator, Field, field_validator, model_validator

from .sign_in_settings import SignInSettings
from .strict_settings import Name, Settled


def _plain(value: object) -> object:
    """TOML's own dates and times in ISO form, as criteria take them."""
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[object]", value)]
    return value


Conditions = Annotated[Mapping[Name, Any], BeforeValidator(_plain)]


class ThroughSettings(Settled):
    """The owner's script that writes the records of a layout."""

    script: Name = Field(
        default="",
        description="Name of the script; without one records are written directly, though another layout of their table has one",
    )
    deletes: bool = Field(
        default=False, description="Whether it deletes records too; else they are deleted directly"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.deletes and not self.script:
            raise ValueError("deletes needs a script")
        return self


def _through(source: object) -> object:
    if source == "":
        raise ValueError("name a script, or {} for none")
    return {"script": source} if isinstance(source, str) else source


Through = Annotated[ThroughSettings, BeforeValidator(_through)]
Stamp = Mapping[Name, str]
PLACES = frozenset({"person", "client", "account", "plan", "now"})


class ChangeSettings(SignInSettings):
    """How records of one database are changed."""

    write_through: Mapping[Name, Through] = Field(
        default_factory=dict[str, ThroughSettings],
        description="By layout: the script that writes its records, so that the solution's own rules run; other layouts of its table write nothing, but for those named here too ({}: directly)",
    )
    stamp: Stamp = Field(
        default_factory=dict[str, str],
        description="Field and what each created or edited record gets there: text with {person}, {client}, {account}, {plan}, {now}",
    )
    stamp_by_layout: Mapping[Name, Stamp] = Field(
        default_factory=dict[str, Any],
        description="By layout: another stamp in place of that; {} for none",
    )

    open_script: Name = Field(
        default="",
        description="Script that shows the records a link names; answers carry such links then",
    )
    open_with: Literal["fmp", "webdirect"] = Field(
        default="fmp", description="What a link opens: FileMaker Pro and Go, or WebDirect in the browser"
    )
    journal_table: Name = Field(
        default="",
        description="Layout of the owner's into which the outcome of each record is mirrored; it has a text field Entry",
    )
    journal_days_by_layout: Mapping[Name, int] = Field(
        default_factory=dict[str, int],
        description="By layout: days that contents of changes there stay, in place of journal_days",
    )
    wait_for_release: float = Field(
        default=120,
        ge=0,
        le=86_400,
        description="Seconds for which a change waits for a record that somebody has open; the rest is done first",
    )
    change_only_where: Mapping[Name, Conditions] = Field(
        default_factory=dict[str, Any],
        description="By layout: conditions, as criteria have them, that a record meets before and after each change; {} frees a layout",
    )

    @field_validator("journal_days_by_layout")
    @classmethod
    def _days(cls, days: Mapping[str, int]) -> Mapping[str, int]:
        for layout, count in days.items():
            if count < 0:
                raise ValueError(f"has {count} days for {layout!r}, and takes 0 or more")
        return days

    @field_validator("stamp")
    @classmethod
    def _stamp(cls, stamp: Stamp) -> Stamp:
        return _checked_stamp(stamp)

    @field_validator("stamp_by_layout")
    @classmethod
    def _stamps(cls, stamps: Mapping[str, Stamp]) -> Mapping[str, Stamp]:
        return {layout: _checked_stamp(stamp) for layout, stamp in stamps.items()}


def _checked_stamp(stamp: Stamp) -> Stamp:
    for name, template in stamp.items():
        try:
            used = {place for _, place, *_ in Formatter().parse(template) if place is not None}
        except ValueError as error:
            raise ValueError(f"{name!r} has braces that do not match: {error}") from None
        if used - PLACES:
            places = ", ".join(f"{{{place}}}" for place in sorted(PLACES))
            raise ValueError(f"{name!r} takes {places}, and not {{{min(used - PLACES)}}}")
    return stamp
