"""A whole emulated FileMaker Server: files, sessions, clock and switches behind one ASGI application."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from .clock import Clock, SystemClock
from .host import Host
from .http.apidoc import documentation
from .http.endpoint import Endpoint
from .http.envelope import Answer, page
from .http.request import Request
from .http.request_log import RequestLog, ScriptRun, Served
from .http.streams import Streams
from .operations.dispatch import Dispatcher
from .profiles import profile as version_profile
from .records.locks import Locks
from .sign_in.identities import make_identities
from .sign_in.login import ClarisId, Doorkeeper, OAuthProviders
from .sign_in.sessions import Session, Sessions
from .solutions.files import Files
from .solutions.hosted_file import HostedFile
from .solutions.solution import SolutionFile, read_solutions
from .store.store import Row
from .switches import Switches

if TYPE_CHECKING:
    from .cognito.pool import UserPool
    from .sign_in.oauth import OAuth


class Emulator:
    """Serve `app` in this process through `httpx.ASGITransport`, or by uvicorn. One event loop at a time.

    `solutions` are folders, or what `loaded` gave of them, of which many hosts are made sooner. Raises SolutionError for a solution with mistakes; rows of data are read when a table is first needed, or all at
    once by `load`. With `index` the indexes of their fields are built then, not by the first find in each.
    """

    def __init__(
        self,
        solutions: Sequence[Path | SolutionFile],
        *,
        clock: Clock | None = None,
        profile: int = 22,
        switches: Switches = Switches(),  # noqa: B008 - frozen
        data: Path | None = None,
        index: bool = False,
        claris_id: ClarisId | None = None,
        oauth: OAuthProviders | None = None,
        zone: tzinfo | None = None,
        routes: Iterable[BaseRoute] = (),
    ) -> None:
        clock = clock or SystemClock()
        files = Files()
        folders = [each for each in solutions if isinstance(each, Path)]
        read = [*read_solutions(folders), *(each for each in solutions if isinstance(each, SolutionFile))]
        for solution in read:
            kept = _data_file(data, solution.model.name, len(read))
            files.add(HostedFile(solution, kept, index=index, exponents=switches.exponents == "number"))
        streams = Streams(files)
        self._locks = Locks()
        self.host = Host(
            files=files,
            doorkeeper=Doorkeeper(files, claris_id, oauth),
            sessions=Sessions(clock.now, self._ended),
            streams=streams,
            locks=self._locks,
            log=RequestLog(),
            clock=clock,
            zone=zone,
            profile=version_profile(profile),
            switches=switches,
        )
        self._dispatcher = Dispatcher(self.host)
        endpoint = Endpoint(self.answer, lambda: self.host.switches)
        models = [file.model for file in files]
        self.identities = make_identities(models, clock, claris_id, oauth)
        self.host.doorkeeper.claris_id = claris_id or self.identities.pool
        self.host.doorkeeper.oauth = oauth or self.identities.oauth
        ways_in = self.identities.routes()
        self.app: ASGIApp = Starlette(routes=[*routes, *ways_in, Route("/{path:path}", endpoint)])

    @property
    def pool(self) -> UserPool | None:
        """The user pool that the host made for its Claris ID accounts."""
        return self.identities.pool

    @property
    def oauth(self) -> OAuth | None:
        """The identity providers that the host made for its OAuth accounts."""
        return self.identities.oauth

    # For tests and demonstrations

    @property
    def open_sessions(self) -> int:
        return len(self.host.sessions)

    @property
    def sessions(self) -> list[Session]:
        return self.host.sessions.all()

    @property
    def log_lines(self) -> list[str]:
        """What FileMaker Server would have written to fmdapi.log."""
        return list(self.host.log.lines)

    @property
    def requests(self) -> list[Served]:
        return list(self.host.log.requests)

    @property
    def scripts_run(self) -> list[ScriptRun]:
        """Every script that began, in order, with the parameter as it arrived."""
        return list(self.host.log.scripts)

    @property
    def faults(self) -> list[str]:
        """What went wrong inside: exceptions of scripts, and of this program."""
        return list(self.host.log.faults)

    # What an administrator, another user or a bad day does

    def disconnect(self, token: str) -> bool:
        """Ends a session as an administrator does. A call that is running answers 112, the next one 952."""
        return self.host.sessions.end(token)

    def disconnect_all(self) -> int:
        return self.host.sessions.end_all()

    def close_file(self, file: str) -> None:
        """Sessions on it end. Logging in answers 802."""
        self._file(file).closed = True
        self.host.sessions.end_all(self._file(file).name)

    def open_file(self, file: str) -> None:
        self._file(file).closed = False

    def lock(self, file: str, table: str, record_id: int, by: str = "somebody else") -> None:
        """Lock a record as another user does: writing it answers 301."""
        self._locks.take((self._file(file).name, table, record_id), by)

    def unlock(self, file: str, table: str, record_id: int) -> None:
        self._locks.release((self._file(file).name, table, record_id))

    def switch(self, switches: Switches) -> None:
        """From now on."""
        self.host.switches = switches

    def set_capacity(self, sessions: int) -> None:
        """How many sessions may be open before a login answers 812."""
        self.host.switches = replace(self.host.switches, max_sessions=sessions)

    def set_data_limit(self, limit: int) -> None:
        """Bytes that may still go out before 953 answers. 0 is no limit."""
        self.host.sent_bytes = 0
        self.host.switches = replace(self.host.switches, data_limit=limit)

    def set_script_delay(self, seconds: float) -> None:
        """Every script takes so much longer, on the host's clock."""
        self.host.script_delay = seconds

    def record(self, file: str, table: str, record_id: int) -> Row | None:
        """A record as it is stored, for a test to look behind the API."""
        return self._file(file).store_for(table).read(table, record_id)

    def digest(self) -> str:
        """A fingerprint of every record of every file."""
        for file in self.host.files:
            file.load_all()
        return "\n".join(f"{file.name} {file.digest()}" for file in self.host.files)

    def load(self) -> None:
        """Read all data now. Raises SolutionError with every row that does not fit."""
        for file in self.host.files:
            file.load_all()

    async def aclose(self) -> None:
        """Breaks off running calls, ends all sessions and closes the files."""
        await self._dispatcher.stop()
        self.disconnect_all()
        for file in self.host.files:
            file.close()

    def _file(self, name: str) -> HostedFile:
        found = self.host.files.get(name)
        if found is None:
            known = ", ".join(file.name for file in self.host.files)
            raise LookupError(f"The host has no file {name!r}; it has {known}.")
        return found

    def _ended(self, session: Session) -> None:
        self._locks.release_all(session.token)
        if self.host.switches.authenticated_stream == 1 and self.host.switches.links_end:
            self.host.streams.forget(session.token)

    async def answer(self, request: Request) -> Answer:
        if request.path.startswith(("/Streaming/", "/Streaming_SSL/")):
            return self.host.streams.answer(request, self.host.switches, self.host.profile.relative_location)
        if request.path in {"/fmi/data/apidoc", "/fmi/data/apidoc/"}:
            return documentation()
        if request.path.startswith("/fmi/data/"):
            return await self._dispatcher.answer(request)
        return page(404, "<html><body><h1>Not Found</h1></body></html>")


def _data_file(data: Path | None, name: str, files: int) -> Path | None:
    """One data file for each FileMaker file."""
    if data is None or files == 1:
        return data
    return data.with_name(f"{data.stem}.{name}{data.suffix}")
