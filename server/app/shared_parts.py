"""What every caller of one process shares: sessions by account, the state, the clock. Nothing here holds a policy."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..config.settings import Settings
from ..local.places import key_file
from ..local.state.state import State
from ..local.state.state_place import StatePlace
from ..local.state.write_count import KnownWrites
from ..local.usage_rounds import UsageRounds
from .credential_factory import CredentialFactory

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from ..approval.approvals import OpenBrowser
    from ..auth.clock import Clock
    from ..changes.consent.agreement_store import Validity
    from ..changes.plans.plan_seal import Seal
    from ..database.untrusted.carried_text import CarriedFields
    from ..local.keys.key_ring import KeyRing
    from ..query.found_sets.page_room import PageRoom
    from .background.retention_look import RetentionLook
    from .connections import Connections


@dataclass
class SharedParts:
    """`emulated` answers for a database in this process, by its name; `open_browser` shows a page to the person here."""

    sign_ins: CredentialFactory
    place: StatePlace
    settings: Settings
    given_clock: Clock | None = None
    emulated: Mapping[str, httpx.AsyncBaseTransport] = field(
        default_factory=dict[str, "httpx.AsyncBaseTransport"]
    )
    open_browser: OpenBrowser | None = None
    on_refusal: Callable[[str], None] = field(default_factory=lambda: _nobody, init=False)
    """Hears of each caller whose account FileMaker does not let in any more."""
    on_waiting: Callable[[str], None] = field(default_factory=lambda: _nobody, init=False)
    """Hears of each plan, by its digest, that waits for a person who is not at this machine."""
    validity: Validity | None = field(default=None, init=False)
    """Judges the agreements of people who signed in; None where their rights are not known."""
    stands: Callable[[str], Awaitable[bool]] = field(default_factory=lambda: _stands, init=False)
    """Whether a grant by which work was asked for is in force."""
    jobs: set[str] = field(default_factory=set[str], init=False)
    """Ids of those under way in this process, whoever asked for them."""
    plans: set[str] = field(default_factory=set[str], init=False)
    """Likewise, of plans that are carried out."""
    mirrored: set[str] = field(default_factory=set[str], init=False)
    """Likewise, of plans whose outcomes are mirrored into the owner's table."""
    usage_rounds: UsageRounds = field(init=False)
    """When what each caller has used is written down."""
    writes: KnownWrites = field(default_factory=KnownWrites, init=False)
    """How often each database was written to, as it was last read."""
    carried: dict[str, CarriedFields] = field(default_factory=dict[str, "CarriedFields"], init=False)
    """By database, into which fields text of outsiders was carried."""
    _state: State | None = field(default=None, init=False)
    _retention: RetentionLook | None = field(default=None, init=False)
    _seal: Seal | None = field(default=None, init=False)
    _connections: Connections | None = field(default=None, init=False)
    _page_room: PageRoom | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.usage_rounds = UsageRounds(self.now)

    @property
    def clock(self) -> Clock:
        from ..auth.clock import SystemClock

        return self.given_clock or SystemClock()

    @property
    def state(self) -> State:
        """Plans, journal and jobs of all databases and callers."""
        if self._state is None:
            from .background.retention_look import RetentionLook

            self._state = self.place.state()
            self._retention = RetentionLook(self.settings, self._state, self.seal_for, self.now)
        return self._state

    def retain(self) -> None:
        """At every call: erases beside it what is past its days, where it is time to look."""
        if self._retention is not None:
            self._retention.at_times()

    @property
    def seal_path(self) -> Path:
        return self.settings.seal_key or key_file()

    @property
    def seal(self) -> Seal:
        return self.seal_for(self.state)

    def seal_for(self, state: State) -> Seal:
        """The keys of plans, agreements, contents and files of outsiders: one for all databases, which share the state."""
        if self._seal is None:
            from ..changes.plans.plan_seal import Seal

            path = self.seal_path if state.name else None
            self._seal = Seal.of_file(path, self.settings.secrets.places)
        return self._seal

    @property
    def ring(self) -> KeyRing:
        """The keys that seal what is kept, and what goes out to come back."""
        from ..local.keys.key_file import KeyFile, ring_of

        return ring_of(self.settings.secrets.places, KeyFile.beside(self.seal_path))

    @property
    def page_room(self) -> PageRoom:
        """For the pages of found sets, whoever made them."""
        if self._page_room is None:
            from ..query.found_sets.page_room import PageRoom

            self._page_room = PageRoom()
        return self._page_room

    @property
    def connections(self) -> Connections:
        """Sessions by account. They are not imported before one is needed."""
        if self._connections is None:
            from ..auth.host_pauses import HostPauses
            from ..auth.sessions.session_places import SessionPlaces
            from .connections import Connections

            places = SessionPlaces(lambda: self.state, lambda: self.ring, self.settings.host_sessions)
            pauses = HostPauses(lambda: self.state, lambda: self.ring)
            self._connections = Connections(self.sign_ins, self.clock, self.emulated, pauses, places)
        return self._connections

    async def close(self) -> None:
        """Logs out every session; takes seconds at the most and never raises."""
        if self._connections is not None:
            await self._connections.close()
        if self._retention is not None:
            await self._retention.close()
        if self._state is not None:
            await self._state.close()
        await self.sign_ins.close()

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() if self.given_clock is None else self.given_clock.wall()


async def _stands(grant: str) -> bool:
    """Where nobody is let in by one."""
    return True


def _nobody(what: str) -> None:
    """Nobody hears of it."""
