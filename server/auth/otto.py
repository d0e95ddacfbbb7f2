"""OttoFMS in front of FileMaker Server: an API key instead of sessions (section 16 [U])."""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread

from ..errors import SignInFailed
from .clock import Clock
from .credentials import Login
from .error_hold import Latch

HOLD_SECONDS = 60.0


class OttoKey:
    """A key `dk_...` that OttoFMS takes as bearer of every call; there is nothing to open or to log out of."""

    renewable = False
    scarce = False

    def __init__(self, key: Callable[[], str], clock: Clock) -> None:
        self._key = key
        self._latch = Latch(clock)

    def __repr__(self) -> str:
        return "OttoKey()"

    async def login(self, *, refused: Login | None = None) -> Login:
        self._latch.check()
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
        self._latch.close(error, HOLD_SECONDS)
        return error
