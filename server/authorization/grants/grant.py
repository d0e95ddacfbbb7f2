"""What one person allowed one client, and the person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ...callers.caller_identity import Identity
from ...callers.caller_rule import caller_id


@dataclass(frozen=True)
class Person:
    """Who signed in, and how."""

    issuer: str
    subject: str
    name: str
    """As they know themselves; for pages, never to decide anything by."""
    claims: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    way: str = ""
    """provider, passkey or account."""
    at: float = 0.0
    """When they proved it, in seconds since 1970."""
    renewal: str = field(default="", repr=False)
    """The provider's refresh token, by which it is asked again whether they are still who they were."""

    @property
    def caller(self) -> str:
        """As plans, journal and state name them."""
        return caller_id(Identity(self.issuer, self.subject, "", frozenset()))


@dataclass(frozen=True)
class Grant:
    id: str
    person: Person
    client: str
    client_name: str
    scopes: frozenset[str]
    made: float
    ends: float
    databases: tuple[str, ...] = ()
    """Those that the owner gave the person when they let the program in. What is given later has to be allowed anew."""

    @property
    def identity(self) -> Identity:
        person = self.person
        return Identity(
            person.issuer, person.subject, self.client, self.scopes, person.claims, self.id, person.at,
            databases=frozenset(self.databases),
        )  # fmt: skip

    def box(self) -> bytes:
        values = {**vars(self), "person": {**vars(self.person), "claims": dict(self.person.claims)}}
        return json.dumps({**values, "scopes": sorted(self.scopes)}).encode()

    @classmethod
    def in_box(cls, content: bytes) -> Self:
        values: dict[str, Any] = json.loads(content)
        person = Person(**values.pop("person"))
        scopes, databases = frozenset(values.pop("scopes")), tuple(values.pop("databases"))
        return cls(person=person, scopes=scopes, databases=databases, **values)
