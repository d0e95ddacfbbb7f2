"""The jobs of one database for one caller: kept, run, carried out by other processes."""

from __future__ import annotations

from functools import partial

from ...caller import Caller
from ...callers.grant_in_use import grant_in_use
from ...database.database import Database
from ...jobs.job_desk import Jobs
from ...jobs.job_row import JobRows
from ...jobs.job_runs import JobRuns
from ...jobs.job_store import Docket
from ...local.state.state import State
from ...policy import may_run, showing_all
from ...schedules.order_carrier import OrderCarrier
from ..background.takeover import is_to_go_on
from ..seat import Seat
from ..shared_parts import SharedParts
from ..sign_in_accounts import SignInAccount


def jobs_of(
    opened: Database,
    account: SignInAccount,
    seat: Seat,
    parts: SharedParts,
    state: State,
    carrier: OrderCarrier,
) -> Jobs:
    """`carrier` carries out orders of jobs that another process kept."""
    database, clock, seal = account.settings, parts.clock, parts.seal_for(state)
    docket = Docket(
        state, database.identity, JobRows(seal.contents.ring, seal.of_digest), showing_all(opened.policy)
    )
    job_runs = JobRuns(
        docket,
        now=clock.wall,
        sleep=clock.sleep,
        at_once=seat.share_of(database.sessions) if seat.is_remote else database.sessions - 1,
        outsiders=lambda: opened.untrusted_read,
        adopts=partial(
            is_to_go_on,
            state.is_shared or seat.is_unattended,
            showing_all(opened.policy),
            Caller(seat.caller, account.name),
        ),
        of_process=parts.jobs,
    )
    return Jobs(
        docket,
        job_runs,
        now=clock.wall,
        queue=database.limits.queue,
        may_run=partial(may_run, opened.policy),
        carry=carrier.carry,
        grant=grant_in_use,
        stands=parts.stands,
    )
