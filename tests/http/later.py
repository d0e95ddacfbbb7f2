"""Time that has passed for a server, without anybody waiting."""

from __future__ import annotations

from filemaker_mcp.server.auth.clock import SystemClock


class Later(SystemClock):
    """The machine's clock, put ahead."""

    ahead = 0.0

    def wall(self) -> float:
        return super().wall() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead
