"""How a trial of somebody else's client says what went well: a line on standard output for each step."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

FAILED: list[str] = []


def step(name: str) -> Callable[[Callable[[], object]], None]:
    """Run the decorated function at once; an exception fails the step, and the trial goes on."""

    def run(action: Callable[[], object]) -> None:
        try:
            action()
        except Exception:  # noqa: BLE001 (whatever a client raises is the finding)
            FAILED.append(name)
            sys.stderr.write(traceback.format_exc())
            sys.stdout.write(f"FAILED {name}\n")
        else:
            sys.stdout.write(f"ok {name}\n")
        sys.stdout.flush()

    return run


def finish() -> None:
    sys.exit(1 if FAILED else 0)
