"""The channels of a pool, and which of the idle ones serves next."""

from __future__ import annotations

from collections.abc import Callable

from .channel import Channel
from .host_backoff import HostBackoff
from .pool_places import PoolPlaces


class PoolChannels:
    """At most `size`, made by `make` when they are needed."""

    def __init__(
        self, size: int, make: Callable[[], Channel], backoff: HostBackoff, places: PoolPlaces | None
    ) -> None:
        self._size = size
        self._make = make
        self._backoff = backoff
        self._places = places
        self.all: list[Channel] = []
        self.idle: list[Channel] = []
        """Those that are lent to nobody, the one used last at the end."""

    @property
    def are_idle(self) -> bool:
        """None is lent."""
        return len(self.idle) == len(self.all)

    @property
    def have_worked(self) -> bool:
        """Whether the host has accepted a token of any of them."""
        return any(channel.session.has_worked for channel in self.all)

    def others_work(self, channel: Channel) -> bool:
        return any(other.session.alive for other in self.all if other is not channel)

    def free(self, *, fresh: bool) -> Channel | None:
        """A channel to open now, taken out of the idle ones. None when there is none, or the host was full just now."""
        ready = next((channel for channel in reversed(self.idle) if channel.ready), None)
        if ready is not None and not fresh:
            self.idle.remove(ready)
            return ready
        is_held = not fresh and self._backoff.not_ready_for() > 0 and len(self.idle) < len(self.all)
        if self._backoff.full_for() > 0 or is_held:
            return None
        is_refused = self._places is not None and self._places.pause() > 0
        usable = [
            each for each in self.idle if self._places is None or not is_refused or self._places.covers(each)
        ]
        empty = next((channel for channel in usable if not channel.session.alive), None)
        if empty is None and len(self.all) < self._size and not is_refused:
            empty = self._make()
            self.all.append(empty)
            self.idle.append(empty)
        chosen = empty or (usable[0] if usable else None)
        if chosen is not None:
            self.idle.remove(chosen)
            chosen.worn = chosen.worn or fresh
        return chosen
