"""A user pool: its people, its operations and a log of who asked what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..clock import Clock
from .calls import Outage, PoolCall, PoolRequest
from .challenges import Challenges
from .codes import SentCode
from .devices import Devices
from .grants import Answer, Grants, IdToken
from .pool_errors import Refused, invalid, required
from .pool_switches import Identity, PoolSwitches
from .proof import PasswordProofs
from .users import Directory, User


class UserPool:
    """Verifies passwords for real. Everything in memory. Give a test its `switches`, `outbox` and `calls`."""

    def __init__(
        self,
        clock: Clock,
        identity: Identity | None = None,
        switches: PoolSwitches | None = None,
        issuer: str | None = None,
    ) -> None:
        self.identity = identity or Identity()
        self.switches = switches or PoolSwitches()
        self.issuer = issuer
        """None: the address that the request came to, slash, pool id, as a client given `endpoint_url` expects."""
        self.calls: list[PoolCall] = []
        self._clock = clock
        self._outages: list[Outage] = []
        self._people = Directory(self.identity.pool_name, self.switches)
        self._devices = Devices(self.identity, self.switches, self.now)
        self._proofs = PasswordProofs(self.identity, self.switches, self._people, self._devices, self.now)
        self._grants = Grants(self.identity, self.switches, self._people, self._devices, self.now)
        self._challenges = Challenges(self.switches, self._people, self._grants, self._devices, self.now)
        self._operations: Mapping[str, Callable[[PoolRequest], Answer]] = {
            "InitiateAuth": self._initiate,
            "RespondToAuthChallenge": self._respond,
            "GetTokensFromRefreshToken": self._rotate,
            "RevokeToken": self._revoke,
        }
        self._operations_of_a_person: Mapping[str, Callable[[PoolRequest], Answer]] = {
            "ConfirmDevice": self._confirm_device,
            "GetUser": self._get_user,
            "GlobalSignOut": self._sign_out,
        }

    def now(self) -> datetime:
        """The pool's own time, wrong by the switch `clock_offset`."""
        return self._clock.now() + self.switches.clock_offset

    def add(self, user: User) -> None:
        """Add a user, or replace the one of that name. Failures counted against them are forgotten."""
        self._people.add(user)

    @property
    def users(self) -> list[User]:
        return self._people.users

    @property
    def outbox(self) -> list[SentCode]:
        return self._challenges.outbox

    @property
    def jwks(self) -> Mapping[str, Any]:
        return self._grants.signer.jwks

    def count(self, operation: str, detail: str | None = None) -> int:
        return sum(call.operation == operation and detail in (None, call.detail) for call in self.calls)

    def refuse_next(self, kind: str, message: str, times: int = 1, operation: str | None = None) -> None:
        """Refuse calls (of one operation, or any) whatever they ask. `TooManyRequestsException` is throttling."""
        self._outages.append(Outage(Refused(kind, message), times, operation))

    def revoke_all(self, name: str) -> None:
        """End every refresh token of a user, as an administrator's sign-out does. Id tokens live on."""
        person = self._people.find(name)
        if person is not None:
            self._grants.refresh_tokens.revoke_all(person.subject)

    def forget_devices(self, name: str) -> None:
        """Forget the devices of a user, as the person or an administrator may. Tokens bound to one end."""
        person = self._people.find(name)
        if person is not None:
            self._devices.forget(person.subject)

    def change(self, name: str, **changes: Any) -> None:
        """Change what is known of a user, such as `factors` or `state`. Tokens live on. Raises LookupError."""
        person = self._people.find(name)
        if person is None:
            raise LookupError(f"The pool has no {name!r}.")
        self.add(replace(person.user, **changes))

    def end_id_tokens(self, name: str) -> None:
        """Make hosts refuse the id tokens that a user holds now. Refreshing gives good ones."""
        person = self._people.find(name)
        if person is not None:
            self._grants.end_id_tokens(person.subject)

    def read_id_token(self, token: str) -> IdToken | None:
        return self._grants.read_id_token(token)

    def verify_id_token(self, token: str) -> str | None:
        """The Claris ID that an id token of this pool proves, while it holds."""
        read = self.read_id_token(token)
        return read.name if read else None

    def answer(self, operation: str, request: PoolRequest) -> Answer:
        """Carry out an operation. Raises Refused. Both ends are logged in `calls`."""
        outcome = "InternalErrorException"
        try:
            answer = self._answer(operation, request)
            outcome = answer.get("ChallengeName") or ("tokens" if "AuthenticationResult" in answer else "ok")
        except Refused as refused:
            outcome = refused.kind
            raise
        finally:
            detail = request.body.get("AuthFlow") or request.body.get("ChallengeName") or ""
            self.calls.append(PoolCall(operation, str(detail), outcome))
        return answer

    def _answer(self, operation: str, request: PoolRequest) -> Answer:
        for outage in self._outages:
            if outage.times > 0 and outage.operation in (None, operation):
                outage.times -= 1
                raise outage.refusal
        if operation in self._operations_of_a_person:  # by access token, and of no client
            return self._operations_of_a_person[operation](request)
        carry_out = self._operations.get(operation)
        if carry_out is None:
            raise Refused("UnknownOperationException", "")
        client = request.text("ClientId")
        if not re.fullmatch(r"[\w+]{1,128}", client):
            raise invalid("Value at 'clientId' failed to satisfy constraint: pattern [\\w+]+")
        if client != self.identity.client_id:
            raise Refused("ResourceNotFoundException", f"User pool client {client} does not exist.")
        return carry_out(request)

    def _initiate(self, request: PoolRequest) -> Answer:
        flow, parameters = request.text("AuthFlow"), request.texts("AuthParameters")
        if flow == "USER_SRP_AUTH" and not self.switches.password_sign_in:
            raise invalid("USER_SRP_AUTH is not enabled for the client.")
        if flow == "USER_SRP_AUTH":
            return {
                "ChallengeName": "PASSWORD_VERIFIER",
                "ChallengeParameters": self._proofs.start(parameters),
            }
        if flow in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
            token, device_key = required(parameters, "REFRESH_TOKEN"), parameters.get("DEVICE_KEY", "")
            return self._grants.again(token, request.issuer, device_key)
        if flow in ("USER_PASSWORD_AUTH", "CUSTOM_AUTH", "USER_AUTH"):
            raise invalid(f"{flow} flow not enabled for this client")
        raise invalid("Unsupported authentication flow")

    def _respond(self, request: PoolRequest) -> Answer:
        challenge, responses = request.text("ChallengeName"), request.texts("ChallengeResponses")
        if challenge == "PASSWORD_VERIFIER":
            person = self._proofs.check(responses)
            return self._challenges.proved(person, request.issuer, responses.get("DEVICE_KEY", ""))
        if challenge == "DEVICE_SRP_AUTH":
            return self._challenges.prove_device(responses)
        if challenge == "DEVICE_PASSWORD_VERIFIER":
            return self._challenges.device_proved(responses, request.issuer)
        return self._challenges.respond(challenge, responses, request.text("Session"), request.issuer)

    def _rotate(self, request: PoolRequest) -> Answer:
        token = required({"REFRESH_TOKEN": request.text("RefreshToken")}, "REFRESH_TOKEN")
        answer = self._grants.rotate(token, request.issuer, request.text("DeviceKey"))
        del answer["ChallengeParameters"]
        return answer

    def _revoke(self, request: PoolRequest) -> Answer:
        self._grants.revoke(required({"Token": request.text("Token")}, "Token"))
        return {}

    def _confirm_device(self, request: PoolRequest) -> Answer:
        person = self._grants.owner(request.text("AccessToken"))
        self._devices.confirm(
            person.subject, request.text("DeviceKey"), request.texts("DeviceSecretVerifierConfig")
        )
        return {"UserConfirmationNecessary": False}

    def _get_user(self, request: PoolRequest) -> Answer:
        person = self._grants.owner(request.text("AccessToken"))
        attributes = {"sub": person.subject, "email": person.user.name, "email_verified": "true"}
        return {
            "Username": person.subject,
            "UserAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
            "UserMFASettingList": list(person.user.factors),
        }

    def _sign_out(self, request: PoolRequest) -> Answer:
        self._grants.refresh_tokens.revoke_all(self._grants.owner(request.text("AccessToken")).subject)
        return {}
