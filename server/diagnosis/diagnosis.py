"""Walks through the stages of connecting to one database, each with result, time and remedy; ends at the first failure."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from ..auth.clock import Clock
from ..auth.pool import Pool
from ..dataapi.client import DataApi
from ..dataapi.models import MenuItem, Query
from ..errors import AccessDenied, FileClosed, FilemakerMcpError, NothingFound, SignInFailed
from ..names import near
from .network import Network
from .proof import Proof, step_of
from .stages import Finding, Stage, State, failed, not_checked, ok, warning
from .web import WebServer

Check = Callable[[], Awaitable[Finding]]


@dataclass(frozen=True)
class Subject:
    """What is looked at: the file, as whom, and the further files it needs with a layout of each to touch."""

    file: str
    account: str
    sources: tuple[tuple[str, str], ...] = ()


class Diagnosis:
    """Uses the sessions of `pool`, so that what was refused finally before is not tried again."""

    def __init__(
        self,
        subject: Subject,
        *,
        network: Network,
        web: WebServer,
        proof: Proof,
        pool: Pool,
        api: DataApi,
        clock: Clock,
    ) -> None:
        self._subject = subject
        self._network = network
        self._web = web
        self._proof = proof
        self._pool = pool
        self._api = api
        self._clock = clock
        self._layouts: tuple[MenuItem, ...] = ()

    async def stages(self, *, data_sources: bool = False) -> AsyncGenerator[Stage]:
        """In order, as they are known. `data_sources` also touches a layout of each external file."""
        checks: list[tuple[str, Check]] = [
            ("name", self._network.name),
            ("TCP", self._network.port),
            ("TLS", self._network.certificate),
            ("web server", self._web.answer),
            ("Data API", self._web.data_api),
            ("database", self._database),
            *(("sign-in", step) for step in self._proof.steps()),
            ("sign-in", self._session),
            ("privilege", self._privilege),
            ("layouts", self._layout_list),
        ]
        if data_sources:
            checks += [("data source", self._touch(file, layout)) for file, layout in self._subject.sources]
        for name, check in checks:
            begun = self._clock.monotonic()
            try:
                finding = await check()
            except FilemakerMcpError as error:
                finding = _failure(error)
            yield Stage(finding.stage or name, finding, self._clock.monotonic() - begun)
            if finding.state is State.FAILED:
                return

    async def _database(self) -> Finding:
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
        return warning(
            f"{file!r} is not among the {len(open_files)} open files that allow the Data API",
            (f"Did you mean {close[0]!r}? " if close else "")
            + "Check the name without .fmp12, that the file is open in Admin Console, and that a privilege set in it has fmrest.",
            unchecked="files that the host hides",
        )

    async def _session(self) -> Finding:
        step = "session"
        try:
            async with self._pool.channel():
                pass
        except FileClosed as error:
            return failed(_with_code(error), error.advice, stage="database")
        except SignInFailed as error:
            return failed(_with_code(error), error.advice, step=step_of(error, step))
        except FilemakerMcpError as error:
            return failed(_with_code(error), error.advice, step=step)
        return ok("FileMaker opened a session", step=step, unchecked="what the account may do")

    async def _privilege(self) -> Finding:
        try:
            self._layouts = await self._api.layouts()
        except (AccessDenied, SignInFailed) as error:
            return failed(_with_code(error), error.advice)
        except NothingFound:
            self._layouts = ()
        if self._subject.account.casefold() == "admin":
            return warning(
                "The account is Admin, which may do everything",
                "Give the assistant an account and a privilege set of its own, with fmrest and with no more than it needs.",
            )
        return ok("The account may use the Data API", unchecked="single layouts, fields and scripts")

    async def _layout_list(self) -> Finding:
        count = len(self._layouts)
        if count == 0:
            return failed(
                "The account sees no layout at all",
                "In the file, File > Manage > Security: its privilege set must allow layouts; make one for the assistant if there is none.",
            )
        return ok(f"{count} layouts can be seen", unchecked="the records on them")

    def _touch(self, file: str, layout: str) -> Check:
        async def touch() -> Finding:
            if not layout:
                return not_checked(f"no layout that shows {file!r} is named in the settings")
            try:
                await self._api.page(Query(layout, limit=1))
            except FilemakerMcpError as error:
                return failed(
                    f"Touching {layout!r}, which needs the file {file!r}: {error.what}",
                    f"Check that {file!r} is open on the same host, that the account set for it is right, and that its privilege set has fmrest."
                    " FileMaker tells such failures only when the file is used.",
                    step=file,
                )
            return ok(f"{layout!r}, which needs {file!r}, can be read", step=file)

        return touch


def _failure(error: FilemakerMcpError) -> Finding:
    step = step_of(error, "") if isinstance(error, SignInFailed) else ""
    return failed(_with_code(error), error.advice, step=step)


def _with_code(error: FilemakerMcpError) -> str:
    return f"{error.what} (FileMaker error {error.code})" if error.code else error.what
