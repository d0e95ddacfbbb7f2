"""What Cognito's refusals mean at Claris, and what to do: often only the message tells them apart."""

from __future__ import annotations

from ...errors import SignInFailed
from .cognito import CognitoRefused

NOTICED = "A running server notices within a minute."
BLOCKED_SECONDS = 300.0
LOCKED_SECONDS = 900.0
CLOCK_MINUTES = 4.0
"""Beyond five minutes a wrong clock makes a right password look wrong (reference on Claris ID, section 1)."""

LOGIN = "Run 'filemaker-mcp login' once in a terminal"
STEPS = {
    "SOFTWARE_TOKEN_MFA": "a code from an authenticator app",
    "SMS_MFA": "a code by text message",
    "EMAIL_OTP": "a code by e-mail",
    "SELECT_MFA_TYPE": "a code, by a method to choose",
    "MFA": "a second step",  # a token service does not say which
}


def ends_sign_in(refused: CognitoRefused) -> bool:
    """Whether a refresh token is over: expired, revoked, replaced or never given. Whatever else is said at a refresh (a block,
    throttling, a disabled account) is said of the person or the moment, and passes."""
    if refused.kind == "RefreshTokenReuseException":
        return True
    message = refused.message.casefold()
    over = any(word in message for word in ("expired", "revoked", "invalid"))
    return refused.kind == "NotAuthorizedException" and "refresh token" in message and over


def refusal(
    refused: CognitoRefused, user: str, *, skew: float = 0.0, at_refresh: bool = False
) -> SignInFailed:
    """The error for a refusal. `skew` is what the service's clock is ahead of ours, in seconds. `at_refresh`: a kept sign-in
    was to be renewed, so that nothing is said of a password."""
    message = refused.message
    match refused.kind:
        case "NotAuthorizedException" if "security reasons" in message:
            return SignInFailed(
                "Claris has blocked this sign-in for security reasons: a place, network or machine it does not know",
                reason="blocked",
                advice=("The sign-in is kept. " if at_refresh else "The password is probably right. ")
                + (
                    "Open the mail 'New Claris ID sign-in attempt' and confirm it, or sign in once"
                    " at console.claris.com in a browser on this network. It is asked again in five minutes, or by check_connection"
                    " after one. Addresses of data centres stay blocked: then run this"
                    " elsewhere, go through a proxy, or bring FILEMAKER_CLARIS_REFRESH_TOKEN from 'filemaker-mcp login --print'."
                ),
                retry_after=BLOCKED_SECONDS,
            )
        case "NotAuthorizedException" if "attempts exceeded" in message:
            return SignInFailed(
                f"Claris has locked {user} for a while after too many wrong attempts",
                reason="locked",
                advice="Wait 15 minutes, and check the password before the next try; nothing is tried before then.",
                retry_after=LOCKED_SECONDS,
            )
        case "NotAuthorizedException" if "disabled" in message:
            return SignInFailed(
                f"The Claris ID {user} is disabled",
                reason="disabled",
                advice=f"The team's manager can enable it at console.claris.com. {NOTICED}",
            )
        case "NotAuthorizedException" if "Invalid session" in message:
            return SignInFailed(
                "The sign-in took too long or was answered twice",
                reason="code_too_late",
                advice=f"{LOGIN} again; a code must be entered within three minutes.",
            )
        case "UserNotFoundException" if at_refresh:
            return SignInFailed(
                f"Claris no longer knows the Claris ID {user or 'of this sign-in'}",
                reason="unknown_user",
                advice="It may have been deleted, or its address changed: check it at console.claris.com.",
            )
        case "NotAuthorizedException" | "UserNotFoundException" if not at_refresh:
            return SignInFailed(
                f"Claris refused the Claris ID {user or '(none)'} or its password",
                reason="denied",
                advice=_denied_advice(user, skew),
            )
        case "CodeMismatchException" | "ExpiredCodeException":
            return SignInFailed(
                "The code was wrong or too old",
                reason="bad_code",
                advice=f"{LOGIN} again, with a new code.",
            )
        case "PasswordResetRequiredException":
            return SignInFailed(
                f"Claris wants a new password for {user}",
                reason="reset_needed",
                advice=f"Choose one at console.claris.com ('Forgot password'), then put it where the settings keep it. {NOTICED}",
            )
        case "UserNotConfirmedException":
            return SignInFailed(
                f"The Claris ID {user} was never confirmed",
                reason="unconfirmed",
                advice=f"Open the activation mail from Claris and follow its link. {NOTICED}",
            )
        case "ResourceNotFoundException":
            return SignInFailed(
                "Claris' user pool is not where it used to be",
                reason="pool_moved",
                advice="Set FILEMAKER_CLARIS_POOL_ID and FILEMAKER_CLARIS_CLIENT_ID to the values that Claris publishes, or update filemaker-mcp.",
            )
        case "UnsupportedChallenge":
            return unsupported(message)
        case kind:
            return SignInFailed(
                f"Claris ID answered {kind or 'an error'} to the {'renewal of the sign-in, which is kept' if at_refresh else 'sign-in'}",
                reason="unexpected",
                advice="Sign in once at console.claris.com in a browser, then try again; 'filemaker-mcp doctor --transcript' records the details.",
                retry_after=BLOCKED_SECONDS,
            )


