"""Everything that changes records of one database, put together."""

from __future__ import annotations

from functools import partial

from ...auth.clock import Clock
from ...changes.applying.apply_context import Means
from ...changes.applying.host_history import HostHistory
from ...changes.applying.record_check import Continuity
from ...changes.change_desk import Changes
from ...changes.consent.agreement_store import Validity
from ...changes.consent.agreements import Agreements
from ...changes.consent.owner_stop import OwnerStop
from ...changes.custody import Custody
from ...changes.display.record_links import RecordLinks
from ...changes.duties.mirror import Mirror
from ...changes.duties.signature import signed
from ...changes.files.kept_files import Keeping
from ...changes.files.uploads import Uploads
from ...changes.journal.journal import Journal
from ...changes.journal.ledger import Ledger
from ...changes.journal.script_log import ScriptLog
from ...changes.plans.plan_seal import Seal
from ...changes.plans.plan_store import PlanStore
from ...config.settings import Settings
from ...criteria.criteria import exact_find
from ...database.database import Database
from ...database.untrusted.carried_text import CarriedText
from ...documents.documents import Documents
from ...local.files_folder import FilesFolder
from ...local.state.state import State
from ...policy import may_read
from ...scripts.planned_runs import PlannedRuns
from ...scripts.record_scripts import RecordScripts
from ...text.near_names import folded


def changes_of(
    database: Database,
    files: FilesFolder,
    documents: Documents,
    runs: PlannedRuns,
    saves: RecordScripts,
    settings: Settings,
    identity: str,
    state: State,
    seal: Seal,
    clock: Clock,
    timeout: float,
    patience: float,
    links: RecordLinks,
    held: set[str],
    mirrored: set[str],
    whose: str,
    validity: Validity | None,
    carried: CarriedText | None,
    stop: OwnerStop,
) -> Changes:
    """Plans, their application and the way back, of one database for one caller. `held`: ids of the plans that this process
    carries out; `mirrored`, of those whose outcomes it mirrors just now. `whose` as `Keeping` takes it,
    `validity` as `AgreementStore` does."""
    shelf = PlanStore(state, identity, seal, partial(may_read, database.policy), validity)
    journal = Journal(
        state,
        now=clock.wall,
        seal=seal,
        keeps_images=settings.journal_images,
        without=settings.journal_without,
    )
    continuity = Continuity(database)
    means = Means(
        database=database,
        state=state,
        shelf=shelf,
        journal=journal,
        script_log=ScriptLog(state, identity, seal, now=clock.wall),
        uploads=Uploads(
            files,
            Keeping(state, seal, now=clock.wall, whose=whose),
            documents,
            frozenset(map(folded, settings.journal_without)),
        ),
        sleep=clock.sleep,
        exact=lambda meta, name, value: exact_find(meta, name, value, database.calendar),
        runs=runs,
        saves=saves,
        now=clock.wall,
        continuity=continuity,
        history=HostHistory(state, database, continuity, shelf.rows, identity=identity, now=clock.wall),
        timeout=timeout,
        patience=patience,
        links=links,
        stop=stop,
        mirror=Mirror(database, state, shelf, journal, mirrored),
    )
    custody = Custody(state, identity, held)
    ledger = Ledger(
        state,
        shelf,
        journal,
        database.policy,
        custody,
        sign=partial(signed, database),
        identity=identity,
        now=clock.wall,
        outsiders=lambda: database.untrusted_read,
        carried=carried,
    )
    return Changes(
        means, ledger, custody, Agreements(state, shelf, journal, identity=identity, now=clock.wall)
    )
