"""What proves who we are: the headers and the body that `POST .../sessions` is sent."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from anyio import to_thread

from ..errors import ConfigurationError, SignInFailed
from .account_refusals import basic_refusal


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

    def __init__(self, name: str, password: Callable[[], str], *, at_cloud: bool = False) -> None:
        """`password` is asked for at each sign-in, so that a keychain is opened only when it is needed. `at_cloud`: the
        host is FileMaker Cloud by its name."""
        if ":" in name:
            raise ConfigurationError(
                f"The account name {name!r} contains a colon, which a sign-in with a password cannot carry",
                advice="Use an account whose name has no colon.",
            )
        self._name = name
        self._password = password
        self._at_cloud = at_cloud
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
        self._refusal = basic_refusal(self._name, code, at_cloud=self._at_cloud)
        return self._refusal
