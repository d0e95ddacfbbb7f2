"""What proves who we are: the headers and the body that `POST .../sessions` is sent."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from anyio import to_thread

from ..errors import SignInFailed
from .account_refusals import basic_refusal
from .clock import Clock
from .error_hold import ErrorHold

VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Login:
    """One proof. Its `repr` shows nothing of it."""

    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    token: str | None = field(default=None, repr=False)
    """A session that is open already, so that nothing is posted."""
    lasting: bool = False
    """The token is no session of FileMaker's: it does not end for lack of use, and nobody logs out of it."""


def sendable(token: object, what: str) -> str:
    """A token as it goes into a header. Raises SignInFailed for one that no header can carry: empty, or with a line break."""
    if isinstance(token, str) and VISIBLE.fullmatch(token):
        return token
    raise SignInFailed(
        f"{what} holds characters that no token has",
        reason="malformed_token",
        advice="It may have been cut, or changed on its way: get it anew.",
    )


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
        """The proof to send: another one than `refused`, which the host has just turned down.

        Raises SignInFailed where there is none, at once where an earlier refusal is final.
        """
        ...

    def denied(self, code: int | None) -> SignInFailed:
        """What the host's last word means for this kind of proof: FileMaker's code, None for a 401 without one. It stands for
        as long as `hold_seconds` says, and `login` raises it meanwhile."""
        ...

    def reconsider(self) -> None:
        """A person wants to know how things are now: refusals that a person may have ended meanwhile no longer stand."""
        ...

    async def is_outdated(self) -> bool:
        """Whether a session opened now would be another one: a person signed in anew, or a data source's secret changed."""
        ...


class BasicAccount:
    """An account of the FileMaker file, or of a directory behind the host: name and password (section 4.1)."""

    renewable = False
    scarce = False

    def __init__(
        self, name: str, password: Callable[[], str], clock: Clock, *, at_cloud: bool = False
    ) -> None:
        """`password` is asked for at each sign-in, so that a keychain is opened only when it is needed, and a password that was
        corrected serves at once. `at_cloud`: the host is FileMaker Cloud by its name."""
        self._name = name
        self._password = password
        self._at_cloud = at_cloud
        self._hold = ErrorHold(clock)
        self._last = ""

    def __repr__(self) -> str:
        return f"BasicAccount({self._name!r})"

    async def login(self, *, refused: Login | None = None) -> Login:
        password = await to_thread.run_sync(self._password)  # a keychain may ask its owner first
        self._hold.check(password)
        self._last = password
        pair = base64.b64encode(f"{self._name}:{password}".encode()).decode("ascii")
        return Login({"Authorization": f"Basic {pair}"})

    def denied(self, code: int | None) -> SignInFailed:
        error = basic_refusal(self._name, code, at_cloud=self._at_cloud)
        return self._hold.hold(error, secret=self._last)

    def reconsider(self) -> None:
        self._hold.reconsider()

    async def is_outdated(self) -> bool:
        return False  # the session is good whatever the password is now
