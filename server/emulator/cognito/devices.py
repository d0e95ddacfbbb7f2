"""Devices that a pool remembers: given with the first tokens, confirmed by their client, proved at later sign-ins.

After Amazon's documentation of device keys (`NewDeviceMetadata`, `ConfirmDevice`, `DEVICE_SRP_AUTH`). Whether Claris' pool
remembers devices is not known (section 1, M: apparently not).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from . import srp
from .pool_errors import Refused, incorrect, invalid, not_authorized, required
from .pool_switches import Identity, PoolSwitches
from .users import Person


@dataclass
class Device:
    """One that belongs to a person. Without a verifier it was never confirmed."""

    key: str
    group: str
    verifier: srp.Verifier | None = field(default=None, repr=False)


@dataclass(frozen=True)
class DeviceProof:
    """A device's proof that the pool waits for."""

    person: Person
    device: Device
    handshake: srp.Handshake
    begun: datetime


class Devices:
    def __init__(self, identity: Identity, switches: PoolSwitches, now: Callable[[], datetime]) -> None:
        self._identity = identity
        self._switches = switches
        self._now = now
        self._known: dict[str, dict[str, Device]] = {}
        """By subject and key."""
        self._proofs: dict[str, DeviceProof] = {}
        """By secret block."""

    def new(self, subject: str) -> Device:
        device = Device(f"{self._identity.region}_{uuid.uuid4()}", f"-{secrets.token_urlsafe(6)}")
        self._known.setdefault(subject, {})[device.key] = device
        return device

    def find(self, subject: str, key: str) -> Device | None:
        return self._known.get(subject, {}).get(key)

    def forget(self, subject: str) -> None:
        self._known.pop(subject, None)

    def check_known(self, person: Person | None, key: str) -> None:
        """At the start of a sign-in that names a device."""
        if key and (person is None or self.find(person.subject, key) is None):
            raise Refused("ResourceNotFoundException", "Device does not exist.")

    def confirm(self, subject: str, key: str, config: Mapping[str, str]) -> None:
        """Takes the verifier that the client made of the device's password."""
        device = self.find(subject, key)
        if device is None:
            raise Refused("ResourceNotFoundException", "Device does not exist.")
        try:
            salt, value = (
                int.from_bytes(base64.b64decode(required(config, name), validate=True), "big")
                for name in ("Salt", "PasswordVerifier")
            )
        except (binascii.Error, ValueError):
            raise invalid("DeviceSecretVerifierConfig is not base64.") from None
        device.verifier = srp.Verifier(salt, value)

    def begin(self, person: Person, responses: Mapping[str, str]) -> dict[str, str]:
        """The parameters of `DEVICE_PASSWORD_VERIFIER` for the answer to `DEVICE_SRP_AUTH`."""
        device = self.find(person.subject, required(responses, "DEVICE_KEY"))
        if device is None or device.verifier is None:
            raise not_authorized("Device does not exist.")
        handshake = srp.handshake(device.verifier, required(responses, "SRP_A"))
        challenge = handshake.challenge()
        self._proofs[challenge["SECRET_BLOCK"]] = DeviceProof(person, device, handshake, self._now())
        return {**challenge, "USERNAME": person.subject, "DEVICE_KEY": device.key}

    def check(self, responses: Mapping[str, str]) -> tuple[Person, Device]:
        """Whose device proved itself."""
        proof = self._proofs.pop(required(responses, "PASSWORD_CLAIM_SECRET_BLOCK"), None)
        timestamp = required(responses, "TIMESTAMP")
        signed_at = srp.moment(timestamp)
        if proof is None or self._now() - proof.begun > self._switches.session_life:
            raise incorrect()
        expected = proof.handshake.signature(proof.device.group, proof.device.key, timestamp)
        try:
            shown = base64.b64decode(required(responses, "PASSWORD_CLAIM_SIGNATURE"), validate=True)
        except (binascii.Error, ValueError):
            shown = b""
        if not hmac.compare_digest(shown, expected) or abs(self._now() - signed_at) > self._switches.skew:
            raise incorrect()
        return proof.person, proof.device
