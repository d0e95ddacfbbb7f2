"""Whether the plans and jobs that are kept are those that were made."""

from __future__ import annotations

from ...caller import Caller
from ...errors import ConfigurationError, NameUnknown
from ...jobs.altered_job import AlteredJob
from ...jobs.job_row import JobRows
from ...local.state.state import State
from ..contents.altered_plan import AlteredPlan
from ..journal.item_history import ItemHistory
from ..journal.journal_chain import Chain
from ..plans.plan import Who
from ..plans.plan_seal import Seal
from ..plans.plan_store import PlanStore


async def altered_plans(state: State, seal: Seal) -> list[str]:
    """What is wrong, in words; empty when nothing is."""
    complaints: list[str] = []
    for row in await state.rows("SELECT id, database, caller, account, client, seal FROM plan ORDER BY made"):
        who = Who(Caller(row["caller"], row["account"]), row["client"])
        try:
            progress = await PlanStore(state, row["database"], seal).find(row["id"], who)
            is_as_made = progress.is_sealed or not row["seal"]  # one of an earlier version has none
        except AlteredPlan:
            is_as_made = False
        except NameUnknown:  # gone since
            continue
        except ConfigurationError as error:  # a key is not there, and will not be for the next one
            return [*complaints, str(error)]
        if not is_as_made:
            complaints.append(f"the plan {row['id']} is not the one that was made")
    return complaints


async def altered_items(state: State, seal: Seal) -> list[str]:
    """As `altered_plans`."""
    plans = await ItemHistory(Chain(seal)).altered(state)
    return [
        f"the plan {plan} has a record whose state is not the one that the journal tells" for plan in plans
    ]


async def altered_jobs(state: State, seal: Seal) -> list[str]:
    """As `altered_plans`."""
    rows, complaints = JobRows(seal.contents.ring, seal.of_digest), list[str]()
    for row in await state.rows("SELECT * FROM job ORDER BY seq"):
        try:
            await rows.job_beside(row)
        except AlteredJob:
            complaints.append(f"the job {row['id']} is not the one that was kept")
        except ConfigurationError as error:
            return [*complaints, str(error)]
    return complaints
