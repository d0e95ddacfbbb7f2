"""What a pool gives to whoever has proved themselves, gives again for a refresh token, and takes back."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .devices import Device, Devices
from .pool_errors import Refused, invalid, not_authorized
from .pool_switches import Identity, PoolSwitches
from .tokens import RefreshToken, RefreshTokens, Signer, seconds
from .users import Directory, Person, State

Answer = dict[str, Any]


@dataclass(frozen=True)
class IdToken:
    """A checked id token: whose it is and how long it holds."""

    name: str
    issued: datetime
    expires: datetime


class Grants:
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
        self._given: dict[str, str] = {}
        """Id tokens that hosts accept: token id -> subject."""
        self.signer = Signer()
        self.refresh_tokens = RefreshTokens()

    def first(self, person: Person, issuer: str, device: Device | None = None) -> Answer:
        """The answer to a sign-in that is complete, by a device that the pool knows or by a new one."""
        token = self.refresh_tokens.issue(person.subject, self._now(), self._switches.refresh_token_life)
        if not self._switches.remembers_devices:
            return self._answer(person, token, issuer, with_refresh_token=True)
        known = device or self._devices.new(person.subject)
        token.device = known.key
        answer = self._answer(person, token, issuer, with_refresh_token=True)
        if device is None:
            metadata = {"DeviceKey": known.key, "DeviceGroupKey": known.group}
            answer["AuthenticationResult"]["NewDeviceMetadata"] = metadata
        return answer

    def again(self, refresh_token: str, issuer: str, device_key: str = "") -> Answer:
        """`InitiateAuth` with a refresh token: AWS does not allow it where rotation is on (section 1, M)."""
        if self._switches.rotation:
            raise invalid("REFRESH_TOKEN_AUTH flow not enabled for this client")
        person, token = self._accept(refresh_token, device_key)
        return self._answer(person, token, issuer, with_refresh_token=False)

    def rotate(self, refresh_token: str, issuer: str, device_key: str = "") -> Answer:
        """`GetTokensFromRefreshToken`: with rotation on the old token ends, at once or after the grace."""
        person, token = self._accept(refresh_token, device_key)
        if not self._switches.rotation:
            return self._answer(person, token, issuer, with_refresh_token=False)
        now = self._now()
        if token.retired is None:
            token.retired = now
        elif now >= token.retired + self._switches.rotation_grace:
            self.refresh_tokens.revoke(refresh_token)
            raise Refused("RefreshTokenReuseException", "Refresh token has been invalidated by rotation")
        successor = self.refresh_tokens.issue(person.subject, now, self._switches.refresh_token_life, token)
        return self._answer(person, successor, issuer, with_refresh_token=True)

    def revoke(self, value: str) -> None:
        """`RevokeToken`. Only refresh tokens can be revoked, and one nobody knows is no error [I]."""
        if not self.refresh_tokens.revoke(value) and self.signer.read(value) is not None:
            raise Refused("UnsupportedTokenTypeException", "Unsupported token type")

    def read_id_token(self, token: str) -> IdToken | None:
        """The id token of this pool and client, if it still holds. None for anything else."""
        claims = self.signer.read(token)
        if (
            claims is None
            or claims.get("aud") != self._identity.client_id
            or claims["jti"] not in self._given
            or claims["email"] in self._switches.not_admitted
        ):
            return None
        issued, expires = (datetime.fromtimestamp(claims[key], UTC) for key in ("iat", "exp"))
        return None if self._now() >= expires else IdToken(claims["email"], issued, expires)

    def end_id_tokens(self, subject: str) -> None:
        self._given = {token: owner for token, owner in self._given.items() if owner != subject}

    def owner(self, access_token: str) -> Person:
        """Whose access token it is, while it holds."""
        claims = self.signer.read(access_token)
        person = self._people.find(claims["sub"]) if claims and claims.get("token_use") == "access" else None
        if claims is None or person is None:
            raise not_authorized("Invalid Access Token")
        if self.refresh_tokens.is_revoked(claims["origin_jti"]):
            raise not_authorized("Access Token has been revoked")
        if self._now() >= datetime.fromtimestamp(claims["exp"], UTC):
            raise not_authorized("Access Token has expired")
        if person.user.state is State.DISABLED:
            raise not_authorized("User is disabled.")
        return person

    def _accept(self, refresh_token: str, device_key: str) -> tuple[Person, RefreshToken]:
        token = self.refresh_tokens.accept(refresh_token, self._now())
        person = self._people.find(token.subject)
        if token.device and (token.device != device_key or not self._devices.find(token.subject, device_key)):
            raise not_authorized("Invalid Refresh Token.")  # the same words as for a foreign one (section 1)
        if person is None:
            raise not_authorized("Invalid Refresh Token.")
        if person.user.state is State.DISABLED:
            raise not_authorized("User is disabled.")
        return person, token

    def _answer(
        self, person: Person, token: RefreshToken, issuer: str, *, with_refresh_token: bool
    ) -> Answer:
        now, life = self._now(), self._switches.id_token_life
        shared: Answer = {
            "sub": person.subject,
            "iss": issuer,
            "origin_jti": token.origin,
            "event_id": str(uuid.uuid4()),
            "auth_time": seconds(token.authenticated),
            "exp": seconds(now + life),
            "iat": seconds(now),
        }
        access: Answer = {
            **shared,
            "client_id": self._identity.client_id,
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "jti": str(uuid.uuid4()),
            "username": person.subject,
        }
        access_token = self.signer.sign(access)
        identity: Answer = {
            **shared,
            "aud": self._identity.client_id,
            "token_use": "id",
            "jti": str(uuid.uuid4()),
            "cognito:username": person.subject,
            "email": person.user.name,
            "email_verified": True,
        }
        if self._switches.at_hash:
            half = hashlib.sha256(access_token.encode()).digest()[:16]
            identity["at_hash"] = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
        self._given[identity["jti"]] = person.subject
        result: Answer = {
            "AccessToken": access_token,
            "ExpiresIn": int(life.total_seconds()),
            "IdToken": self.signer.sign(identity),
            "TokenType": "Bearer",
        }
        if with_refresh_token:
            result["RefreshToken"] = token.value
        return {"AuthenticationResult": result, "ChallengeParameters": {}}
