"""Where the end of the journal's chain is kept outside the state."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from .strict_settings import Place, SecretPlace, Settled


class HeadSettings(Settled):
    file: Place | None = Field(
        default=None,
        description="File to which lines are added, on another machine or one that nobody can take lines from",
    )
    webhook: SecretPlace | None = Field(
        default=None, description="Where the address is that gets the same lines, which may be a secret"
    )

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.file is None and self.webhook is None:
            raise ValueError('takes { file = "..." } or { webhook = { env = "..." } }, or both')
        return self
