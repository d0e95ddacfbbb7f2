"""How approvers are told that something waits for them."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from .strict_settings import SecretPlace, Settled


class NoticeSettings(Settled):
    command: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        description="Program and its arguments; it is given JSON on its standard input",
    )
    webhook: SecretPlace | None = Field(
        default=None, description="Where the address is that gets the same JSON, which may be a secret"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.command is None) == (self.webhook is None):
            raise ValueError('takes { command = ["..."] } or { webhook = { env = "..." } }')
        return self
