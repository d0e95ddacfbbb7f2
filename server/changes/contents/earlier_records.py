"""Records of a version that kept contents as plain text: sealed once, when its state is opened. What the journal tells stays true.

Entries keep their order and their outcomes. What told of contents moves into boxes, and plain digests, which could be guessed,
are replaced by keyed ones. A tag by our key vouches for each entry as it stands since then.
"""

from __future__ import annotations

import json

from ...errors import ConfigurationError
from ...jobs.job_row import JobRows, facts_read, order_read
from ...local.keys.sealed_contents import place_of
from ...local.state.state import Transaction
from ..audit.journal_check import journal_faults
from ..files.kept_files import put_file
from ..plans.plan_seal import Seal
from .earlier_entries import EarlierEntries
from .earlier_keys import EarlierKeys
from .earlier_plans import EarlierPlan

MIGRATE = "Run 'filemaker-mcp state migrate' once, as the role that owns them."


async def take_over(transaction: Transaction, seal: Seal, *, is_shared: bool) -> None:
    """Seals nothing where nothing is left of an earlier version. Raises ConfigurationError where the role that owns the records
    has to do it, which is so in PostgreSQL."""
    await seal.prepare(transaction)
    if not await transaction.rows("SELECT database FROM unsealed"):
        return
    if is_shared:
        raise ConfigurationError("The records in PostgreSQL are not sealed yet", advice=MIGRATE)
    await seal_all(transaction, seal, counts=True)


async def seal_all(transaction: Transaction, seal: Seal, *, counts: bool) -> None:
    """All that is left of an earlier version. `counts`: whether entries are numbered without gaps."""
    if not await transaction.rows("SELECT database FROM unsealed"):
        return
    await seal.prepare(transaction)
    faults = await journal_faults(transaction, seal, counts=counts)
    keys = EarlierKeys(transaction, seal)
    for row in await transaction.rows("SELECT * FROM plan WHERE box IS NULL ORDER BY made"):
        await EarlierPlan(transaction, seal, keys, row).seal()
    if not faults:  # what is wrong stays as it is, for 'journal verify' to name
        await EarlierEntries(transaction, seal, keys).seal()
    await _seal_rest(transaction, seal)
    transaction.put("DELETE FROM unsealed")


async def _seal_rest(transaction: Transaction, seal: Seal) -> None:
    """Files, digests of scripts' parameters, jobs, and records that wait for a person."""
    for row in await transaction.rows("SELECT digest FROM kept_file WHERE box IS NULL"):
        for file in await transaction.rows("SELECT * FROM kept_file WHERE digest = ?", row["digest"]):
            transaction.put("DELETE FROM kept_file WHERE digest = ?", file["digest"])
            digest = seal.of_digest(file["digest"])
            await put_file(transaction, seal, digest, file["name"], bytes(file["content"]), file["kept"])
    for run in await transaction.rows("SELECT * FROM script_run"):
        marks = {name: seal.of_digest(digest) for name, digest in json.loads(run["marks"]).items()}
        transaction.put(
            "UPDATE script_run SET run = ?, marks = ? WHERE plan = ? AND step = ? AND item = ?",
            seal.of_digest(run["run"]), json.dumps(marks, sort_keys=True), run["plan"], run["step"], run["item"],
        )  # fmt: skip
    jobs = JobRows(seal.contents.ring, seal.of_digest)
    for job in await transaction.rows("SELECT * FROM job WHERE box IS NULL"):
        about = jobs.about(job["id"], job["caller"], job["heading"], order_read(job["work"]))
        transaction.put(
            "UPDATE job SET heading = '', work = '', facts = '{}', fingerprint = ?, box = ?, facts_box = ? WHERE id = ?",
            jobs.keyed(job["fingerprint"]) if job["fingerprint"] else "", about,
            jobs.facts(job["id"], job["caller"], facts_read(job["facts"])), job["id"],
        )  # fmt: skip
    for row in await transaction.rows("SELECT * FROM held WHERE box IS NULL"):
        place = (row["database"], row["runbook"], row["plan"], row["record"])
        key = seal.contents.new_key(transaction, row["database"], f"held {row['plan']} {row['record']}")
        why = f"{row['label']}: {row['reason']}".removeprefix(": ")
        transaction.put(
            "UPDATE held SET label = '', reason = '', key = ?, box = ?"
            " WHERE database = ? AND runbook = ? AND plan = ? AND record = ?",
            key.id, seal.contents.seal_text(key, why, place_of("held", "box", *place)), *place,
        )  # fmt: skip
