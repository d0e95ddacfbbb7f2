"""A sign-in to Claris ID with somebody who answers, at a terminal or on a page, and what is kept of it."""

from __future__ import annotations

import anyio
from anyio import to_thread

from ...errors import SignInFailed
from ..clock import Clock
from .claris_refusals import refusal
from .claris_sign_in import ClarisSignIn, CodeRequest
from .cognito import Cognito, CognitoRefused, Tokens
from .kept_sign_in import KeptSignIn, KeptSignIns
from .pool_discovery import PoolDiscovery

TRIES = 3
"""Wrong codes, or wrong passwords, of one sign-in. Claris locks accounts after a few more."""
METHODS = {
    "SOFTWARE_TOKEN_MFA": "authenticator app",
    "SMS_MFA": "text message",
    "EMAIL_OTP": "e-mail",
}


class SignInDialogue:
    """Each answer is the next question or, at the end, the sign-in. Raises SignInFailed or Unreachable."""

    def __init__(
        self,
        cognito: Cognito,
        finder: PoolDiscovery,
        kept: KeptSignIns,
        clock: Clock,
        *,
        sign_in: ClarisSignIn | None = None,
    ) -> None:
        """`sign_in`: one that is under way and waits for its first answer."""
        self._finder = finder
        self._kept = kept
        self._sign_in = sign_in or ClarisSignIn(cognito, clock)
        self._asked = ""

    async def begin(self, user: str, password: str) -> KeptSignIn | CodeRequest:
        try:
            answer = await self._finder.with_pool(lambda pool: self._sign_in.begin(pool, user, password))
        except CognitoRefused as refused:
            raise refusal(refused, user) from None
        return await self._next(answer)

    async def answer(self, request: CodeRequest, text: str) -> KeptSignIn | CodeRequest:
        """A wrong code raises reason `bad_code`, and may be corrected. One that came too late raises `code_too_late`."""
        self._asked = request.kind
        return await self._next(await self._sign_in.answer(self._finder.pool, request, text))

    async def keep(self, sign_in: KeptSignIn) -> None:
        """For the running servers of this person and for later starts."""
        is_kept = False
        with anyio.CancelScope(shield=True):  # a sign-in that nobody keeps has cost a code
            is_kept = await to_thread.run_sync(self._kept.write, sign_in)
        if not is_kept:
            raise SignInFailed(
                "Signed in, but the sign-in could not be kept",
                reason="not_kept",
                advice="FILEMAKER_STATE must name a file in a folder that can be written: the sign-in is kept beside it."
                " Or use 'filemaker-mcp login --print' and keep the token elsewhere.",
            )

    async def _next(self, answer: Tokens | CodeRequest) -> KeptSignIn | CodeRequest:
        if isinstance(answer, CodeRequest):
            self._asked = answer.kind
            return answer
        await to_thread.run_sync(self._kept.note_asked_for, self._asked)
        if answer.refresh_token is None:
            raise SignInFailed(
                "Claris ID gave no refresh token, so this sign-in cannot be kept", reason="no_refresh_token"
            )
        return KeptSignIn(self._finder.pool, answer.refresh_token, answer.device)


def wanted(request: CodeRequest) -> str:
    """What to type, as the name of a field."""
    if request.kind == "SOFTWARE_TOKEN_MFA":
        return "Code from your authenticator app"
    return f"Code sent to {request.destination or 'you'}"
