"""External data sources: further FileMaker files that a session needs an account for (section 4.4 [D])."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from anyio import to_thread

from ..errors import SignInFailed
from .clock import Clock, Moment
from .credentials import Credentials, Login
from .oauth import Pair

LOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class DataSource:
    """A file on the same host, with an account or with an OAuth pair of request id and identifier."""

    file: str
    account: str = ""
    password: Callable[[], str] | None = field(default=None, repr=False)
    pair: Callable[[], Pair | None] | None = field(default=None, repr=False)

    def proof(self) -> dict[str, str] | None:
        """None where nobody consented yet."""
        if self.pair is None:
            password = self.password() if self.password is not None else ""
            return {"database": self.file, "username": self.account, "password": password}
        pair = self.pair()
        if pair is None:
            return None
        return {
            "database": self.file,
            "oAuthRequestId": pair.request_id,
            "oAuthIdentifier": pair.identifier,
        }


class WithDataSources:
    """Credentials that bring those of the data sources along. A source without any does not keep the main file closed:
    FileMaker opens sources only when something needs them, and what they would show is empty until then."""

    def __init__(self, credentials: Credentials, sources: Sequence[DataSource], clock: Clock) -> None:
        self._credentials = credentials
        self._sources = tuple(sources)
        self._clock = clock
        self._looked = Moment.now(clock)
        self._brought: bytes | None = None
        """The proofs that the last session was opened with, unreadable."""
        self.renewable = credentials.renewable
        self.scarce = credentials.scarce

    def __repr__(self) -> str:
        return f"WithDataSources({self._credentials!r}, {[source.file for source in self._sources]!r})"

    async def login(self, *, refused: Login | None = None) -> Login:
        login = await self._credentials.login(refused=refused)
        if login.token is not None:
            return login
        proofs = await to_thread.run_sync(self._proofs)
        self._brought, self._looked = _digest(proofs), Moment.now(self._clock)
        return replace(login, body={**login.body, "fmDataSource": proofs})

    def denied(self, code: int | None) -> SignInFailed:
        error = self._credentials.denied(code)
        if code == 212:
            # Some hosts report a data source's wrong password at the login (section 4.4, python-fmrest #36 [U]).
            names = ", ".join(repr(source.file) for source in self._sources)
            error.advice = f"{error.advice} The refusal may also concern the data sources {names}: check their accounts too."
        return error

    def reconsider(self) -> None:
        self._credentials.reconsider()

    async def is_outdated(self) -> bool:
        """A source's consent or corrected password serves a new session alone. It is looked for every ten seconds."""
        if await self._credentials.is_outdated():
            return True
        if self._brought is None or self.scarce or self._looked.age(self._clock) < LOOK_SECONDS:
            return False
        self._looked = Moment.now(self._clock)
        return _digest(await to_thread.run_sync(self._proofs)) != self._brought

    async def without_sign_in(self) -> list[str]:
        """Files that are to be opened by an identity provider, and that nobody signed in for."""
        sources = [source for source in self._sources if source.pair is not None]
        return await to_thread.run_sync(lambda: [each.file for each in sources if each.proof() is None])

    def _proofs(self) -> list[dict[str, str]]:
        return [proof for source in self._sources if (proof := source.proof()) is not None]


def _digest(proofs: list[dict[str, str]]) -> bytes:
    return hashlib.sha256(json.dumps(proofs).encode()).digest()
