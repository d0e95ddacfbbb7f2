"""What is forgotten, and when: field contents after the owner's days; entries and their chain stay."""

from __future__ import annotations

from ...local.state import State
from .journal import Journal

DAY = 24 * 3600.0


def expire(state: State, journal: Journal, *, days: int, images: bool, now: float) -> None:
    """Plans, images and kept files older than `days`; a plan can be carried out and taken back for a day in any case.

    A plan holds what its records were, so where the owner wants no images at all it goes after that day too.
    """
    oldest = now - max(DAY, days * DAY if images else DAY)
    journal.expire_images(now - days * DAY)
    with state.writing() as connection:
        gone = "SELECT id FROM plan WHERE made < ? AND state <> 'applying'"
        for table in ("item", "step"):
            connection.execute(f"DELETE FROM {table} WHERE plan IN ({gone})", (oldest,))
        connection.execute("DELETE FROM plan WHERE made < ? AND state <> 'applying'", (oldest,))
        connection.execute("DELETE FROM kept_file WHERE kept < ?", (oldest,))
