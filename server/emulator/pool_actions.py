"""What a control endpoint may do to a user pool, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta

from .cognito.pool import UserPool


def pool_actions(pool: UserPool) -> Mapping[str, Callable[..., object]]:
    """Each takes keywords; answers are what JSON can say."""

    def set_pool_clock(seconds: float) -> None:
        """The pool's clock is wrong by so much."""
        pool.switches.clock_offset = timedelta(seconds=seconds)

    def block_place(blocked: bool = True) -> None:
        """Right passwords are refused for security reasons."""
        pool.switches.blocks_place = blocked

    def sent_codes() -> list[dict[str, str]]:
        """Text messages and e-mails, as their receivers see them."""
        return [{**asdict(code), "expires": code.expires.isoformat()} for code in pool.outbox]

    return {
        "block_place": block_place,
        "end_id_tokens": pool.end_id_tokens,
        "pool_calls": lambda: [asdict(call) for call in pool.calls],
        "refuse_pool": pool.refuse_next,
        "revoke_refresh_tokens": pool.revoke_all,
        "sent_codes": sent_codes,
        "set_pool_clock": set_pool_clock,
    }
