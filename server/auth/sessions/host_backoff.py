"""What a pool remembers of the host's refusals, so that it does not knock on a closed door."""

from __future__ import annotations

from ...errors import FilemakerMcpError
from ...host_errors import HostFull
from ..clock import Clock, Moment
from ..host_pauses import Pause

FULL_FIRST_SECONDS = 5.0
FULL_MOST_SECONDS = 60.0
NOT_READY_SECONDS = 60.0
"""How long the sessions that work serve alone after another one could not be made ready."""


class HostBackoff:
    """The brake after 812 and 956 (5 s, doubling to 60 s), and errors that hold for everybody for a while."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._full_since: Moment | None = None
        self._pause = 0.0
        self._full_code: int | None = None
        self._kept: FilemakerMcpError | None = None
        self._kept_since = Moment.now(clock)
        self._kept_for = 0.0
        self._not_ready_since: Moment | None = None
        self._remark = ""

    def check(self) -> None:
        """Raise the error that is being kept, if there is one."""
        if self._kept is not None and self._kept_since.age(self._clock) < self._kept_for:
            raise self._kept
        self._kept = None

    def keep(self, error: FilemakerMcpError, seconds: float) -> None:
        self._kept, self._kept_for, self._kept_since = error, seconds, Moment.now(self._clock)

    def reconsider(self) -> None:
        self._kept = self._not_ready_since = None

    def not_ready(self, error: FilemakerMcpError) -> None:
        """Another session could not be made ready, while some work."""
        self._not_ready_since = Moment.now(self._clock)
        self._remark = f"{error} The sessions that were open before go on."

    def not_ready_for(self) -> float:
        """Seconds until another session may be tried again."""
        if self._not_ready_since is None:
            return 0.0
        return max(0.0, NOT_READY_SECONDS - self._not_ready_since.age(self._clock))

    def remark(self) -> str:
        """What there is to say of it, once."""
        text, self._remark = self._remark, ""
        return text

    def full(self, error: HostFull) -> None:
        """The host had no room for another session."""
        self._full_code = error.code
        self._pause = min(max(self._pause * 2, FULL_FIRST_SECONDS), FULL_MOST_SECONDS)
        self._full_since = Moment.now(self._clock)

    def learn(self, pause: Pause) -> None:
        """Another process was told so."""
        gone = pause.seconds - pause.left
        now = Moment.now(self._clock)
        self._full_code, self._pause = pause.code, pause.seconds
        self._full_since = Moment(now.monotonic - gone, now.wall - gone)

    @property
    def was_full(self) -> bool:
        return self._full_since is not None

    def room(self) -> None:
        """The host opened a session."""
        self._full_since, self._pause = None, 0.0

    def no_room(self) -> HostFull:
        """What to tell who cannot wait."""
        return HostFull(
            "The host has no room for another session",
            code=self._full_code or 812,
            advice=(
                f"The next attempt is made in {max(1, round(self.full_for()))} seconds; meanwhile the FileMaker"
                " administrator can end stray sessions in Admin Console."
            ),
        )

    def full_for(self) -> float:
        """Seconds until another session may be asked for."""
        if self._full_since is None:
            return 0.0
        return max(0.0, self._pause - self._full_since.age(self._clock))