def challenged(name: str, user: str) -> SignInFailed:
    """A sign-in that asks for more than a password where nobody can answer."""
    if name in STEPS:
        return SignInFailed(
            f"The Claris ID {user} has two-step verification on and needs {STEPS[name]}",
            reason="mfa_needed",
            advice=f"{LOGIN}: it asks for the code and keeps the sign-in for as long as Claris allows. Or switch two-step verification off. {_noticed(name)}",
        )
    if name == "NEW_PASSWORD_REQUIRED":
        return SignInFailed(
            f"Claris wants {user} to choose a new password",
            reason="new_password",
            advice=f"Sign in at console.claris.com, choose one, then put it where the settings keep it. {NOTICED}",
        )
    return unsupported(name)


def unsupported(name: str) -> SignInFailed:
    return SignInFailed(
        f"Claris asks for something that cannot be answered here ({name})",
        reason="unsupported_challenge",
        advice=f"Sign in once at console.claris.com in a browser and finish what it asks for. {NOTICED}",
    )


def without_password_sign_in(client_id: str) -> SignInFailed:
    return SignInFailed(
        f"The client {client_id} of the user pool does not allow signing in with a password (USER_SRP_AUTH)",
        reason="client_refused",
        advice="Set FILEMAKER_CLARIS_POOL_ID and FILEMAKER_CLARIS_CLIENT_ID to the pair that Claris publishes, or leave both out.",
    )


def login_needed(user: str, why: str) -> SignInFailed:
    return SignInFailed(
        f"{why}, and there is no password to sign in {user or 'with'} again",
        reason="login_needed",
        advice=f"{LOGIN}; a running server notices by itself.",
    )


def _noticed(step: str) -> str:
    """A code that is sent is sent at each attempt, so none is made until somebody asks for it."""
    if step in ("SMS_MFA", "EMAIL_OTP"):
        return "A running server uses a sign-in at once. Each attempt sends a code, so the next is made by check_connection alone."
    return NOTICED


def _denied_advice(user: str, skew: float) -> str:
    minutes = skew / 60
    clock = case = ""
    if user != user.lower():
        case = f" Where the pool distinguishes capitals, write the address exactly as the account has it, perhaps {user.lower()}."
    if abs(minutes) > CLOCK_MINUTES:
        clock = f"This machine's clock is {abs(minutes):.0f} minutes {'slow' if minutes > 0 else 'fast'}, which was allowed for but ought to be set right. "
    return (
        f"{clock}It must be a Claris ID itself: not an account of the file, and not one of a company sign-in (Entra, Okta)."
        f" Check it at console.claris.com.{case} It is tried again when it changes and not before, since failures lock the account."
    )
