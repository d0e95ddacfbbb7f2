"""Signing in to Claris ID with a password, step by step. The login command answers what a server cannot."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace

from ...errors import SignInFailed, Unreachable
from ..clock import Clock
from .claris_refusals import challenged, refusal, without_password_sign_in
from .cognito import Challenge, Cognito, CognitoRefused, Device, Tokens, UserPool
from .password_proof import PasswordProof, new_device

log = logging.getLogger("filemaker_mcp")

SKEW_SECONDS = 60.0
"""A clock that is further off than this is corrected by the service's own."""

ANSWERS = {
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "SELECT_MFA_TYPE": "ANSWER",
}


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a person has to answer: a code, or which of `choices`."""

    challenge: Challenge = field(repr=False)
    user: str

    @property
    def kind(self) -> str:
        return self.challenge.name

    @property
    def destination(self) -> str:
        """Where a code was sent, as far as Claris shows it: empty for an authenticator app."""
        return self.challenge.parameters.get("CODE_DELIVERY_DESTINATION", "")

    @property
    def choices(self) -> tuple[str, ...]:
        offered = self.challenge.parameters.get("MFAS_CAN_CHOOSE", "")
        try:
            read: object = json.loads(offered) if offered else []
        except (ValueError, RecursionError):
            return ()
        return tuple(str(each) for each in read) if isinstance(read, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


class ClarisSignIn:
    """One sign-in. Raises SignInFailed, or Unreachable. A wrong code raises reason `bad_code` while another try is allowed."""

    def __init__(self, cognito: Cognito, clock: Clock) -> None:
        self._cognito = cognito
        self._clock = clock
        self._proof: PasswordProof | None = None
        self._device: Device | None = None

    async def begin(
        self, pool: UserPool, user: str, password: str, device: Device | None = None
    ) -> Tokens | CodeRequest:
        """`device`: the one that the pool remembers from an earlier sign-in.

        Raises CognitoRefused of kind ResourceNotFoundException where the pool is gone, for the caller to find it.
        """
        self._device = device if device is not None and device.proves_itself else None
        try:
            try:
                answer = await self._proved(pool, user, password)
            except CognitoRefused as refused:
                if refused.kind != "DeviceNotFound" or self._device is None:
                    raise
                self._device = None  # somebody made the pool forget it
                answer = await self._proved(pool, user, password)
        except CognitoRefused as refused:
            if refused.kind == "ResourceNotFoundException":
                raise
            if refused.kind == "InvalidParameterException" and "USER_SRP_AUTH" in refused.message:
                raise without_password_sign_in(pool.client_id) from None
            raise refusal(refused, user, skew=self._cognito.skew) from None
        return await self._next(pool, answer, user)

    async def answer(self, pool: UserPool, request: CodeRequest, text: str) -> Tokens | CodeRequest:
        challenge = request.challenge
        who = challenge.parameters.get("USER_ID_FOR_SRP") or request.user
        responses = {"USERNAME": who, ANSWERS[request.kind]: text.strip()}
        try:
            answer = await self._cognito.respond(pool, challenge.name, responses, challenge.session)
        except CognitoRefused as refused:
            raise refusal(refused, request.user) from None
        return await self._next(pool, answer, request.user)

    async def _proved(self, pool: UserPool, user: str, password: str) -> Tokens | Challenge:
        self._proof = await PasswordProof.begin(user, password, pool, self._device)
        answer = await self._cognito.initiate(pool, "USER_SRP_AUTH", self._proof.parameters)
        if isinstance(answer, Challenge) and answer.name == "PASSWORD_VERIFIER":
            responses = await self._proof.answer(answer.parameters, self._their_time())
            answer = await self._cognito.respond(pool, answer.name, responses, answer.session)
        return answer

    async def _next(self, pool: UserPool, answer: Tokens | Challenge, user: str) -> Tokens | CodeRequest:
        if isinstance(answer, Challenge) and answer.name == "DEVICE_SRP_AUTH":
            answer = await self._proved_device(pool, answer, user)
        if isinstance(answer, Tokens):
            return await self._with_device(pool, answer)
        if answer.name not in ANSWERS:
            raise challenged(answer.name, user)
        return CodeRequest(answer, user)

    async def _proved_device(self, pool: UserPool, challenge: Challenge, user: str) -> Tokens | Challenge:
        """The device that the pool remembers proves itself as a person does, by a password of its own."""
        if self._device is None or self._proof is None:
            raise challenged(challenge.name, user)
        who = challenge.parameters.get("USERNAME") or challenge.parameters.get("USER_ID_FOR_SRP") or user
        responses = {
            "USERNAME": who,
            "DEVICE_KEY": self._device.key,
            "SRP_A": self._proof.parameters["SRP_A"],
        }
        try:
            answer = await self._cognito.respond(pool, challenge.name, responses, challenge.session)
            if isinstance(answer, Challenge) and answer.name == "DEVICE_PASSWORD_VERIFIER":
                parameters = {"USERNAME": who, **answer.parameters}
                responses = await self._proof.device_answer(parameters, self._their_time())
                answer = await self._cognito.respond(pool, answer.name, responses, answer.session)
        except CognitoRefused as refused:
            raise refusal(refused, user, skew=self._cognito.skew) from None
        return answer

    async def _with_device(self, pool: UserPool, tokens: Tokens) -> Tokens:
        """Tokens with the device that they are bound to. A new one is confirmed, so that the pool knows it again."""
        if tokens.device is None:
            return replace(tokens, device=self._device)
        device, verifier = await new_device(tokens.device.key, tokens.device.group)
        try:
            await self._cognito.confirm(pool, tokens.access_token, device.key, verifier)
        except (CognitoRefused, SignInFailed, Unreachable) as error:
            # The sign-in is good all the same, and is refreshed under the device's key.
            log.warning("the user pool does not remember this machine (%s)", error)
            return tokens
        return replace(tokens, device=device)

    def _their_time(self) -> float:
        skew = self._cognito.skew
        return self._clock.wall() + (skew if abs(skew) > SKEW_SECONDS else 0.0)


def unanswered(request: CodeRequest) -> SignInFailed:
    """For whoever has nobody to ask."""
    return challenged(request.kind, request.user)
