"""The settings `[schedule.NAME]`: a runbook or a script, and when it is to run."""

from __future__ import annotations

from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from .strict_settings import Name, Settled


class ScheduleSettings(Settled):
    """Carried by `filemaker-mcp schedule` and by a server over HTTP, once over all of them."""

    cron: str = Field(description="When: minute, hour, day of month, month, day of week, such as 15 2 * * *")
    runbook: Name | None = Field(default=None, description="The runbook that runs")
    script: Name | None = Field(
        default=None, description="The script that runs; it is among the scripts of its database"
    )
    parameter: str | None = Field(default=None, description="Text for the script; JSON is written as text")
    layout: Name | None = Field(
        default=None, description="Layout on which the script runs, where its own settings name none"
    )
    database: Name | None = Field(
        default=None,
        description="The database of the script, where there are several; its account is who acts",
    )
    time_zone: str | None = Field(
        default=None, description="Time zone in which cron is meant; that of the settings unless set"
    )

    @field_validator("cron")
    @classmethod
    def _expression(cls, cron: str) -> str:
        from datetime import UTC, datetime

        from cronsim import CronSim, CronSimError

        try:
            CronSim(cron, datetime.now(UTC))
        except CronSimError as error:
            raise ValueError(
                f"{cron!r} is no cron expression ({error}); 15 2 * * * is every day at 2:15"
            ) from None
        return cron

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"there is no {name!r}; write it as Europe/Berlin or America/New_York") from None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.runbook is None) == (self.script is None):
            raise ValueError('takes one of runbook = "..." and script = "..."')
        if self.runbook is not None and (
            self.parameter is not None or self.layout is not None or self.database
        ):
            raise ValueError(
                "takes parameter, layout and database for a script alone; a runbook names its own"
            )
        return self
