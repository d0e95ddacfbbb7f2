"""The owner's habits and duties about changes: parts of a database's settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field

from .sign_in_settings import SignInSettings
from .strict_settings import Name


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


class ChangeSettings(SignInSettings):
    """How records of one database are changed."""

    change_only_where: Mapping[Name, Conditions] = Field(
        default_factory=dict[str, Any],
        description="By layout: conditions, as criteria have them, that a record meets before and after each change; {} frees a layout",
    )
