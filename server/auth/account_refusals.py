"""What FileMaker's refusals of an account and its password mean, and what to do (section 4.1)."""

from __future__ import annotations

from ..errors import SignInFailed

LOCKED_SECONDS = 300.0


def basic_refusal(name: str, code: int | None, *, at_cloud: bool = False) -> SignInFailed:
    """For FileMaker's code, or None where a web server refused without one. `name` is the account's."""
    who = f"the account {name!r}"
    match code:
        case 210:
            return SignInFailed(
                f"FileMaker says that {who} is inactive",
                reason="inactive",
                code=code,
                advice="Its administrator can activate it under File > Manage > Security. A running server notices within a minute.",
            )
        case 211:
            return SignInFailed(
                f"The password of {who} has expired or must be changed at the next sign-in",
                reason="password_expired",
                code=code,
                advice="Sign in once with FileMaker Pro and choose a new password, then put it where the settings keep it: a running server uses it at once.",
            )
        case 214:
            return SignInFailed(
                f"FileMaker has locked {who} for now, after too many wrong attempts",
                reason="locked",
                code=code,
                advice="Correct the password where the settings keep it. Nothing is tried for five minutes with the same one.",
                retry_after=LOCKED_SECONDS,
            )
        case 219 | 1711:
            return SignInFailed(
                f"The host's licence does not let {who} in",
                reason="licence",
                code=code,
                advice="The FileMaker administrator sees the licence in Admin Console.",
            )
        case 9:
            return SignInFailed(
                f"The privilege set of {who} does not allow the Data API",
                reason="no_privilege",
                code=code,
                advice="Its privilege set needs the extended privilege fmrest.",
            )
        case _ if at_cloud:
            return SignInFailed(
                f"This is FileMaker Cloud, which does not take {who} with a password of the file: it takes Claris IDs",
                reason="not_basic",
                code=code,
                advice="Leave sign_in (FILEMAKER_SIGN_IN) at auto or set it to claris_id, with a Claris ID's e-mail address and password.",
            )
        case None:
            return SignInFailed(
                f"The web server refused {who} before FileMaker saw it (HTTP 401 without a FileMaker code)",
                reason="not_basic",
                advice="FileMaker Cloud takes Claris ID instead of a password of the file; otherwise a proxy asks for a sign-in of its own.",
            )
        case _:
            return SignInFailed(
                f"FileMaker refused {who} or its password",
                reason="denied",
                code=code,
                advice=_extended(name)
                + (
                    "Check name and password, and that the account's privilege set has the extended privilege fmrest:"
                    " without it FileMaker gives the same answer. A password that is corrected where the settings keep it is used at once;"
                    " the same one is not tried again before a restart, since wrong attempts lock accounts."
                ),
            )


def _extended(name: str) -> str:
    """An e-mail address as account name is an extended account's, or was meant to be a Claris ID."""
    if "@" not in name:
        return ""
    return (
        "On Claris Server this takes the password of the extended account, which each user sets in Claris Studio under"
        " Account > Extended Account; the password of the Claris ID itself is not taken. "
    )
