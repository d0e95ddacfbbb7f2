"""The owner's settings as terms of retention."""

from __future__ import annotations

from collections.abc import Sequence

from ..changes.erasure.retention import Terms
from ..config.database_settings import DatabaseSettings
from ..config.settings import Settings
from ..text.near_names import folded


def terms_of(settings: Settings) -> Sequence[Terms]:
    """One for each database. Several programs may share the records: each retains what it is configured for."""
    return [
        Terms(
            database.identity,
            settings.journal_days,
            {folded(layout): days for layout, days in database.journal_days_by_layout.items()},
            settings.journal_images,
            keys_of(database),
        )
        for database in {each.identity: each for each in settings.database.values()}.values()
    ]


def keys_of(database: DatabaseSettings) -> dict[str, str]:
    """Layout (folded) -> the field that names a record there."""
    scoped = {folded(layout): rule.key for layout, rule in (database.scope or {}).items()}
    return scoped | {folded(layout): name for layout, name in database.keys.items()}
