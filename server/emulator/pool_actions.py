"""The actions of the control endpoint on a user pool, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from .cognito.pool import UserPool
from .cognito.pool_switches import PoolSwitches
from .cognito.user_list import user_changes

_SWITCHES = [each.name for each in fields(PoolSwitches) if each.name != "not_admitted"]


def pool_actions(pool: UserPool) -> Mapping[str, Callable[..., object]]:
    """Each takes keywords. Answers are what JSON can say."""

    def set_pool_clock(seconds: float) -> None:
        """The pool's clock is wrong by so much."""
        pool.switches.clock_offset = timedelta(seconds=seconds)

    def block_place(blocked: bool = True) -> None:
        """Right passwords are refused for security reasons."""
        pool.switches.blocks_place = blocked

    def set_person(name: str, **changes: object) -> None:
        """Other facts of a person, as in a list of users: `factors`, `state`, `password`, `blocked`, ..."""
        pool.change(name, **user_changes(changes))

    def sent_codes() -> list[dict[str, str]]:
        """Text messages and e-mails, as their receivers see them."""
        return [{**asdict(code), "expires": code.expires.isoformat()} for code in pool.outbox]

    def admit_person(name: str, admitted: bool = True) -> None:
        """Whether hosts take the id tokens of this person."""
        if admitted:
            pool.switches.not_admitted.discard(name)
        else:
            pool.switches.not_admitted.add(name)

    def set_pool_switch(name: str, value: bool | float | str) -> None:
        """One of the pool's switches. Spans of time in seconds."""
        if name not in _SWITCHES:
            near = get_close_matches(name, _SWITCHES, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(_SWITCHES)}."
            raise LookupError(f"There is no {name!r}; {hint}")
        kinds: dict[type, Callable[[Any], object]] = {
            timedelta: lambda seconds: timedelta(seconds=float(seconds)),
            bool: bool,
            int: int,
            str: str,
        }
        setattr(pool.switches, name, kinds[type(getattr(pool.switches, name))](value))

    return {
        "admit_person": admit_person,
        "block_place": block_place,
        "end_id_tokens": pool.end_id_tokens,
        "forget_devices": pool.forget_devices,
        "pool_calls": lambda: [asdict(call) for call in pool.calls],
        "refuse_pool": pool.refuse_next,
        "revoke_refresh_tokens": pool.revoke_all,
        "sent_codes": sent_codes,
        "set_person": set_person,
        "set_pool_clock": set_pool_clock,
        "set_pool_switch": set_pool_switch,
    }
