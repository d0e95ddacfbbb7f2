"""OttoFMS in front of FileMaker Server: an API key instead of sessions (section 16 [U])."""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread

from ..errors import SignInFailed
from .clock import Clock
from .credentials import Login, sendable
from .error_hold import STATE_SECONDS, ErrorHold


class OttoKey:
    """A key `dk_...` that OttoFMS takes as bearer of every call. There is nothing to open or to log out of."""

    renewable = False
    scarce = False

    def __init__(self, key: Callable[[], str], clock: Clock) -> None:
        self._key = key
        self._hold = ErrorHold(clock)
        self._last = ""

    def __repr__(self) -> str:
        return "OttoKey()"

    async def login(self, *, refused: Login | None = None) -> Login:
        self._last = await to_thread.run_sync(self._key)
        self._hold.check(self._last)
        return Login({}, token=sendable(self._last, "The OttoFMS key in the settings"), lasting=True)

    def denied(self, code: int | None) -> SignInFailed:
        error = SignInFailed(
            "OttoFMS refused the API key",
            reason="otto_key",
            code=code,
            advice=(
                "Check in OttoFMS that the key exists, is not expired and is for this file, and that its FileMaker account"
                " still signs in and has the extended privilege fmrest. Without OttoFMS, use the account itself."
            ),
            retry_after=STATE_SECONDS,
        )
        return self._hold.hold(error, secret=self._last)

    def reconsider(self) -> None:
        self._hold.release()

    async def is_outdated(self) -> bool:
        return False
