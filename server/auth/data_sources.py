"""External data sources: further FileMaker files that a session needs an account for (section 4.4 [D])."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from anyio import to_thread

from ..errors import SignInFailed
from .credentials import Credentials, Login


@dataclass(frozen=True, slots=True)
class DataSource:
    """A file on the same host, with an account or with an OAuth pair of request id and identifier."""

    file: str
    account: str = ""
    password: Callable[[], str] | None = field(default=None, repr=False)
    pair: Callable[[], tuple[str, str]] | None = field(default=None, repr=False)

    def proof(self) -> dict[str, str]:
        if self.pair is not None:
            request_id, identifier = self.pair()
            return {"database": self.file, "oAuthRequestId": request_id, "oAuthIdentifier": identifier}
        password = self.password() if self.password is not None else ""
        return {"database": self.file, "username": self.account, "password": password}


class WithDataSources:
    """Credentials that bring those of the data sources along."""

    def __init__(self, credentials: Credentials, sources: Sequence[DataSource]) -> None:
        self._credentials = credentials
        self._sources = tuple(sources)
        self.renewable = credentials.renewable
        self.scarce = credentials.scarce

    def __repr__(self) -> str:
        return f"WithDataSources({self._credentials!r}, {[source.file for source in self._sources]!r})"

    async def login(self, *, refused: Login | None = None) -> Login:
        login = await self._credentials.login(refused=refused)
        if login.token is not None:
            return login
        proofs = await to_thread.run_sync(lambda: [source.proof() for source in self._sources])
        return replace(login, body={**login.body, "fmDataSource": proofs})

    def denied(self, code: int | None) -> SignInFailed:
        error = self._credentials.denied(code)
        if code == 212:
            # Some hosts report a data source's wrong password at the login (section 4.4, python-fmrest #36 [U]).
            names = ", ".join(repr(source.file) for source in self._sources)
            error.advice = f"{error.advice} The refusal may also concern the data sources {names}: check their accounts too."
        return error
