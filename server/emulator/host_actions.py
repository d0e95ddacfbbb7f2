"""The actions of the control endpoint on a host, by name: what administrators and other users do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .app import Emulator
from .clock import ShiftedClock
from .pool_actions import pool_actions
from .switches import read_switches


def actions(emulator: Emulator, clock: ShiftedClock) -> Mapping[str, Callable[..., object]]:
    """Each takes keywords. A wrong one raises ValueError, LookupError or TypeError."""

    def end_sessions(file: str | None = None) -> int:
        return emulator.host.sessions.end_all(file)

    def set_switch(name: str, value: str) -> None:
        emulator.switch(read_switches([f"{name}={value}"], emulator.host.switches))

    def lock_record(file: str, table: str, record_id: int, by: str = "somebody else") -> None:
        emulator.lock(file, table, record_id, by)

    def requests() -> list[object]:
        return [
            {"method": each.method, "path": each.path, "account": each.account, "code": each.code}
            for each in emulator.requests
        ]

    return {
        "advance_clock": clock.advance,
        "close_file": emulator.close_file,
        "count_sessions": lambda: emulator.open_sessions,
        "end_session": emulator.disconnect,
        "end_sessions": end_sessions,
        "lock_record": lock_record,
        "log_lines": lambda: emulator.log_lines,
        "open_file": emulator.open_file,
        "requests": requests,
        "set_capacity": emulator.set_capacity,
        "set_data_limit": emulator.set_data_limit,
        "set_script_delay": emulator.set_script_delay,
        "set_switch": set_switch,
        "unlock_record": emulator.unlock,
        **(pool_actions(emulator.pool) if emulator.pool else {}),
    }
