"""Everything that the calls of one host share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from .clock import Clock
from .http.request_log import RequestLog
from .http.streams import Streams
from .long_work import LongWork
from .profiles import Profile
from .records.locks import Locks
from .records.record_context import Scene
from .sign_in.login import Doorkeeper
from .sign_in.privileges import Access
from .sign_in.sessions import Session, Sessions
from .solutions.files import Files
from .solutions.hosted_file import HostedFile
from .switches import Switches


@dataclass
class Host:
    files: Files
    doorkeeper: Doorkeeper
    sessions: Sessions
    streams: Streams
    locks: Locks
    log: RequestLog
    clock: Clock
    zone: tzinfo | None
    """The host's time zone. None is the machine's."""
    profile: Profile
    switches: Switches
    script_delay: float = 0.0
    """Seconds that each script takes besides its own."""
    long_work: LongWork = field(default_factory=LongWork)
    sent_bytes: int = 0
    """Outbound data, for 953 (section 13)."""

    def wall_time(self) -> datetime:
        """The time that FileMaker shows: local, without a zone."""
        return self.clock.now().astimezone(self.zone).replace(tzinfo=None)

    def scene(self, session: Session) -> Scene:
        return Scene(
            self.files,
            session,
            self.wall_time(),
            self._open_source,
            needs_sources=self.switches.unopened_source == "error",
            exponents=self.switches.exponents == "number",
        )

    def _open_source(self, session: Session, file: HostedFile) -> Access:
        return self.doorkeeper.open_source(session, file, self.switches)
