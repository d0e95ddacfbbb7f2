"""The stage of external files: FileMaker opens them only when something needs them, and tells little of why not (section 4.4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..auth.sessions.channel import Channel
from ..dataapi.query import Query
from ..dataapi.record import Page, Record
from ..errors import FilemakerMcpError
from ..host_errors import FileClosed
from .stages import StageFinding, failed, not_checked, ok, warning

FMREST = "and that the account's privilege set there has the extended privilege fmrest"


class SourceApi(Protocol):
    """The calls of the Data API that these stages make."""

    async def databases(self, authorization: str | None = None) -> tuple[str, ...]: ...

    async def page(
        self, query: Query, channel: Channel | None = None, *, timeout: float | None = None
    ) -> Page: ...


@dataclass(frozen=True)
class SourceSubject:
    """One external file as the settings have it. `layout` is one based in it, `provider` empty for an account with a password."""

    file: str
    account: str
    provider: str
    layout: str

    @property
    def who(self) -> str:
        by = f"the sign-in with {self.provider}" if self.provider else f"the account {self.account!r}"
        return f"{by} that is set for it"


class SourceChecks:
    """Tells a wrong account from a file that is not hosted and from one that answers, and says what it could not check."""

    def __init__(
        self,
        sources: Sequence[SourceSubject],
        api: SourceApi,
        without_sign_in: Callable[[], Awaitable[Sequence[str]]],
    ) -> None:
        self._sources = tuple(sources)
        self._api = api
        self._without_sign_in = without_sign_in

    def all(self) -> list[Callable[[], Awaitable[StageFinding]]]:
        """One check for each file."""
        return [self._check(source) for source in self._sources]

    def _check(self, source: SourceSubject) -> Callable[[], Awaitable[StageFinding]]:
        async def check() -> StageFinding:
            if source.file in await self._without_sign_in():
                return failed(
                    f"Nobody is signed in with {source.provider} for {source.file!r}",
                    "Run 'filemaker-mcp login' once in a terminal; a running server notices within ten seconds.",
                    step=source.file,
                )
            hosted = await self._is_hosted(source.file)
            if not source.layout:
                return _unread(source, hosted)
            try:
                page = await self._api.page(Query(source.layout, limit=5))
            except FileClosed as error:
                return _closed(source, hosted, error.code)
            except FilemakerMcpError as error:
                code = f" (FileMaker error {error.code})" if error.code else ""
                return failed(
                    f"{source.layout!r} cannot be read, so that {source.file!r} cannot be tried: {error.what}{code}",
                    f"{error.advice} `layout` of a data source names a layout that is based in it.".strip(),
                    step=source.file,
                )
            return _read(source, page.records)

        return check

    async def _is_hosted(self, file: str) -> bool | None:
        """None where the host does not list its files."""
        try:
            names = await self._api.databases()
        except FilemakerMcpError:
            return None
        return any(name.casefold() == file.casefold() for name in names)


def _read(source: SourceSubject, records: Sequence[Record]) -> StageFinding:
    found = f"{source.layout!r} can be read"
    related = [value for record in records for name, value in record.fields.items() if "::" in name]
    rows = [portal.found for record in records for portal in record.portals.values()]
    if any(value not in ("", None) for value in related) or any(rows):
        return ok(f"{found}, with related values", step=source.file)
    if related or rows:
        return warning(
            f"{found}, but every related value on it is empty",
            f"There may be none; or {source.file!r} is not open to {source.who}. A layout that is based in {source.file!r} tells:"
            " set it as `layout` of the data source.",
            unchecked=f"whether {source.file!r} opens",
            step=source.file,
        )
    return ok(found, unchecked=f"whether it is based in {source.file!r}", step=source.file)


def _unread(source: SourceSubject, hosted: bool | None) -> StageFinding:
    if hosted is False:
        return _not_hosted(source, None)
    if hosted is None:
        return not_checked(f"the host does not list its files, and no layout based in {source.file!r} is set")
    return ok(
        f"{source.file!r} is open on the host",
        unchecked=f"whether {source.who} opens it: set a layout that is based in it",
        step=source.file,
    )


def _closed(source: SourceSubject, hosted: bool | None, code: int | None) -> StageFinding:
    if hosted is False or (code != 100 and not hosted):
        return _not_hosted(source, code)
    number = f" (FileMaker error {code})" if code else ""
    if hosted:
        return failed(
            f"{source.file!r} is open on the host, but not to {source.who}{number}",
            (
                f"Sign in with {source.provider} again by 'filemaker-mcp login', {FMREST}."
                if source.provider
                else f"Check name and password of {source.who}, {FMREST}."
            ),
            step=source.file,
        )
    return failed(
        f"{source.file!r} could not be opened{number}",
        f"The host does not list its files, so it cannot be told which: {source.who} is wrong, or the file is not hosted there."
        f" Check both, {FMREST}.",
        step=source.file,
    )


def _not_hosted(source: SourceSubject, code: int | None) -> StageFinding:
    number = f" (FileMaker error {code})" if code else ""
    return failed(
        f"{source.file!r} is not among the open files that allow the Data API{number}",
        "Check its name in the settings, without .fmp12, and that it is open on the same host. A host may hide files from its list.",
        step=source.file,
    )
