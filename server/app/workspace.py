"""Puts the parts of one database together; the only module that knows them all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ...tools._call import Workspace
from ..changes.consent.owner_stop import OwnerStop
from ..changes.contents.earlier_records import take_over
from ..changes.display.record_links import RecordLinks
from ..changes.files.outsider_files import OutsiderFiles
from ..changes.plans.handover import adopt
from ..database.caller_share import CallerShare
from ..database.database import Database
from ..database.rate_limits import Allowance
from ..database.unopened_sources import ExternalFile, UnopenedSources
from ..database.untrusted.carried_text import CarriedFields, CarriedText
from ..database.untrusted.untrusted_reads import UntrustedReads
from ..diagnosis.machine_stages import Machine
from ..documents.documents import Documents
from ..local.state.state import State
from ..local.state.write_count import WriteCount
from ..local.usage import Usage
from ..query.found_sets.handles import LIFETIME, FoundSets
from ..query.found_sets.shared_definitions import SharedDefinitions
from ..runbooks.past_runs import PastRuns
from ..runbooks.review import Review
from ..runbooks.runbook_desk import Runbooks
from ..runbooks.runbook_draft import Drafts
from ..schedules.order_carrier import OrderCarrier
from ..schedules.scheduled_run import ScheduledRuns
from ..scripts.planned_runs import PlannedRuns
from ..scripts.record_scripts import RecordScripts
from ..scripts.result_reader import ResultReader
from ..scripts.script_desk import Scripting
from ..scripts.script_run import Runner
from .background.owner_schedules import schedules_of
from .declared_scripts import declared_scripts, licence_year_of, limits_of, read_budget, runbooks_of
from .http.seat_parts import allowance_for, folder_of
from .owner_map import map_of
from .owner_notes import notes_of
from .owner_policy import has_outsiders, needs_state
from .parts.approval_factory import approvals_of
from .parts.calendar_factory import calendar_of
from .parts.change_factory import changes_of
from .parts.job_factory import jobs_of
from .seat import Seat
from .shared_parts import SharedParts
from .sign_in_accounts import SignInAccount


@dataclass(frozen=True)
class Opening:
    """One database in use, and what has to be closed after it."""

    workspace: Workspace
    allowance: Allowance | CallerShare

    async def close(self, *, hands_over: bool, why: str = "") -> None:
        """Breaks off what runs, with its outcome written down and `why`, or leaves it to another process; never raises. The
        sessions belong to this one."""
        await self.workspace.jobs.runs.close(hands_over=hands_over, why=why)
        await self.workspace.approvals.close()
        self.workspace.found_sets.close()
        await self.workspace.usage.write()
        await self.allowance.write()


def open_database(
    name: str,
    seat: Seat,
    account: SignInAccount,
    parts: SharedParts,
    *,
    state: State,
    outsiders: UntrustedReads,
) -> Opening:
    """One database for one caller. Nothing is sent yet."""
    settings, clock = seat.settings, parts.clock
    database = account.settings
    identity = database.identity
    allowance = allowance_for(seat, state, identity, limits_of(database.limits), clock)
    usage = Usage(
        state, identity, seat.caller, now=clock.wall, rounds=parts.usage_rounds, tells_all=not seat.is_remote
    )

    def on_bytes(count: int) -> None:
        allowance.received(count)
        usage.received(count)

    seal = parts.seal_for(state)
    state.first(partial(take_over, seal=seal, is_shared=state.is_shared))
    state.first(partial(adopt, database=identity, account=account.name))
    connection = parts.connections.to(
        name,
        account,
        whose=seat.own_accounts.get(name, ""),
        on_bytes=on_bytes,
        most=seat.share_of(database.sessions) if seat.is_remote else None,
        on_refusal=lambda: parts.on_refusal(seat.caller),
    )
    policy = seat.policies[name]
    reads_theirs = seat.reads_outsiders or has_outsiders(settings)
    known = parts.carried.setdefault(identity, CarriedFields())
    carried = CarriedText(state, identity, known, clock.wall) if reads_theirs else None
    calendar = calendar_of(settings, clock)
    opened = Database(
        connection.api,
        name=name,
        pool_size=database.sessions,
        policy=policy,
        calendar=calendar,
        allowance=allowance,
        outsiders=outsiders,
        outsider_files=OutsiderFiles(state, seal, now=clock.wall) if reads_theirs else None,
        carried=carried,
        notes=notes_of(database),
        solution_map=map_of(database, policy),
        sources=UnopenedSources(
            connection.api,
            [ExternalFile(source.file, source.layout) for source in database.data_sources],
            connection.sources_without_sign_in,
            clock.monotonic,
        ),
    )
    files = folder_of(seat, parts)
    stop = OwnerStop(state, database.accounts)
    governed = declared_scripts(database)
    documents = Documents()
    results = ResultReader(documents)
    runner = Runner(opened, clock.sleep, results)
    scripting = Scripting(opened, governed, runner, results, partial(stop.check, changes=True))
    runs = PlannedRuns(opened, scripting, clock.sleep)
    changes = changes_of(
        opened,
        files,
        documents,
        runs,
        RecordScripts(opened, governed),
        settings,
        identity,
        state,
        seal,
        clock,
        database.timeout,
        database.wait_for_release,
        RecordLinks(
            policy, database.host_name, database.file, database.open_script, database.open_with == "webdirect"
        ),
        parts.plans,
        parts.mirrored,
        seat.caller,
        parts.validity,
        carried,
        stop,
    )
    runbooks = Runbooks(
        changes,
        Drafts(opened, changes, scripting),
        runs,
        PastRuns(state, identity),
        Review(state, identity, seal.contents),
        runbooks_of(settings)[name],
        now=clock.wall,
        sleep=clock.sleep,
    )
    # Those of the start: a database that came with rules that were read anew has none.
    scheduled = ScheduledRuns(schedules_of(parts.settings).get(name, {}), changes, runbooks, scripting)
    jobs = jobs_of(
        opened, account, seat, parts, state, OrderCarrier(changes, runbooks, scheduled, clock.sleep)
    )
    workspace = Workspace(
        database=opened,
        found_sets=FoundSets(
            clock.monotonic,
            WriteCount(state, identity, parts.writes, None if carried is None else carried.look).has_moved,
            SharedDefinitions(state, identity, seal.contents.ring, clock.wall, LIFETIME),
            parts.page_room,
        ),
        changes=changes,
        files=files,
        documents=documents,
        approvals=approvals_of(policy, seat, parts, state),
        approval_seconds=settings.approval_seconds,
        diagnosis=partial(
            connection.diagnosis,
            Machine(state, files.folder, settings.files_folder is not None, needs_state(settings)),
        ),
        jobs=jobs,
        scripting=scripting,
        runbooks=runbooks,
        usage=usage,
        account=account.name,
        read_budget=read_budget(database.limits),
        licence_year=licence_year_of(database),
        stop=None if seat.is_remote else stop,
    )
    return Opening(workspace, allowance)
