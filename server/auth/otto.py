"""OttoFMS in front of FileMaker Server: an API key instead of sessions (section 16 [U])."""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread

from ..errors import SignInFailed
from .clock import Clock, Moment
from .credentials import Login
from .refusal import Refusal

HOLD_SECONDS = 60.0


class OttoKey:
    """A key `dk_...` that OttoFMS takes as bearer of every call; there is nothing to open or to log out of."""

    renewable = False
    scarce = False

    def __init__(self, key: Callable[[], str], clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._refusal: Refusal | None = None

    def __repr__(self) -> str:
        return "OttoKey()"

    async def login(self, *, refused: Login | None = None) -> Login:
        if self._refusal is not None and self._refusal.stands(self._clock):
            raise self._refusal.error
        return Login({}, token=await to_thread.run_sync(self._key), lasting=True)

    def denied(self, code: int | None) -> SignInFailed:
        error = SignInFailed(
            "OttoFMS refused the API key",
            reason="otto_key",
            code=code,
            advice=(
                "Check in OttoFMS that the key exists, is not expired and is for this file, and that its FileMaker account"
                " still signs in and has the extended privilege fmrest. Without OttoFMS, use the account itself."
            ),
            retry_after=HOLD_SECONDS,
        )
        self._refusal = Refusal(error, HOLD_SECONDS, Moment.now(self._clock))
        return error
