"""Signing in to Claris ID at a terminal, second step included."""

from __future__ import annotations

import argparse

from anyio import to_thread

from ...app.claris_settings import ClarisPlace
from ...app.credential_factory import SignIns
from ...app.database_connection import connect_to
from ...app.sign_in_accounts import Account
from ...auth.claris.claris_refusals import refusal
from ...auth.claris.claris_sign_in import ClarisSignIn, CodeRequest
from ...auth.claris.cognito import CognitoRefused, Tokens, UserPool
from ...auth.clock import SystemClock
from ...errors import SignInFailed
from ..terminal import ask, ask_choice, ask_secret, say

TRIES = 3
METHODS = {
    "SOFTWARE_TOKEN_MFA": "authenticator app",
    "SMS_MFA": "text message",
    "EMAIL_OTP": "e-mail",
}


async def claris_login(
    place: ClarisPlace, arguments: argparse.Namespace, proving: tuple[Account, SignIns] | None
) -> int:
    """The exit status. With `proving` one session is opened, and closed, on the database."""
    user = arguments.account or place.user or ask("Claris ID (e-mail address)")
    if place.password is not None:
        password = await to_thread.run_sync(place.password)
    else:
        password = ask_secret(f"Password of {user}")
    pool, tokens = await _signed_in(place, user, password)
    if tokens.refresh_token is None:
        raise SignInFailed(
            "Claris ID gave no refresh token, so this sign-in cannot be kept", reason="no_refresh_token"
        )
    if arguments.print:
        print(tokens.refresh_token)
        say(
            "Put this into FILEMAKER_CLARIS_REFRESH_TOKEN, or a file named by FILEMAKER_CLARIS_REFRESH_TOKEN_FILE."
        )
        say("It opens everything that this Claris ID may open: treat it as a password.")
        return 0
    if not place.keep(user, pool, tokens):
        say("Signed in, but the sign-in could not be kept; use --print and keep the token elsewhere.")
        return 1
    say(f"Signed in as {user}; the sign-in is kept until Claris ends it or 'filemaker-mcp logout' does.")
    return await _proved(*proving) if proving is not None else 0


async def _signed_in(place: ClarisPlace, user: str, password: str) -> tuple[UserPool, Tokens]:
    finder = place.finder()
    sign_in = ClarisSignIn(place.cognito(), SystemClock())
    try:
        asked = await finder.with_pool(lambda pool: sign_in.begin(pool, user, password))
    except CognitoRefused as refused:
        raise refusal(refused, user) from None
    while isinstance(asked, CodeRequest):
        asked = await _answered(sign_in, finder.pool, asked)
    return finder.pool, asked


async def _answered(sign_in: ClarisSignIn, pool: UserPool, request: CodeRequest) -> Tokens | CodeRequest:
    if request.kind == "SELECT_MFA_TYPE":
        kinds = list(request.choices)
        chosen = ask_choice("Which one", [METHODS.get(kind, kind) for kind in kinds])
        return await sign_in.answer(pool, request, kinds[chosen])
    for left in range(TRIES - 1, -1, -1):
        code = ask(_wanted(request))
        try:
            return await sign_in.answer(pool, request, code)
        except SignInFailed as error:
            if error.reason != "bad_code" or not left or "took too long" in error.what:
                raise
            say(f"{error.what}. {left} more {'try' if left == 1 else 'tries'}.")
    raise AssertionError("the last try returns or raises")


def _wanted(request: CodeRequest) -> str:
    if request.kind == "SOFTWARE_TOKEN_MFA":
        return "Code from your authenticator app"
    return f"Code sent to {request.destination or 'you'}"


async def _proved(account: Account, sign_ins: SignIns) -> int:
    connection = connect_to(account, sign_ins, clock=SystemClock())
    try:
        async with connection.pool.channel():
            say(f"{account.settings.file} on {account.settings.host_name} opened a session: all is well.")
    finally:
        await connection.pool.close()
    return 0
