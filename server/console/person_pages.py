"""Every page of one person, whoever lets them in: what waits, changes, jobs, usage, journal, connection, policy."""

from __future__ import annotations

import time
from collections.abc import Mapping

from starlette.routing import BaseRoute

from ..changes.plans.stored_plans import Filed
from .change_outcomes import ChangeOutcomes
from .change_pages import ChangePages
from .console_database import ConsoleDatabase
from .frame import Frame
from .held_records import HeldRecords
from .host_pages import HostPages
from .oversight import Oversight
from .own_changes import OwnChanges
from .record_pages import RecordPages
from .waiting_pages import WaitingPages


def person_pages(
    frame: Frame,
    files: Filed,
    databases: Mapping[str, ConsoleDatabase],
    user: str,
    oversight: Oversight,
    decided_at: str = "",
    links_at: str = "",
) -> list[BaseRoute]:
    """`user` is the person, as plans name callers. `decided_at` as `ChangePages` takes it, `links_at` as `HostPages` does."""
    own = OwnChanges(files, user, time.time, oversight)
    return [
        *RecordPages(frame, files, user, oversight).routes(),
        *HostPages(frame, databases, links_at).routes(),
        *WaitingPages(frame, own, HeldRecords(files, user, time.time), may_answer=not decided_at).routes(),
        *ChangePages(frame, own, ChangeOutcomes(files), files.journal, databases, user, decided_at).routes(),
    ]
