"""A Claris ID with a person at hand: where only they can sign in, the refusal says at which address."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import SignInFailed
from ..credentials import Credentials, Login
from .claris_id import ClarisId
from .sign_in_desk import SignInDesk

NEEDS_PERSON = frozenset({"mfa_needed", "login_needed"})


class AssistedAccount:
    """The address may be told to an assistant: who opens it still needs the code, and no message is sent before a button is pressed."""

    def __init__(
        self, credentials: Credentials, desk: SignInDesk, ids: ClarisId, password: Callable[[], str] | None
    ) -> None:
        """`ids` signs in at Claris itself, also where a token service gives the tokens otherwise. `password` is the stored one."""
        self._credentials = credentials
        self._desk = desk
        self._ids = ids
        self._password = password
        self.renewable = credentials.renewable
        self.scarce = credentials.scarce

    def __repr__(self) -> str:
        return repr(self._credentials)

    async def login(self, *, refused: Login | None = None) -> Login:
        try:
            return await self._credentials.login(refused=refused)
        except SignInFailed as error:
            if error.reason not in NEEDS_PERSON:
                raise
            address = await self._desk.address(self._ids, self._password)
            raise SignInFailed(
                error.what,
                reason=error.reason,
                advice=f"Ask the person to open {address} in the browser of this computer and to sign in there, then try again."
                " Password and code never go through the chat.",
                retry_after=error.retry_after,
            ) from None

    def denied(self, code: int | None) -> SignInFailed:
        return self._credentials.denied(code)

    def reconsider(self) -> None:
        self._credentials.reconsider()

    async def is_outdated(self) -> bool:
        return await self._credentials.is_outdated()
