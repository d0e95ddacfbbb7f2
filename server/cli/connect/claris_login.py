"""Signing in to Claris ID at a terminal, second step included."""

from __future__ import annotations

from anyio import to_thread

from ...app.claris_settings import ClarisSettings
from ...app.credential_factory import CredentialFactory
from ...app.database_connection import connect_to
from ...app.sign_in_accounts import SignInAccount
from ...auth.claris.claris_id import ClarisId
from ...auth.claris.claris_sign_in import CodeRequest
from ...auth.claris.kept_sign_in import KeptSignIn
from ...auth.claris.sign_in_dialogue import METHODS, TRIES, SignInDialogue, wanted
from ...auth.clock import SystemClock
from ...errors import SignInFailed
from ..terminal import ask, ask_choice, ask_secret, say


async def claris_login(place: ClarisSettings, user: str | None, *, proves_password: bool = False) -> None:
    """Keeps a sign-in, unless the one that is kept still serves. `user` where the settings name none. `proves_password`: signs in
    with the password in any case."""
    user = user or place.user or ask("Claris ID (e-mail address)")
    if not proves_password and await _is_signed_in(place, user):
        say(f"{user} is signed in already; 'filemaker-mcp logout' ends it.")
        return
    dialogue = place.dialogue(user)
    await dialogue.keep(await _signed_in(dialogue, place, user))
    say(f"Signed in as {user}; the sign-in is kept until Claris ends it or 'filemaker-mcp logout' does.")


async def printed_login(place: ClarisSettings, user: str | None) -> int:
    """Prints a refresh token and keeps nothing."""
    user = user or place.user or ask("Claris ID (e-mail address)")
    sign_in = await _signed_in(place.dialogue(user), place, user)
    print(sign_in.text)
    say(
        "Put this into FILEMAKER_CLARIS_REFRESH_TOKEN, or a file named by FILEMAKER_CLARIS_REFRESH_TOKEN_FILE."
    )
    say("It opens everything that this Claris ID may open: treat it as a password.")
    return 0


async def opened_session(account: SignInAccount, sign_ins: CredentialFactory) -> None:
    """Proves a sign-in: one session is opened on the database, and closed."""
    connection = connect_to(account, sign_ins, clock=SystemClock())
    try:
        async with connection.pool.channel():
            say(f"{account.settings.file} on {account.settings.host_name} opened a session: all is well.")
    finally:
        await connection.pool.close()


async def _is_signed_in(place: ClarisSettings, user: str) -> bool:
    """By renewing what is kept. Raises SignInFailed where Claris cannot tell just now."""
    kept = ClarisId(
        user=user,
        password=None,
        configured=None,
        cognito=place.cognito(),
        finder=place.finder(),
        kept=place.kept(user),
        clock=SystemClock(),
    )
    try:
        await kept.tokens()
    except SignInFailed as error:
        if error.reason in ("busy", "intercepted"):
            raise
        return False
    return True


async def _signed_in(dialogue: SignInDialogue, place: ClarisSettings, user: str) -> KeptSignIn:
    password = place.password_of(user)
    typed = ask_secret(f"Password of {user}") if password is None else await to_thread.run_sync(password)
    answer = await dialogue.begin(user, typed)
    while isinstance(answer, CodeRequest):
        answer = await _answered(dialogue, answer)
    return answer


async def _answered(dialogue: SignInDialogue, request: CodeRequest) -> KeptSignIn | CodeRequest:
    if request.kind == "SELECT_MFA_TYPE":
        kinds = list(request.choices)
        chosen = ask_choice("Which one", [METHODS.get(kind, kind) for kind in kinds])
        return await dialogue.answer(request, kinds[chosen])
    for left in range(TRIES - 1, -1, -1):
        code = ask(wanted(request))
        try:
            return await dialogue.answer(request, code)
        except SignInFailed as error:
            if error.reason != "bad_code" or not left:
                raise
            say(f"{error.what}. {left} more {'try' if left == 1 else 'tries'}.")
    raise AssertionError("the last try returns or raises")
