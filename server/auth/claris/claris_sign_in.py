"""Signing in to Claris ID with a password, step by step; the login command answers what a server cannot."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from ...errors import SignInFailed
from ..clock import Clock
from .claris_refusals import challenged, refusal
from .cognito import Challenge, Cognito, CognitoRefused, Tokens, UserPool
from .password_proof import PasswordProof

SKEW_SECONDS = 60.0
"""A clock that is further off than this is corrected by the service's own."""

ANSWERS = {
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "SELECT_MFA_TYPE": "ANSWER",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to answer: a code, or which of `choices`."""

    challenge: Challenge = field(repr=False)
    user: str

    @property
    def kind(self) -> str:
        return self.challenge.name

    @property
    def destination(self) -> str:
        """Where a code was sent, as far as Claris shows it; empty for an authenticator app."""
        return self.challenge.parameters.get("CODE_DELIVERY_DESTINATION", "")

    @property
    def choices(self) -> tuple[str, ...]:
        offered = self.challenge.parameters.get("MFAS_CAN_CHOOSE", "")
        try:
            return tuple(str(each) for each in json.loads(offered)) if offered else ()
        except ValueError:
            return ()


class ClarisSignIn:
    """Raises SignInFailed, or Unreachable; a wrong code raises CodeWrong while another try is allowed."""

    def __init__(self, cognito: Cognito, clock: Clock) -> None:
        self._cognito = cognito
        self._clock = clock

    async def begin(self, pool: UserPool, user: str, password: str) -> Tokens | Question:
        """Raises CognitoRefused of kind ResourceNotFoundException where the pool is gone, for the caller to find it."""
        try:
            proof = await PasswordProof.begin(user, password, pool)
            asked = await self._cognito.initiate(pool, "USER_SRP_AUTH", proof.parameters)
            if isinstance(asked, Challenge) and asked.name == "PASSWORD_VERIFIER":
                answer = await proof.answer(asked.parameters, self._their_time())
                asked = await self._cognito.respond(pool, asked.name, answer, asked.session)
        except CognitoRefused as refused:
            if refused.kind == "ResourceNotFoundException":
                raise
            raise refusal(refused, user, skew=self._cognito.skew) from None
        return self._next(asked, user)

    async def answer(self, pool: UserPool, question: Question, text: str) -> Tokens | Question:
        challenge = question.challenge
        who = challenge.parameters.get("USER_ID_FOR_SRP") or question.user
        responses = {"USERNAME": who, ANSWERS[question.kind]: text.strip()}
        try:
            asked = await self._cognito.respond(pool, challenge.name, responses, challenge.session)
        except CognitoRefused as refused:
            raise refusal(refused, question.user) from None
        return self._next(asked, question.user)

    def _their_time(self) -> float:
        skew = self._cognito.skew
        return self._clock.wall() + (skew if abs(skew) > SKEW_SECONDS else 0.0)

    @staticmethod
    def _next(asked: Tokens | Challenge, user: str) -> Tokens | Question:
        if isinstance(asked, Tokens):
            return asked
        if asked.name not in ANSWERS:
            raise challenged(asked.name, user)
        return Question(asked, user)


def unanswered(question: Question) -> SignInFailed:
    """For whoever has nobody to ask."""
    return challenged(question.kind, question.user)
