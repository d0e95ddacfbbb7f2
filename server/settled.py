"""What all settings are: frozen, and a name that they do not know is an error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settled(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
