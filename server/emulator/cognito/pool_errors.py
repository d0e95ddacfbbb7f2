"""The ways a user pool says no. Clients tell them apart by kind and, for NotAuthorized, by message alone."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """Answered as HTTP 400 (500 for an internal error) with `__type` and `message` (section 1, H)."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message

    @property
    def status(self) -> int:
        return 500 if self.kind == "InternalErrorException" else 400


def not_authorized(message: str) -> Refused:
    return Refused("NotAuthorizedException", message)


def incorrect() -> Refused:
    """Wrong password, unknown user, wrong clock and replayed proof look the same (section 1, H)."""
    return not_authorized("Incorrect username or password.")


def invalid(message: str) -> Refused:
    return Refused("InvalidParameterException", message)


def required(parameters: Mapping[str, str], name: str) -> str:
    """The named parameter, or the refusal for its absence."""
    value = parameters.get(name, "")
    if not value:
        raise invalid(f"Missing required parameter {name}")
    return value
