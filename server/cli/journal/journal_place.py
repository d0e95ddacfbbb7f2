"""Which of the databases in the records a command is about, and what the owner's settings say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import InputError, NameUnknown

if TYPE_CHECKING:
    from ...changes.plans.plan import Who
    from ...changes.plans.stored_plans import Filed
    from ...config.database_settings import DatabaseSettings
    from ...config.settings import Settings


@dataclass(frozen=True)
class JournalPlace:
    identity: str
    """As the records call it."""
    settings: DatabaseSettings | None
    """None where no configuration names it."""


async def journal_place(files: Filed, settings: Settings | None, named: str | None) -> JournalPlace:
    """`named` as the settings or the records call it. Raises NameUnknown, and InputError where it has to be named."""
    configured = {} if settings is None else dict(settings.database)
    known = [
        str(row["database"]) for row in await files.state.rows("SELECT database FROM chain ORDER BY database")
    ]
    by_identity = {each.identity: each for each in configured.values()}
    if named is None:
        every = list(dict.fromkeys([*by_identity, *known])) if not configured else list(by_identity)
        if len(every) != 1:
            raise InputError(
                "Several databases are kept here" if every else "No database is kept here yet",
                advice=f"Name one with --database: {', '.join(configured or known)}." if every else "",
            )
        return JournalPlace(every[0], by_identity.get(every[0]))
    if named in configured:
        return JournalPlace(configured[named].identity, configured[named])
    if named in known:
        return JournalPlace(named, by_identity.get(named))
    raise NameUnknown("database", named, advice=f"There is {', '.join([*configured, *known])}.")


def owner(command: str) -> Who:
    """Who does it at a terminal."""
    from ...caller import Caller
    from ...changes.plans.plan import Who
    from ...local.places import user_name

    return Who(Caller(user_name(), ""), f"filemaker-mcp {command}")
