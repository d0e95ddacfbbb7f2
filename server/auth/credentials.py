"""What proves who we are: the headers and the body that `POST .../sessions` is sent."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from anyio import to_thread

from ..errors import ConfigurationError, SignInFailed


@dataclass(frozen=True, slots=True)
class Login:
    """One proof; its `repr` shows nothing of it."""

    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    token: str | None = field(default=None, repr=False)
    """A session that is open already; then nothing is posted."""
    lasting: bool = False
    """The token is no session of FileMaker's: it does not end for lack of use, and nobody logs out of it."""


class Credentials(Protocol):
    @property
    def renewable(self) -> bool:
        """Whether a refused proof can be replaced by a new one without a person."""
        ...

    @property
    def scarce(self) -> bool:
        """Whether a session costs a person's effort, so that one is kept and shared."""
        ...

    async def login(self, *, refused: Login | None = None) -> Login:
        """The proof to send; another one than `refused`, which the host has just turned down.

        Raises SignInFailed where there is none, at once where an earlier refusal is final.
        """
        ...

    def denied(self, code: int | None) -> SignInFailed:
        """What the host's last word means for this kind of proof: FileMaker's code, None for a 401 without one.
        What only a person can mend is remembered, and `login` raises it from then on."""
        ...


class BasicAccount:
    """An account of the FileMaker file, or of a directory behind the host: name and password (section 4.1)."""

    renewable = False
    scarce = False

    def __init__(self, name: str, password: Callable[[], str]) -> None:
        """`password` is asked for at each sign-in, so that a keychain is opened only when it is needed."""
        if ":" in name:
            raise ConfigurationError(
                f"The account name {name!r} contains a colon, which a sign-in with a password cannot carry",
                advice="Use an account whose name has no colon.",
            )
        self._name = name
        self._password = password
        self._refusal: SignInFailed | None = None

    def __repr__(self) -> str:
        return f"BasicAccount({self._name!r})"

    async def login(self, *, refused: Login | None = None) -> Login:
        if refused is not None and self._refusal is None:
            self.denied(212)
        if self._refusal is not None:
            raise self._refusal
        password = await to_thread.run_sync(self._password)  # a keychain may ask its owner first
        pair = base64.b64encode(f"{self._name}:{password}".encode()).decode("ascii")
        return Login({"Authorization": f"Basic {pair}"})

    def denied(self, code: int | None) -> SignInFailed:
        self._refusal = _basic_refusal(self._name, code)
        return self._refusal


def _basic_refusal(name: str, code: int | None) -> SignInFailed:
    who = f"the account {name!r}"
    match code:
        case 210:
            return SignInFailed(
                f"FileMaker says that {who} is inactive",
                reason="inactive",
                code=code,
                advice="Its administrator can activate it under File > Manage > Security.",
            )
        case 211:
            return SignInFailed(
                f"The password of {who} has expired or must be changed at the next sign-in",
                reason="password_expired",
                code=code,
                advice="Sign in once with FileMaker Pro and choose a new password, then put it into the settings.",
            )
        case 214:
            return SignInFailed(
                f"FileMaker has locked {who} for now, after too many wrong attempts",
                reason="locked",
                code=code,
                advice="Wait some minutes, correct the password in the settings, then start this server again.",
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
                advice=(
                    "Check name and password, and that the account's privilege set has the extended privilege fmrest:"
                    " without it FileMaker gives the same answer. It is not tried again, since wrong attempts lock accounts."
                ),
            )
