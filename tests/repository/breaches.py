"""Breaks each import contract on a copy of the sources and says what is noticed: a process of its own, in the copy's folder."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

BREACHES = [
    ("layers", "server/envelope.py", "from .dataapi.contents import Value"),
    ("layers", "server/errors.py", "from .envelope import JsonObject"),
    ("layers", "server/auth/sessions/session.py", "from ...dataapi.contents import Value"),
    ("layers", "server/text/one_line.py", "from ..changes.plans.plan import Plan"),
    ("layers", "server/local/usage.py", "from ..database.database import Database"),
    ("layers", "server/database/rate_limits.py", "from ..query.found_sets.found_set import FoundSet"),
    ("layers", "server/diagnosis/stages.py", "from ..notes.notes import Notes"),
    ("layers", "server/approval/approvals.py", "from ..scripts.parameter import Schema"),
    ("layers", "server/loose.py", ""),
    ("emulator-layers", "server/emulator/values/readings.py", "from ..store.store import Store"),
    ("emulator-layers", "server/emulator/loose.py", ""),
    ("emulator-apart", "server/emulator/clock.py", "from ..errors import InputError"),
    ("emulator-apart", "server/emulator/clock.py", "from ..text.near_names import near"),
    ("emulator-apart", "server/emulator/clock.py", "from ..codes import CODES"),
    ("emulator-apart", "server/emulator/values/text_words.py", "from ...dataapi.contents import Value"),
    ("emulator-unused", "server/query/summary/spill.py", "from ...emulator.clock import SystemClock"),
    ("emulator-unused", "tools/layouts.py", "from ..server.emulator.clock import SystemClock"),
    ("one-door", "server/diagnosis/stages.py", "from ..dataapi.client import DataApi"),
    ("one-door", "server/query/summary/spill.py", "from ...dataapi.transport import Transport"),
    ("one-door", "server/runbooks/batch.py", "from ..dataapi.client import DataApi"),
    ("one-door", "server/app/workspace.py", "from ..dataapi.client import DataApi"),
    ("one-door", "tools/layouts.py", "from ..server.dataapi.client import DataApi"),
    ("tools-below", "tools/connection.py", "from ..server.auth.sessions.session_pool import Pool"),
    ("tools-below", "tools/_call.py", "from ..server.config.settings import Settings"),
    ("settings-apart", "server/criteria/terms.py", "from ..config.settings import Settings"),
    ("settings-apart", "server/local/usage.py", "from ..config.settings import Settings"),
    ("tools-above", "server/jobs/job.py", "from ...tools._call import Call"),
]
"""A contract, a file (made where there is none), and the line that would break it."""
FUTURE = "from __future__ import annotations\n"


def noticed(contract: str, file: str, line: str) -> bool:
    """Whether the contract fails, and for its breach. The copy is whole again after it."""
    target = Path("filemaker_mcp", file)
    source = target.read_text(encoding="utf-8") if target.is_file() else None
    broken = (source or "").replace(FUTURE, f"{FUTURE}{line}\n", 1)
    target.write_text(broken if broken != source else f"{line}\n{source or ''}", encoding="utf-8")
    status, told = linted(contract)
    if source is None:
        target.unlink()
    else:
        target.write_text(source, encoding="utf-8")
    return status == 1 and ("BROKEN" in told or "missing layers" in told.lower())


def linted(*contracts: str) -> tuple[int, str]:
    """All of them where none is named. The cache reads anew what was changed."""
    from importlinter.cli import lint_imports

    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        status = lint_imports("pyproject.toml", limit_to_contracts=contracts, cache_dir="cache")
    return status, told.getvalue()


if __name__ == "__main__":
    unnoticed = [breach for breach in BREACHES if not noticed(*breach)]
    sys.stdout.write(json.dumps({"not noticed": unnoticed, "kept at the end": linted()[0] == 0}))
