"""What all settings share: frozen, strict about names, and secrets by the place where they are."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from ..local.places import expanded


class Settled(BaseModel):
    """Frozen, and a name that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)


Name = Annotated[str, StringConstraints(strip_whitespace=False)]
"""A name as FileMaker has it: `Secret ` with its blank is another field than `Secret`."""
Place = Annotated[Path, AfterValidator(expanded)]


class Secret(Settled):
    """Where a password or token comes from. Exactly one of the four; only the environment can hold a value itself."""

    model_config = ConfigDict(str_strip_whitespace=False)  # a password may begin or end with a space

    value: SecretStr | None = Field(default=None, description="The secret itself; only a variable holds it")
    file: Place | None = Field(default=None, description="File that holds it, readable by its owner alone")
    env: str | None = Field(default=None, description="Environment variable that holds it")
    keychain: bool = Field(default=False, description="The operating system's keychain holds it")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = [self.value is not None, self.file is not None, self.env is not None, self.keychain]
        if sum(places) != 1:
            raise ValueError('takes one of "keychain", { file = "..." } or { env = "..." }')
        return self


def _secret(source: object) -> object:
    """The short forms of a configuration file; a password itself does not belong there."""
    if source == "keychain":
        return Secret(keychain=True)
    written_out = isinstance(source, dict) and "value" in cast("dict[str, object]", source)
    if isinstance(source, str) or written_out:
        raise ValueError(
            'takes "keychain", { file = "..." } or { env = "..." }; a password itself does not belong in the file'
        )
    return cast("object", source)


SecretPlace = Annotated[Secret, BeforeValidator(_secret)]


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, is this machine itself."""
    name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
