"""A bounded number of FileMaker sessions, each with a connection of its own, lent one caller at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import anyio

from ...errors import SignInFailed, Unreachable
from ...host_errors import HostFull
from ..clock import Clock, Moment
from ..credentials import Credentials
from ..host_pauses import HostPauses
from ..http_connection import ConnectionFactory
from .channel import Channel
from .host_backoff import HostBackoff
from .host_room import HostRoom
from .pool_channels import PoolChannels
from .pool_places import WAIT_SECONDS, PoolPlaces
from .session import Session
from .session_start import REASON, SessionStart
from .sessions_endpoint import sessions_address
from .waiting_line import Place, WaitingLine

CLOSE_SECONDS = 3.0
PATIENCE_SECONDS = 5.0
"""How long a caller waits by itself for a full host. Beyond that it is told."""


class Pool:
    """Sessions of one account on one database. They are opened when needed, the one used last serves first, `close` logs all out."""

    def __init__(
        self,
        *,
        base_url: str,
        database: str,
        credentials: Credentials,
        size: int,
        http: ConnectionFactory,
        clock: Clock,
        api: str = "vLatest",
        start: SessionStart | None = None,
        pauses: HostPauses | None = None,
        places: PoolPlaces | None = None,
    ) -> None:
        """`start` makes each session ready before its first use and after each renewal. `pauses`: what other processes were
        refused, `places`: what they leave to this pool; None where there are none."""
        self._pauses = pauses
        self._start = start
        self._base_url = base_url.rstrip("/")
        self._address = sessions_address(base_url, api, database)
        self._credentials = credentials
        self._connect = http
        self._clock = clock
        self._backoff = HostBackoff(clock)
        self._room = HostRoom(self._base_url, self._backoff, pauses)
        most = 1 if credentials.scarce else max(1, size)
        self._channels = PoolChannels(most, self._new, self._backoff, places)
        self._line = WaitingLine()
        self._door = anyio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False
        self._ended = 0
        self._places = places
        if places is not None:
            places.serve(self, http, clock)

    @property
    def channels(self) -> Sequence[Channel]:
        return self._channels.all

    @property
    def unused(self) -> Sequence[Channel]:
        """Those that are lent to nobody."""
        return self._channels.idle

    @property
    def ended_sessions(self) -> int | None:
        """While this number stands, the file stayed open: closing it ends its sessions (section 4.6). None where something in
        between keeps the sessions."""
        is_hidden = any(channel.session.is_kept_elsewhere for channel in self._channels.all)
        return None if is_hidden else self._ended

    @asynccontextmanager
    async def channel(self) -> AsyncGenerator[Channel]:
        """Borrow a session. Waits while all are lent."""
        channel = await self._take()
        try:
            yield channel
        finally:
            if (channel.worn or self._is_owed()) and not self._closed:
                self._leave(channel)
            else:
                self._give_back(channel)

    @asynccontextmanager
    async def own_channel(self) -> AsyncGenerator[Channel]:
        """Borrow a session that nobody used before and nobody uses after, for globals and the script that needs them.
        It counts within the pool's bound, so do not ask for it while holding another. Where a session costs a person's
        effort, it is the shared one."""
        if self._credentials.scarce:
            async with self.channel() as shared:
                yield shared
            return
        channel = await self._take(fresh=True)
        try:
            yield channel
        finally:
            with anyio.CancelScope(shield=True):
                await channel.session.end()
            self._give_back(channel)

    def remark(self) -> str:
        """Why fewer sessions are open than might be, once; empty where nothing is to be said."""
        return self._backoff.remark()

    def reconsider(self) -> None:
        """A person wants to know how things are now: what only stood for a while is asked about again."""
        self._backoff.reconsider()
        self._credentials.reconsider()

    async def close(self) -> None:
        """Log out every session, lent ones too, within three seconds, whatever happens meanwhile."""
        self._closed = True
        self._line.call_all()
        with anyio.move_on_after(CLOSE_SECONDS, shield=True):
            async with anyio.create_task_group() as leaving:
                for channel in self._channels.all:
                    leaving.start_soon(channel.close)
        for task in self._leaving:
            task.cancel()
        if self._places is not None:
            await self._places.close()

    def let_go(self, channel: Channel) -> None:
        """Logs out the session of an unused one: another server needs it more."""
        self._channels.idle.remove(channel)
        self._leave(channel)

    async def _take(self, *, fresh: bool = False) -> Channel:
        waited, since = False, Moment.now(self._clock)
        if self._channels.all and await self._credentials.is_outdated():
            for channel in self._channels.all:
                channel.worn = True
        while True:
            with self._line.place() as place:
                channel = await self._waited(place, fresh=fresh)
            if channel is None and self._backoff.full_for() == 0:  # others have all places
                if self._places is not None and since.age(self._clock) > WAIT_SECONDS:
                    raise self._places.no_room()
                await self._clock.sleep(self._place_pause())
                continue
            if channel is None:  # nobody brings one back: the host is full, and none of its sessions is ours
                delay = self._backoff.full_for()
                if waited or delay > PATIENCE_SECONDS:
                    raise self._backoff.no_room()
                waited = True
                await self._clock.sleep(delay)
                continue
            if await self._is_opened(channel, fresh=fresh):
                return channel

    async def _waited(self, place: Place, *, fresh: bool) -> Channel | None:
        """A channel to open now, for the first in the line first. While the host is full, whoever can goes. None where waiting
        brings nothing."""
        while True:
            if self._closed:
                raise Unreachable("The server is shutting down")
            self._backoff.check()
            is_next = self._line.is_first(place) or self._backoff.full_for() > 0
            channel = self._channels.free(fresh=fresh) if is_next else None
            if channel is not None or (is_next and self._channels.are_idle):
                return channel
            pauses = (self._backoff.full_for(), self._backoff.not_ready_for(), self._place_pause())
            with anyio.move_on_after(min(filter(None, pauses), default=None)):
                await place.called()

    async def _is_opened(self, channel: Channel, *, fresh: bool) -> bool:
        """Whether it has a session now. False where another one has to be waited for; the place is free again then, and
        when this raises."""
        was_ready = channel.ready
        try:
            if not was_ready and (
                await self._room.is_refused_to_others() or not await self._has_place(channel)
            ):
                self._give_back(channel)
                return False
            await channel.open()
        except HostFull as error:
            self._give_back(channel)
            await self._room.refused(error)
            return False
        except SignInFailed as error:
            self._give_back(channel)
            if error.reason != REASON or fresh or not self._channels.others_work(channel):
                raise
            self._backoff.not_ready(error)  # those that were made ready before go on
            return False
        except BaseException:
            # Cancelled or refused: the place is free again, and a login still under way ends in it.
            self._give_back(channel)
            raise
        if not was_ready:
            await self._room.found()
            if self._places is not None:
                await self._places.opened(channel)
        return True

    async def _has_place(self, channel: Channel) -> bool:
        return self._places is None or await self._places.has(channel)

    def _place_pause(self) -> float:
        return 0.0 if self._places is None else self._places.pause()

    def _is_owed(self) -> bool:
        """Whether another server waits for the next session that comes back."""
        if self._places is None or not self._places.owed:
            return False
        self._places.owed -= 1
        return True

    def _new(self) -> Channel:
        places = self._places
        session = Session(
            address=self._address,
            credentials=self._credentials,
            connect=self._connect,
            clock=self._clock,
            door=self._door,
            on_end=self._note_end,
            on_opening=None if places is None else lambda: places.opening(channel),
            is_proven=lambda: self._channels.have_worked,
            start=self._start,
            pauses=self._pauses,
        )
        channel = Channel(
            base_url=self._base_url, connect=self._connect, session=session, backoff=self._backoff
        )
        return channel

    def _note_end(self) -> None:
        self._ended += 1

    def _give_back(self, channel: Channel) -> None:
        self._channels.idle.append(channel)
        if channel.ready:
            self._line.call_first()
        else:  # it may be that the host has no room, or that sessions are not to be had just now
            self._line.call_all()

    async def _logged_out(self, channel: Channel) -> None:
        """Log the session out after a cancelled call. FileMaker may still be busy with it."""
        try:
            await channel.session.end()
            if self._places is not None:
                await self._places.freed(channel)
        finally:
            self._give_back(channel)

    def _leave(self, channel: Channel) -> None:
        leaving = asyncio.create_task(self._logged_out(channel))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
