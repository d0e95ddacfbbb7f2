"""`fmdapi.log`, and a list of requests for tests."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath


@dataclass(frozen=True)
class Served:
    """One request that the host answered. A path never carries a whole session token."""

    method: str
    path: str
    account: str
    code: int
    status: int
    body_bytes: int


@dataclass(frozen=True)
class ScriptRun:
    """A script that began: asked for by a request, or performed by another script."""

    script: str
    parameter: str
    account: str


class RequestLog:
    """The last requests, the scripts that ran, and the lines FileMaker Server would have written about them.

    Tab separated: time with zone, code, level, client address, account, method, path, body bytes; an error is ERROR with
    FileMaker's code, even 401 for no match (reference section 13 [O][U]).
    """

    def __init__(self, keep: int = 10_000) -> None:
        self.requests: deque[Served] = deque(maxlen=keep)
        self.scripts: deque[ScriptRun] = deque(maxlen=keep)
        self.lines: deque[str] = deque(maxlen=keep)
        self.faults: deque[str] = deque(maxlen=keep)

    def note_script_fault(self, script: str, problem: BaseException) -> None:
        """A script of the solution raised something: its owner wants to know, the client gets scriptError -1."""
        self.faults.append(f"Script {script!r}, {_place(problem)}: {type(problem).__name__}: {problem}")

    def note_fault(self, problem: BaseException) -> None:
        """Something in this program went wrong. The client gets 951."""
        self.faults.append(f"{_place(problem)}: {type(problem).__name__}: {problem}")

    def add(self, at: datetime, client: str, served: Served) -> None:
        self.requests.append(served)
        stamp = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} {at:%z}"
        level = "INFO" if served.code == 0 else "ERROR"
        self.lines.append(
            "\t".join(
                (
                    stamp,
                    str(served.code),
                    level,
                    client,
                    served.account,
                    served.method,
                    served.path,
                    str(served.body_bytes),
                )
            )
        )


def _place(problem: BaseException) -> str:
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown line"
    return f"{PurePath(trace.tb_frame.f_code.co_filename).name} line {trace.tb_lineno}"
