"""The stages at FileMaker itself: the file, the session, what the account may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from ..auth.sessions.channel import Channel
from ..auth.sessions.session_pool import Pool
from ..dataapi.menu_item import MenuItem
from ..errors import FilemakerMcpError, NotFileMaker, SignInFailed
from ..host_errors import AccessDenied, FileClosed, NothingFound, RequestRefused
from ..text.near_names import near
from .sign_in_stages import step_of
from .stages import StageFinding, failed, not_checked, ok, warning

Check = Callable[[], Awaitable[StageFinding]]


class DiagnosisApi(Protocol):
    """The calls of the Data API that these stages make."""

    async def databases(self, authorization: str | None = None) -> tuple[str, ...]: ...

    async def validate_session(self, channel: Channel | None = None) -> bool: ...

    async def layouts(self) -> tuple[MenuItem, ...]: ...


@dataclass(frozen=True)
class Subject:
    """What is looked at: the file, and as whom."""

    file: str
    account: str


class FileChecks:
    """Uses the sessions of `pool`, so that a password that was refused before is not tried again."""

    def __init__(self, subject: Subject, pool: Pool, api: DiagnosisApi) -> None:
        self._subject = subject
        self._pool = pool
        self._api = api
        self._layouts: tuple[MenuItem, ...] = ()
        self._hint = ""
        """What to do about a file that was not listed, should signing in find it closed."""

    def reconsider(self) -> None:
        """Refusals that a person may have ended meanwhile are asked about again."""
        self._pool.reconsider()

    async def database(self) -> StageFinding:
        file = self._subject.file
        try:
            open_files = await self._api.databases()
        except FilemakerMcpError:
            return not_checked("the host lists its databases only to those it knows; signing in will tell")
        if file in open_files:
            return ok(f"{file!r} is open", unchecked="whether this account may enter it")
        spelt = next((each for each in open_files if each.casefold() == file.casefold()), None)
        if spelt is not None:
            return warning(
                f"The host has {spelt!r}, the settings say {file!r}",
                f"Write {spelt!r} in the settings: FileMaker distinguishes capitals within a session.",
            )
        close = near(file, open_files, most=1)
        self._hint = (f"Did you mean {close[0]!r}? " if close else "") + (
            "Check the name in the settings, without .fmp12, and that the file is open in Admin Console."
        )
        return warning(
            f"{file!r} is not among the open files that allow the Data API",
            self._hint,
            unchecked="files that the host hides",
        )

    async def session(self) -> StageFinding:
        step = "session"
        try:
            async with self._pool.channel() as channel:
                await self._api.validate_session(channel)
        except FileClosed as error:
            return failed(with_code(error), self._hint or error.advice, stage="database")
        except SignInFailed as error:
            return failed(with_code(error), error.advice, step=step_of(error, step))
        except (RequestRefused, NotFileMaker):
            # A host older than validateSession (section 3). The session was opened all the same.
            return ok("FileMaker opened a session", step=step, unchecked="whether it takes calls")
        except FilemakerMcpError as error:
            return failed(with_code(error), error.advice, step=step)
        if remark := self._pool.remark():
            return warning(remark, "Until that is mended, fewer things are done at once.", step=step)
        return ok("FileMaker opened a session", step=step, unchecked="what the account may do")

    async def privilege(self) -> StageFinding:
        try:
            self._layouts = await self._api.layouts()
        except (AccessDenied, SignInFailed) as error:
            return failed(with_code(error), error.advice)
        except NothingFound:
            self._layouts = ()
        if self._subject.account.casefold() == "admin":
            return warning(
                "The account is Admin, which may do everything",
                "Give the assistant an account and a privilege set of its own, with fmrest and with no more than it needs.",
            )
        return ok("The account may use the Data API", unchecked="single layouts, fields and scripts")

    async def layouts(self) -> StageFinding:
        if not self._layouts:
            return failed(
                "The account sees no layout at all",
                "In the file, File > Manage > Security: its privilege set must allow layouts; make one for the assistant if there is none.",
            )
        return ok(f"{len(self._layouts)} layouts can be seen", unchecked="the records on them")


def with_code(error: FilemakerMcpError) -> str:
    return f"{error.what} (FileMaker error {error.code})" if error.code else error.what
