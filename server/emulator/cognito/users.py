"""The people of a user pool, found by name or by the id the pool gave them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from .codes import Authenticator
from .lockout import Lockout
from .pool_switches import PoolSwitches
from .srp import Verifier, verifier


class State(StrEnum):
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    RESET_REQUIRED = "reset_required"
    MUST_CHANGE_PASSWORD = "must_change_password"  # noqa: S105 (a state, not a password)
    DISABLED = "disabled"


class Factor(StrEnum):
    """Second steps, named as Cognito names their challenges."""

    AUTHENTICATOR = "SOFTWARE_TOKEN_MFA"
    SMS = "SMS_MFA"
    EMAIL = "EMAIL_OTP"


@dataclass(frozen=True)
class User:
    """One person. With several factors the pool lets them choose (`SELECT_MFA_TYPE`)."""

    name: str
    """The e-mail address that is the Claris ID."""
    password: str = field(default="", repr=False)
    factors: tuple[Factor, ...] = ()
    authenticator_secret: str = field(default="", repr=False)
    """Base32, as an authenticator app takes it. For `Factor.AUTHENTICATOR`."""
    phone: str = "+15555550100"
    state: State = State.CONFIRMED
    blocked: bool = False
    """Refuse a right password "for security reasons" (section 1)."""
    unusual_challenge: str | None = None
    """A challenge that no code answers, such as `MFA_SETUP` or `CUSTOM_CHALLENGE`."""


@dataclass
class Person:
    """A user with what the pool remembers of them."""

    user: User
    subject: str
    pool_name: str
    lockout: Lockout = field(default_factory=Lockout)
    authenticator: Authenticator | None = None

    @cached_property
    def verifier(self) -> Verifier:
        """Made when it is first needed: that takes a while, and most people of a sample never sign in."""
        return verifier(self.pool_name, self.subject, self.user.password)

    def answers_to(self, username: str, written: Callable[[str], str]) -> bool:
        return username == self.subject or written(username) == written(self.user.name)


class Directory:
    """Names are compared without case unless the pool distinguishes it. The subject is `USER_ID_FOR_SRP`, so a client that
    ignores it fails."""

    def __init__(self, pool_name: str, switches: PoolSwitches) -> None:
        self._pool_name = pool_name
        self._switches = switches
        self._people: dict[str, Person] = {}
        """By subject."""

    def add(self, user: User) -> Person:
        """Add a person, or replace the one of that name."""
        known = self.find(user.name)
        subject = known.subject if known else str(uuid.uuid4())
        person = Person(user, subject, self._pool_name)
        if user.authenticator_secret:
            person.authenticator = Authenticator(user.authenticator_secret)
        self._people[subject] = person
        return person

    @property
    def users(self) -> list[User]:
        return [person.user for person in self._people.values()]

    def find(self, name: str) -> Person | None:
        people = self._people.values()
        return next((one for one in people if one.answers_to(name, self.written)), None)

    def written(self, name: str) -> str:
        """A name as this pool compares it."""
        return name if self._switches.distinguishes_case else name.casefold()

    def set_password(self, person: Person, password: str) -> None:
        person.user = replace(person.user, password=password, state=State.CONFIRMED)
        person.__dict__.pop("verifier", None)  # the next one is of the new password
