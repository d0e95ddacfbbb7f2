"""Proving a password to Cognito without showing it (SRP), by pycognito's arithmetic and over our own connection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import anyio.to_thread

from .cognito import UserPool


class PasswordProof:
    """One proof: `parameters` begin it, `answer` meets Cognito's challenge.

    pycognito brings boto3 along (0.4 s, 15 MB), so it is imported here, in a thread, when a password is really needed.
    """

    def __init__(self, srp: Any) -> None:
        self._srp = srp
        self.parameters: Mapping[str, str] = srp.get_auth_params()

    @classmethod
    async def begin(cls, user: str, password: str, pool: UserPool) -> PasswordProof:
        return await anyio.to_thread.run_sync(_begun, user, password, pool)

    async def answer(self, challenge: Mapping[str, str], now: float) -> Mapping[str, str]:
        """`now`: Cognito's own time in seconds since 1970; the proof is signed over it."""
        self._srp.moment = datetime.fromtimestamp(now, UTC)
        return await anyio.to_thread.run_sync(
            self._srp.process_challenge, dict(challenge), dict(self.parameters)
        )


def _begun(user: str, password: str, pool: UserPool) -> PasswordProof:
    from pycognito.aws_srp import AWSSRP

    class Srp(AWSSRP):
        moment = datetime.now(UTC)

        def get_cognito_formatted_timestamp(self, input_datetime: datetime) -> str:  # pyright: ignore[reportIncompatibleMethodOverride] -- a static method there, called through self
            # Its own clock would be this machine's, and one that is wrong makes a right password look wrong.
            return str(AWSSRP.get_cognito_formatted_timestamp(self.moment))  # pyright: ignore[reportUnknownMemberType,reportUnknownArgumentType] -- pycognito has no types

    # Any object stands in for the boto3 client, which only its own requests would need.
    return PasswordProof(Srp(user, password, pool.pool_id, pool.client_id, client=object()))
