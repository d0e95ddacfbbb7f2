"""Proving a password to Cognito without showing it (SRP), by pycognito's arithmetic and over our own connection."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from anyio import to_thread

from ...errors import SignInFailed
from .cognito import Device, UserPool


class PasswordProof:
    """One proof: `parameters` begin it, `answer` meets Cognito's challenge, `device_answer` the one for a known device.

    pycognito brings boto3 along (0.4 s, 15 MB), so it is imported here, in a thread, when a password is really needed.
    """

    def __init__(self, srp: Any, device: Device | None) -> None:
        self._srp = srp
        self._device = device
        self.parameters: Mapping[str, str] = srp.get_auth_params()

    @classmethod
    async def begin(cls, user: str, password: str, pool: UserPool, device: Device | None) -> PasswordProof:
        return await to_thread.run_sync(_begun, user, password, pool, device)

    async def answer(self, challenge: Mapping[str, str], now: float) -> Mapping[str, str]:
        """`now`: Cognito's own time in seconds since 1970. The proof is signed over it.

        Raises SignInFailed for a challenge that cannot be answered: no salt, a B that is no number.
        """
        self._srp.moment = datetime.fromtimestamp(now, UTC)
        return await to_thread.run_sync(self._answered, dict(challenge))

    async def device_answer(self, challenge: Mapping[str, str], now: float) -> Mapping[str, str]:
        """The same for `DEVICE_PASSWORD_VERIFIER`."""
        self._srp.moment = datetime.fromtimestamp(now, UTC)
        return await to_thread.run_sync(self._device_answered, challenge)

    def _answered(self, challenge: dict[str, str]) -> Mapping[str, str]:
        try:
            return self._srp.process_challenge(challenge, dict(self.parameters))
        except (LookupError, ValueError):
            raise _malformed() from None

    def _device_answered(self, challenge: Mapping[str, str]) -> Mapping[str, str]:
        device = self._device
        if device is None:
            raise _malformed()
        try:
            timestamp = self._srp.get_cognito_formatted_timestamp(self._srp.moment)
            block = base64.standard_b64decode(challenge["SECRET_BLOCK"])
            key = self._srp.get_device_authentication_key(
                device.group, device.key, device.password, int(challenge["SRP_B"], 16), challenge["SALT"]
            )
            user = challenge["USERNAME"]
        except (LookupError, ValueError):
            raise _malformed() from None
        signed = device.group.encode() + device.key.encode() + block + timestamp.encode()
        signature = hmac.new(key, signed, hashlib.sha256).digest()
        return {
            "TIMESTAMP": timestamp,
            "USERNAME": user,
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signature).decode("ascii"),
            "DEVICE_KEY": device.key,
        }


async def new_device(key: str, group: str) -> tuple[Device, Mapping[str, str]]:
    """A device with a password of its own, and what the pool is told to check that password by."""

    def made() -> tuple[Device, Mapping[str, str]]:
        from pycognito.aws_srp import generate_hash_device  # pyright: ignore[reportUnknownVariableType] -- pycognito has no types

        password, verifier = generate_hash_device(group, key)  # pyright: ignore[reportUnknownVariableType] -- pycognito has no types
        return Device(key, group, str(password)), verifier  # pyright: ignore[reportUnknownArgumentType] -- as above

    return await to_thread.run_sync(made)


def _begun(user: str, password: str, pool: UserPool, device: Device | None) -> PasswordProof:
    from pycognito.aws_srp import AWSSRP

    class Srp(AWSSRP):
        moment = datetime.now(UTC)

        def get_cognito_formatted_timestamp(self, input_datetime: datetime) -> str:  # pyright: ignore[reportIncompatibleMethodOverride] -- a static method there, called through self
            # Its own clock would be this machine's, and one that is wrong makes a right password look wrong.
            return str(AWSSRP.get_cognito_formatted_timestamp(self.moment))  # pyright: ignore[reportUnknownMemberType,reportUnknownArgumentType] -- pycognito has no types

    known = (
        {"device_key": device.key, "device_group_key": device.group, "device_password": device.password}
        if device
        else {}
    )
    # Any object stands in for the boto3 client, which only its own requests would need.
    return PasswordProof(Srp(user, password, pool.pool_id, pool.client_id, client=object(), **known), device)


def _malformed() -> SignInFailed:
    return SignInFailed(
        "Claris ID asked for a proof of the password in a form that cannot be answered",
        reason="unexpected",
        advice="Something between here and Claris may change what is sent; try from another network.",
    )
