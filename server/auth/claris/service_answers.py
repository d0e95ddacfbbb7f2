"""What a token service's refusals mean: ours says all itself, Soliant's FileMakerID_token answers them in several shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ...errors import SignInFailed
from .claris_refusals import LOCKED_SECONDS, challenged, ends_sign_in, login_needed, refusal
from .cognito import BUSY, CognitoRefused

HOLD_SECONDS = 15.0
BUSY_STATUS = frozenset({429, 502, 503, 504})


def failure(status: int, answer: Mapping[str, Any], user: str) -> SignInFailed:
    """For an answer of `POST /users` without a token."""
    error = answer.get("error")
    if isinstance(error, dict) and error:
        return _named(cast("Mapping[str, Any]", error), user)
    if isinstance(error, str) and "mfa" in error.casefold():
        return challenged("MFA", user)
    if status == 200 and error in ("", {}) and not answer.get("tokens"):
        # An Error object written as JSON loses its words: `new Error("MFA required")` becomes {}.
        return challenged("MFA", user)
    if status == 403 and answer.get("errors"):
        return SignInFailed(
            "The token service does not answer under this address",
            reason="service_refused",
            advice="Without a key it answers programs that call it by localhost. Give it a key to call it by another name.",
            retry_after=HOLD_SECONDS,
        )
    if status in (401, 403):
        return SignInFailed(
            "The token service does not let this program in",
            reason="service_key",
            advice="Set FILEMAKER_TOKEN_SERVICE_KEY to the key that the service was started with.",
        )
    if status in BUSY_STATUS:
        return busy(f"HTTP {status}")
    if answer.get("errors"):
        return SignInFailed(
            "The token service found name or password malformed, or could not ask Claris",
            reason="service_refused",
            advice="It takes an e-mail address and a password of at least three characters; see its own log.",
            retry_after=HOLD_SECONDS,
        )
    return SignInFailed(
        f"The token service answered without a token (HTTP {status})",
        reason="service_refused",
        advice="Check FILEMAKER_TOKEN_SERVICE: it must be the address below which /users is found.",
        retry_after=HOLD_SECONDS,
    )


def refresh_refused(answer: Mapping[str, Any], user: str) -> SignInFailed | None:
    """What a service that gives reasons says of a refresh. None for one that gives none."""
    error = answer.get("error")
    if not isinstance(error, dict):
        return None
    named = cast("Mapping[str, Any]", error)
    if named.get("advice"):
        return _named(named, user)
    refused = CognitoRefused(
        str(named.get("code") or named.get("name") or ""), str(named.get("message") or "")
    )
    if refused.kind in BUSY:
        return busy(refused.kind)
    if ends_sign_in(refused):
        return login_needed(user, "The refresh token was refused")
    return refusal(refused, user, at_refresh=True) if refused.message else None


def refresh_unsaid(status: int) -> SignInFailed:
    return SignInFailed(
        f"The token service could not renew the token and does not say why (HTTP {status})",
        reason="busy",
        advice="Claris may be busy: it is asked again in 15 seconds, and after a minute signs in anew.",
        retry_after=HOLD_SECONDS,
    )


def busy(why: str) -> SignInFailed:
    return SignInFailed(
        f"The token service, or Claris behind it, is too busy at the moment ({why})",
        reason="busy",
        advice="It is asked again in 15 seconds at the earliest.",
        retry_after=HOLD_SECONDS,
    )


def _named(error: Mapping[str, Any], user: str) -> SignInFailed:
    reason = str(error.get("code") or error.get("name") or "")
    if error.get("advice"):  # the service of this program
        after = error.get("retry_after")
        return SignInFailed(
            str(error.get("message") or "The token service refused"),
            reason=reason or "service_refused",
            advice=str(error["advice"]),
            retry_after=float(after) if isinstance(after, int | float) else None,
        )
    message = str(error.get("message") or "")
    if reason in BUSY:
        return busy(reason)
    if reason in ("mfa_needed", "MFARequired"):
        return challenged("MFA", user)
    if reason == "NotAuthorizedException" and not message:
        return SignInFailed(
            f"The token service was refused a token for {user}, and does not say why",
            reason="refused_unsaid",
            advice=(
                "The password may be wrong, or Claris blocks, locks or disabled the Claris ID; its own log may tell. A corrected"
                " password is used at once; the same one is not sent again for a quarter of an hour, since failures lock the account."
            ),
            retry_after=LOCKED_SECONDS,
        )
    return refusal(CognitoRefused(reason, message), user)
