"""A Claris ID at a FileMaker host: an id token as proof."""

from __future__ import annotations

from ...errors import SignInFailed
from ..clock import Clock
from ..credentials import Login
from ..error_hold import STATE_SECONDS, ErrorHold
from .id_token import IdTokens

SCHEME = "FMID "
"""Upper case, one space: sources disagree, this is what Claris documents (reference on Claris ID, section 1)."""


class ClarisAccount:
    """Signs in with `Authorization: FMID ...`. An id token that is refused is replaced once."""

    renewable = True
    scarce = False

    def __init__(self, ids: IdTokens, user: str, clock: Clock) -> None:
        self._ids = ids
        self._user = user
        self._hold = ErrorHold(clock)

    def __repr__(self) -> str:
        return f"ClarisAccount({self._user!r})"

    async def login(self, *, refused: Login | None = None) -> Login:
        self._hold.check()
        old = refused.headers.get("Authorization", "").removeprefix(SCHEME) if refused else None
        return Login({"Authorization": f"{SCHEME}{await self._ids.id_token(refused=old)}"})

    def denied(self, code: int | None) -> SignInFailed:
        return self._hold.hold(_not_admitted(self._user, code))

    def reconsider(self) -> None:
        self._hold.release()
        self._ids.reconsider()

    async def is_outdated(self) -> bool:
        return False


def _not_admitted(user: str, code: int | None) -> SignInFailed:
    who = f"the Claris ID {user}" if user else "this Claris ID"
    if code is None:
        return SignInFailed(
            f"Claris accepted the sign-in, but the FileMaker host does not admit {who}",
            reason="not_admitted",
            advice=(
                "Sign in once at console.claris.com with this Claris ID and accept what it asks (invitation, terms); it also needs"
                " a licence of this host's team, the Data API switched on in Admin Console, and the host of that team in the settings."
            ),
            retry_after=STATE_SECONDS,
        )
    if code in (219, 1711):
        return SignInFailed(
            f"The licence does not let {who} in",
            reason="licence",
            code=code,
            advice="The team's manager sees the licences at console.claris.com.",
            retry_after=STATE_SECONDS,
        )
    return SignInFailed(
        f"The FileMaker file does not let {who} in",
        reason="no_access_entry",
        code=code,
        advice=(
            "In the file, File > Manage > Security needs an entry 'Authenticate via Claris ID' for it, or for a group it is in,"
            " and that entry's privilege set needs the extended privilege fmrest."
        ),
        retry_after=STATE_SECONDS,
    )
