"""What one pool has of the places that all servers share, and how it waits for more."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import anyio

from ...errors import FilemakerMcpError, LimitReached
from ..clock import Clock, Moment
from .place_shares import Want
from .session_places import Place, SessionPlaces
from .sessions_endpoint import log_out

if TYPE_CHECKING:
    from ..http_connection import ConnectionFactory
    from .channel import Channel

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5
"""Seconds between two questions for a place."""
WAIT_SECONDS = 30.0
"""How long a caller of a pool without any session waits for a place. Beyond that it is told."""
UNUSED_SECONDS = 1.0
"""A session that was used within them may be needed again at once."""


class Lender(Protocol):
    """A pool, as its places see it."""

    @property
    def channels(self) -> Sequence[Channel]: ...
    @property
    def unused(self) -> Sequence[Channel]:
        """Those that are lent to nobody."""
        ...

    def let_go(self, channel: Channel) -> None:
        """Logs out the session of an unused one."""
        ...


class PoolPlaces:
    def __init__(
        self, shared: SessionPlaces, *, host: str, account: Sequence[str], most: int, lends: bool
    ) -> None:
        """`account` names it among all, `most` are its sessions over all servers. Without `lends` none is given up, since a
        person would have to open it again."""
        self._shared = shared
        self.host = host
        self._account = account
        self._most = most
        self.lends = lends
        self.holder = secrets.token_hex(8)
        self.owed = 0
        """Sessions that end when they come back from whoever uses them."""
        self._of: dict[Channel, Place] = {}
        self._doubtful: list[Place] = []
        self._asked: Moment | None = None
        self._has_asked = False
        self._pause = 0.0

    def serve(self, lender: Lender, connect: ConnectionFactory, clock: Clock) -> None:
        self._lender, self._connect, self._clock = lender, connect, clock

    @property
    def places(self) -> list[Place]:
        return list(self._of.values())

    @property
    def is_empty(self) -> bool:
        return (
            not self._of
            and not self._doubtful
            and not any(channel.session.alive for channel in self._lender.channels)
        )

    @property
    def idle(self) -> int:
        return len(self._unused())

    def pause(self) -> float:
        """Seconds until a place is asked for again; 0 where none was refused."""
        return 0.0 if self._asked is None else max(0.0, self._pause - self._asked.age(self._clock))

    def covers(self, channel: Channel) -> bool:
        return channel in self._of

    async def freed(self, channel: Channel) -> None:
        """Its session was logged out."""
        if channel in self._of:
            await self._shared.give_back([self._of.pop(channel)])

    async def has(self, channel: Channel) -> bool:
        """Whether the channel may open a session. While the state is away it may: reading goes on."""
        if channel in self._of or not self._shared.counts:
            return True
        try:
            return await self._taken(channel)
        except FilemakerMcpError:
            return True

    async def _taken(self, channel: Channel) -> bool:
        me = Want(self.holder, self._shared.account(*self._account), self._most, 0.0)
        place, self._has_asked = Place(), True
        try:
            left = await self._shared.take(self.host, me, place)
        except BaseException:  # cancelled, or its answer was lost: it may be ours
            self._doubtful.append(place)
            self._shared.watch(self)
            raise
        if left is None:
            self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
            self._asked = Moment.now(self._clock)
            return False
        self._asked, self._pause = None, 0.0
        self._of[channel] = place
        self._shared.watch(self)
        async with anyio.create_task_group() as leaving:
            for session in left:
                leaving.start_soon(log_out, self._connect, session.address, session.token)
        return True

    async def opening(self, channel: Channel) -> None:
        """Another session is about to be opened in its place: where this process is killed, nobody knows that one's token."""
        if channel in self._of and self._of[channel].noted:
            await self._shared.note(self._of[channel])

    async def opened(self, channel: Channel) -> None:
        """The channel has a session now."""
        if channel in self._of:
            await self._note(channel)
        elif self._shared.counts:
            self._shared.watch(self)

    async def settle(self) -> None:
        """Notes sessions that were renewed, gives back places without a session, and asks for those of sessions without one."""
        doubtful, self._doubtful = self._doubtful, []
        if doubtful:
            await self._shared.give_back(doubtful)
        unused = self._lender.unused
        over = [channel for channel in self._of if channel in unused and not channel.session.alive]
        if over:
            await self._shared.give_back([self._of.pop(channel) for channel in over])
        for channel in list(self._lender.channels):
            if not channel.session.alive:
                continue
            if channel in self._of:
                await self._note(channel)
            elif not await self._taken(channel):
                self._end(channel)

    def lose(self, ids: set[str]) -> None:
        """Somebody else got them meanwhile, and has logged their sessions out."""
        self._of = {channel: place for channel, place in self._of.items() if place.id not in ids}

    def give_up(self, count: int) -> None:
        for channel in self._unused()[:count]:
            self._lender.let_go(channel)
            count -= 1
        self.owed = count

    async def close(self) -> None:
        """After the sessions were logged out."""
        self._shared.forget(self)
        places, self._of, self._doubtful = [*self.places, *self._doubtful], {}, []
        if self._has_asked:
            await self._shared.give_back(places, holder=self.holder)

    def no_room(self) -> LimitReached:
        return LimitReached(
            f"All {self._most} sessions that this account may have are in use by the servers that share these records",
            retry_after=WAIT_SECONDS,
            advice="The owner can allow more with `sessions`, and with `host_sessions` where it is set.",
        )

    def _unused(self) -> list[Channel]:
        return [
            channel
            for channel in self._lender.unused
            if channel in self._of
            and (not channel.session.alive or channel.session.rests_for > UNUSED_SECONDS)
        ]

    def _end(self, channel: Channel) -> None:
        if channel in self._lender.unused:
            self._lender.let_go(channel)
        else:
            self.owed += 1

    async def _note(self, channel: Channel) -> None:
        place, token = self._of[channel], channel.session.own_token
        if token and token != place.noted:
            await self._shared.note(place, channel.session.address, token)
