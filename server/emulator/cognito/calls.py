"""The requests that a user pool gets, and its log of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from .pool_errors import Refused


@dataclass(frozen=True)
class PoolCall:
    """One call as the pool saw it."""

    operation: str
    detail: str
    """The flow of `InitiateAuth`, the challenge of `RespondToAuthChallenge`, else empty."""
    outcome: str
    """`tokens`, the name of the next challenge, `ok`, or the kind of the refusal."""


@dataclass
class Outage:
    """A refusal that the pool gives instead of working, so many times."""

    refusal: Refused
    times: int
    operation: str | None = None


@dataclass(frozen=True)
class PoolRequest:
    """A decoded request. `issuer` is what tokens given now will name."""

    body: Mapping[str, Any]
    issuer: str = field(default="")

    def text(self, name: str) -> str:
        value = self.body.get(name, "")
        if not isinstance(value, str):
            raise Refused("SerializationException", f"{name} is not a string")
        return value

    def texts(self, name: str) -> Mapping[str, str]:
        value: Any = self.body.get(name) or {}
        if not isinstance(value, Mapping):
            raise Refused("SerializationException", f"{name} is not a map of strings")
        pairs = cast("Mapping[str, Any]", value)
        if not all(isinstance(item, str) for item in pairs.values()):
            raise Refused("SerializationException", f"{name} is not a map of strings")
        return pairs
