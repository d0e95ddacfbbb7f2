"""The setting `state`: a file, or PostgreSQL by the variable that holds its address."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator

from ..errors import ConfigurationError
from ..local.state.state_place import StatePlace, is_address
from .strict_settings import Place, Settled

PREFIX = "FILEMAKER_"


class PostgresSettings(Settled):
    """The address of a database, which may hold a password: in a variable, never in the configuration file."""

    env: str | None = Field(default=None, description="Environment variable that holds the address")
    url: SecretStr | None = Field(default=None, description="The address itself; only a variable holds it")
    trusts_network: bool = Field(
        default=False,
        description="Whether an address at another machine does without `sslmode=verify-full`: nobody else is on the way there",
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.env is None) == (self.url is None):
            raise ValueError('takes { env = "FM_STATE_URL" }, a variable that holds postgresql://...')
        if self.env is not None and self.env.upper().startswith(PREFIX):
            raise ValueError(f"takes the name of a variable that does not begin with {PREFIX}")
        return self


class StateSettings(Settled):
    file: Place | None = Field(default=None, description="File that keeps them (SQLite)")
    postgres: PostgresSettings | None = Field(default=None, description='{ env = "FM_STATE_URL" }')

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.postgres is None):
            raise ValueError('takes a file, { file = "..." } or { postgres = { env = "..." } }')
        return self

    def place(self, environment: Mapping[str, str] = os.environ) -> StatePlace:
        """Raises ConfigurationError for a variable that is not set or holds no address, and for one at another machine that nothing
        checks."""
        if self.postgres is None:
            return StatePlace(self.file)
        if self.postgres.url is not None:
            return self._at(self.postgres.url.get_secret_value(), self.postgres)
        name = str(self.postgres.env)
        if not is_address(url := environment.get(name, "")):
            what = "is not set" if not url else "holds no address of PostgreSQL"
            raise ConfigurationError(
                f"{name} {what}", advice=f"Set {name} to postgresql://role@host/database."
            )
        return self._at(url, self.postgres)

    @staticmethod
    def _at(url: str, postgres: PostgresSettings) -> StatePlace:
        try:
            url.encode()
        except UnicodeEncodeError:
            raise ConfigurationError(
                "The address of PostgreSQL holds bytes that are no UTF-8",
                advice="Write such a character of its password as %XX, one for each byte.",
            ) from None
        if not postgres.trusts_network:
            from ..local.state.postgres_tls import check_tls

            check_tls(url)
        return StatePlace(url=url)


def _state(source: object) -> object:
    if isinstance(source, Path):
        return StateSettings(file=source)
    if not isinstance(source, str):
        return source
    if is_address(source):
        raise ValueError("takes the name of a variable that holds it; an address does not belong in the file")
    return {"file": source}


StateSetting = Annotated[StateSettings, BeforeValidator(_state)]


def state_in(variable: str) -> StateSettings:
    """What FILEMAKER_STATE says: a file, an address, or the same JSON as in a configuration file."""
    if is_address(variable):
        return StateSettings(postgres=PostgresSettings(url=SecretStr(variable)))
    if not variable.startswith("{"):
        return StateSettings(file=Path(variable))
    try:
        return StateSettings.model_validate_json(variable)
    except ValidationError:
        raise ConfigurationError(
            "FILEMAKER_STATE takes a file, an address or JSON as in a configuration file",
            advice='{"postgres": {"env": "FM_STATE_URL"}} names the variable that holds the address.',
        ) from None
