"""The setting `secrets`: the keys by which contents and kept sign-ins are sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from .strict_settings import Place, Settled

if TYPE_CHECKING:
    from ..local.keys.key_file import KeyPlace

KEY_NAME = r"[A-Za-z0-9._-]{1,60}"
KeyId = Annotated[str, StringConstraints(pattern=KEY_NAME)]


class KeySettings(Settled):
    """One key. It is replaced by naming a new one before it, then 'filemaker-mcp secrets rotate'."""

    id: KeyId = Field(description="Name of the key, which stands beside what it has sealed")
    file: Place | None = Field(
        default=None, description="File that holds at least 32 random bytes, for its owner alone"
    )
    env: str | None = Field(default=None, description="Environment variable that holds them")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.file is None) == (self.env is None):
            raise ValueError('takes { id = "...", file = "..." } or { id = "...", env = "..." }')
        return self


class SecretsSettings(Settled):
    keys: tuple[KeySettings, ...] = Field(
        default=(),
        description="The first seals, all open; a file secrets.key beside the seal key unless set",
    )

    @model_validator(mode="after")
    def _different(self) -> Self:
        if len({key.id for key in self.keys}) < len(self.keys):
            raise ValueError("names two keys with the same id")
        return self

    @property
    def places(self) -> tuple[KeyPlace, ...]:
        from ..local.keys.key_file import KeyPlace

        return tuple(KeyPlace(key.id, key.file, key.env or "") for key in self.keys)
