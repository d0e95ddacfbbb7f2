"""Whose older plans are, and what becomes of them after a copy of the state was put back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from ...local.state.state import State, Transaction
from ..consent.agreement_store import glance_at
from ..contents.altered_plan import AlteredPlan, check_plan
from ..journal.entry_for_all import append_for_all
from ..journal.journal import Journal
from .plan import Who
from .plan_seal import Seal


async def restored(state: State, journal: Journal, seal: Seal, who: Who, now: float) -> int:
    """After a copy of the state was put back: what was planned before may have been done since, so it is not carried out any
    more, nor does an agreement to it count. Written down for each database. Returns how many plans are expired thereby."""
    async with state.writing() as transaction:
        open_plans = "FROM plan WHERE state IN ('open', 'applying') AND expires > ?"
        rows = await transaction.rows(f"SELECT database, COUNT(*) AS n {open_plans} GROUP BY database", now)
        for row in await transaction.rows("SELECT * FROM plan WHERE expires > ?", now):
            with suppress(AlteredPlan):
                check_plan(row, ())
                plan = glance_at(row)
                if seal.covers(row, plan):  # its seal tells when it expires
                    ended = seal.of_plan(replace(plan, expires=now))
                    transaction.put("UPDATE plan SET seal = ? WHERE id = ?", ended, plan.id)
        transaction.put(
            "UPDATE plan SET expires = ?, approved_by = '', approved_digest = '', approved_seal = '' WHERE expires > ?",
            now, now,
        )  # fmt: skip
        expired = {str(row["database"]): int(row["n"]) for row in rows}
        await append_for_all(
            journal, transaction, who, "restored", lambda database: {"expired": expired.get(database, 0)}
        )
    return sum(expired.values())


async def adopt(transaction: Transaction, *, database: str, account: str) -> None:
    """Plans and jobs of before accounts were told apart belong to the account that first opens them."""
    for table in ("plan", "job", "script_run"):
        transaction.put(
            f"UPDATE {table} SET account = ? WHERE database = ? AND account = ''", account, database
        )


async def hand_over(transaction: Transaction, *, old: str, new: str) -> dict[str, int]:
    """Plans, jobs and script runs of an account that was renamed belong to the new name; database -> how many there were."""
    moved: dict[str, int] = {}
    for table in ("plan", "job", "script_run"):
        rows = await transaction.rows(
            f"SELECT database, COUNT(*) AS number FROM {table} WHERE account = ? GROUP BY database", old
        )
        for row in rows:
            moved[row["database"]] = moved.get(row["database"], 0) + int(row["number"])
        transaction.put(f"UPDATE {table} SET account = ? WHERE account = ?", new, old)
    return moved
