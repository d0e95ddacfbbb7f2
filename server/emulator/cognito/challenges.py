"""What follows a correct password: the second step, and refusals for other reasons."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .codes import SentCode, masked, send
from .devices import Devices
from .grants import Answer, Grants
from .pool_errors import Refused, incorrect, invalid, not_authorized, required
from .pool_switches import PoolSwitches
from .users import Directory, Factor, Person, State

_CODE = {
    Factor.AUTHENTICATOR: "SOFTWARE_TOKEN_MFA_CODE",
    Factor.SMS: "SMS_MFA_CODE",
    Factor.EMAIL: "EMAIL_OTP_CODE",
}


@dataclass
class Pending:
    """A challenge that waits for its answer under the `Session` given with it."""

    name: str
    person: Person
    begun: datetime
    sent: SentCode | None = None
    failures: int = 0
    over: bool = False


class Challenges:
    def __init__(
        self,
        switches: PoolSwitches,
        people: Directory,
        grants: Grants,
        devices: Devices,
        now: Callable[[], datetime],
    ) -> None:
        self._switches = switches
        self._people = people
        self._grants = grants
        self._devices = devices
        self._now = now
        self._pending: dict[str, Pending] = {}
        self.outbox: list[SentCode] = []
        """Codes sent, oldest first, as their receivers would see them."""

    def proved(self, person: Person, issuer: str, device_key: str = "") -> Answer:
        """After the right password: the reasons to refuse it all the same, then the further steps. A device that the pool
        remembers proves itself in place of a code."""
        user = person.user
        if user.blocked or self._switches.blocks_place:
            raise not_authorized(self._switches.security_message)
        if user.state is State.DISABLED:
            raise not_authorized("User is disabled.")
        if user.state is State.UNCONFIRMED:
            raise Refused("UserNotConfirmedException", "User is not confirmed.")
        if user.state is State.RESET_REQUIRED:
            raise Refused("PasswordResetRequiredException", "Password reset required for the user")
        if user.state is State.MUST_CHANGE_PASSWORD:
            attributes = json.dumps({"email_verified": "true", "email": user.name})
            return self._ask(
                Pending("NEW_PASSWORD_REQUIRED", person, self._now()),
                {"userAttributes": attributes, "requiredAttributes": "[]"},
            )
        device = self._devices.find(person.subject, device_key)
        if device is not None and device.verifier is not None:
            return {
                "ChallengeName": "DEVICE_SRP_AUTH",
                "ChallengeParameters": {"USERNAME": person.subject, "DEVICE_KEY": device.key},
            }
        return self._second_step(person, issuer)

    def respond(
        self, challenge: str, responses: Mapping[str, str], session: str | None, issuer: str
    ) -> Answer:
        pending = self._take(session, challenge, responses)
        person = pending.person
        if challenge == "NEW_PASSWORD_REQUIRED":
            self._change_password(pending, required(responses, "NEW_PASSWORD"))
            return self._second_step(person, issuer)
        if challenge == "SELECT_MFA_TYPE":
            return self._selected(pending, required(responses, "ANSWER"))
        factor = next((factor for factor in Factor if factor == challenge), None)
        if factor is None:
            raise invalid(f"Challenge {challenge} has no answer in this pool.")
        self._check_code(pending, required(responses, _CODE[factor]))
        pending.over = True
        person.lockout.forget()
        return self._grants.first(person, issuer)

    def prove_device(self, responses: Mapping[str, str]) -> Answer:
        person = self._people.find(required(responses, "USERNAME"))
        if person is None:
            raise incorrect()
        return {
            "ChallengeName": "DEVICE_PASSWORD_VERIFIER",
            "ChallengeParameters": self._devices.begin(person, responses),
        }

    def device_proved(self, responses: Mapping[str, str], issuer: str) -> Answer:
        person, device = self._devices.check(responses)
        person.lockout.forget()
        return self._grants.first(person, issuer, device)

    def _second_step(self, person: Person, issuer: str) -> Answer:
        user = person.user
        if user.unusual_challenge:
            kinds = json.dumps([Factor.SMS, Factor.AUTHENTICATOR])
            return self._ask(Pending(user.unusual_challenge, person, self._now()), {"MFAS_CAN_SETUP": kinds})
        if len(user.factors) > 1:
            kinds = json.dumps(user.factors, separators=(",", ":"))
            return self._ask(Pending("SELECT_MFA_TYPE", person, self._now()), {"MFAS_CAN_CHOOSE": kinds})
        if user.factors:
            return self._ask_code(person, user.factors[0])
        person.lockout.forget()
        return self._grants.first(person, issuer)

    def _ask_code(self, person: Person, factor: Factor) -> Answer:
        pending = Pending(factor, person, self._now())
        if factor is Factor.AUTHENTICATOR:
            return self._ask(pending, {"FRIENDLY_DEVICE_NAME": "Authenticator"})
        user = person.user
        medium, destination = ("SMS", user.phone) if factor is Factor.SMS else ("EMAIL", user.name)
        pending.sent = send(user.name, medium, destination, self._now(), self._switches.code_life)
        self.outbox.append(pending.sent)
        delivery = {
            "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
            "CODE_DELIVERY_DESTINATION": masked(medium, destination),
        }
        return self._ask(pending, delivery)

    def _ask(self, pending: Pending, parameters: dict[str, str]) -> Answer:
        session = secrets.token_urlsafe(600)
        self._pending[session] = pending
        parameters["USER_ID_FOR_SRP"] = pending.person.subject
        return {"ChallengeName": pending.name, "ChallengeParameters": parameters, "Session": session}

    def _take(self, session: str | None, challenge: str, responses: Mapping[str, str]) -> Pending:
        pending = self._pending.get(session or "")
        if (
            pending is None
            or pending.name != challenge
            or not pending.person.answers_to(required(responses, "USERNAME"), self._people.written)
        ):
            raise not_authorized("Invalid session for the user.")
        if pending.over:
            raise not_authorized("Invalid session for the user, session can only be used once.")
        if self._now() - pending.begun > self._switches.session_life:
            raise not_authorized("Invalid session for the user, session is expired.")
        return pending

    def _selected(self, pending: Pending, answer: str) -> Answer:
        chosen = next((factor for factor in pending.person.user.factors if factor == answer), None)
        if chosen is None:
            raise invalid("Invalid MFA type selected.")
        pending.over = True
        return self._ask_code(pending.person, chosen)

    def _check_code(self, pending: Pending, code: str) -> None:
        now = self._now()
        pending.person.lockout.check(now)
        try:
            if pending.sent is not None:
                pending.sent.check(code, now)
            elif pending.person.authenticator is not None:
                pending.person.authenticator.check(code, now)
            else:
                raise invalid(f"{pending.name} is not set up for this user.")
        except Refused as refused:
            if refused.kind == "CodeMismatchException":
                pending.person.lockout.fail(now)
                pending.failures += 1
                pending.over = pending.failures >= self._switches.code_tries
            raise

    def _change_password(self, pending: Pending, password: str) -> None:
        if len(password) < 8:
            raise Refused(
                "InvalidPasswordException",
                "Password does not conform to policy: Password not long enough",
            )
        pending.over = True
        self._people.set_password(pending.person, password)
