"""The first step of a sign-in: the client proves that it knows the password without sending it (SRP)."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from . import srp
from .devices import Devices
from .pool_errors import Refused, incorrect, required
from .pool_switches import Identity, PoolSwitches
from .users import Directory, Person


@dataclass(frozen=True)
class Attempt:
    """A proof that the pool waits for. `person` is None for a name it does not know."""

    handshake: srp.Handshake
    person: Person | None
    user_id: str
    begun: datetime


class PasswordProofs:
    """The attempts in progress, by their secret block."""

    def __init__(
        self,
        identity: Identity,
        switches: PoolSwitches,
        people: Directory,
        devices: Devices,
        now: Callable[[], datetime],
    ) -> None:
        self._identity = identity
        self._switches = switches
        self._people = people
        self._devices = devices
        self._now = now
        self._attempts: dict[str, Attempt] = {}
        self._ghosts = secrets.token_bytes(32)

    def start(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """The parameters of a `PASSWORD_VERIFIER` challenge for `USERNAME` and `SRP_A` (section 3)."""
        name = required(parameters, "USERNAME")
        srp_a = required(parameters, "SRP_A")
        person = self._people.find(name)
        if person is None and not self._switches.hides_unknown_users:
            raise Refused("UserNotFoundException", "User does not exist.")
        self._devices.check_known(person, parameters.get("DEVICE_KEY", ""))
        if person is not None and self._switches.reports_lock_at_start:
            person.lockout.check(self._now())
        user_id, verifier = (person.subject, person.verifier) if person else self._ghost(name)
        handshake = srp.handshake(verifier, srp_a)
        challenge = handshake.challenge()
        self._forget_stale()
        self._attempts[challenge["SECRET_BLOCK"]] = Attempt(handshake, person, user_id, self._now())
        return {**challenge, "USERNAME": user_id, "USER_ID_FOR_SRP": user_id}

    def check(self, responses: Mapping[str, str]) -> Person:
        """The person whose password was proved. Every failure reads like a wrong password (section 1)."""
        block = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")
        signature = required(responses, "PASSWORD_CLAIM_SIGNATURE")
        timestamp = required(responses, "TIMESTAMP")
        username = required(responses, "USERNAME")
        attempt = self._attempts.pop(block, None)  # a block is good for one answer
        now = self._now()
        if attempt is None or attempt.person is None or now - attempt.begun > self._switches.session_life:
            raise incorrect()
        person = attempt.person
        person.lockout.check(now)
        signed_at = srp.moment(timestamp)
        expected = attempt.handshake.signature(self._identity.pool_name, attempt.user_id, timestamp)
        try:
            shown = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            shown = b""
        is_right = hmac.compare_digest(shown, expected) and person.answers_to(username, self._people.written)
        if not is_right or abs(now - signed_at) > self._switches.skew:
            person.lockout.fail(now)
            raise incorrect()
        return person

    def _ghost(self, name: str) -> tuple[str, srp.Verifier]:
        """The same pretended id and salt each time somebody asks for a name nobody has."""
        mark = hmac.digest(self._ghosts, name.casefold().encode(), "sha256")
        user_id = str(uuid.UUID(bytes=mark[:16], version=4))
        salt = int.from_bytes(b"\x01" + mark[16:31], "big")
        return user_id, srp.verifier(self._identity.pool_name, user_id, mark.hex(), salt)

    def _forget_stale(self) -> None:
        oldest = self._now() - self._switches.session_life
        for block in [block for block, attempt in self._attempts.items() if attempt.begun < oldest]:
            del self._attempts[block]
