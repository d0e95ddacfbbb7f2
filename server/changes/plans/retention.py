"""What is forgotten, and when: field contents after the owner's days; entries and their chain stay. And whose older plans are."""

from __future__ import annotations

from ...local.state.state import Transaction

DAY = 24 * 3600.0


async def expire(transaction: Transaction, *, days: int, images: bool, now: float) -> None:
    """Plans, images and kept files older than `days`; a plan can be carried out and taken back for a day in any case.

    A plan holds what its records were, so where the owner wants no images at all it goes after that day too.
    """
    oldest = now - max(DAY, days * DAY if images else DAY)
    await transaction.execute(
        "DELETE FROM image WHERE number IN (SELECT number FROM journal WHERE at < ?)", now - days * DAY
    )
    gone = "SELECT id FROM plan WHERE made < ? AND state <> 'applying'"
    for table in ("item", "step"):
        await transaction.execute(f"DELETE FROM {table} WHERE plan IN ({gone})", oldest)
    await transaction.execute("DELETE FROM plan WHERE made < ? AND state <> 'applying'", oldest)
    await transaction.execute("DELETE FROM kept_file WHERE kept < ?", oldest)


async def adopt(transaction: Transaction, *, database: str, account: str) -> None:
    """Plans and jobs of before accounts were told apart belong to the account that first opens them."""
    for table in ("plan", "job", "script_run"):
        await transaction.execute(
            f"UPDATE {table} SET account = ? WHERE database = ? AND account = ''", account, database
        )
