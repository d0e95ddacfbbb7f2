"""What a host has, whatever the policy says: every layout, script and, for scopes, records in another spelling."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...config.database_settings import DatabaseSettings
    from ...config.settings import Settings
    from ...dataapi.layout_meta import LayoutMeta
    from ...database.database import Database
    from ...policy import Policy, ScopeRule
    from ...policy.misspellings import Solution
    from ...solution_map.atlas import Atlas
    from ...solution_map.live_comparison import LiveComparison

PAGE = 500
SHOWING = (
    "access_by_layout",
    "layouts",
    "fields",
    "hidden_fields",
    "mask",
    "untrusted_fields",
    "scope",
)
"""Settings that decide what is shown."""


async def surveyed(settings: Settings) -> dict[str, Solution]:
    """By the names of the databases. A layout that cannot be described is told with the reason, and the others go on."""
    from ...app.app import build
    from ...app.owner_policy import policy_of

    opened = {name: _opened(database) for name, database in settings.database.items()}
    application = build(settings.model_copy(update={"database": opened}))
    try:
        return {
            name: await _solution(workspace.database, policy_of(settings.database[name]))
            for name, workspace in application.workspaces.items()
        }
    finally:
        await application.close()


async def held_against_host(settings: Settings, name: str, atlas: Atlas) -> LiveComparison:
    """A map held against all that the account sees of one database."""
    from ...app.app import build
    from ...policy import Policy
    from ...solution_map.live_comparison import compared

    plain = _opened(settings.database[name]).model_copy(update={"map": None, "notes": None})
    application = build(settings.model_copy(update={"database": {name: plain}, "runbooks": None}))
    try:
        seen = await _solution(application.workspaces[name].database, Policy())
    finally:
        await application.close()
    return compared(atlas, seen.layouts, seen.scripts)


def _opened(database: DatabaseSettings) -> DatabaseSettings:
    """Everything is read, so that names that hide something are compared with what there is."""
    from ...config.database_settings import DatabaseSettings
    from ...config.script_settings import ScriptSettings

    fields = DatabaseSettings.model_fields
    shown = {name: fields[name].get_default(call_default_factory=True) for name in SHOWING}
    return database.model_copy(update=shown | {"scripts": {"*": ScriptSettings(effect="reads")}})


async def _solution(database: Database, policy: Policy) -> Solution:
    from ...errors import FilemakerMcpError, SignInFailed
    from ...policy import homes, scope_of
    from ...policy.misspellings import Solution

    listed = await database.layouts()
    found: list[LayoutMeta] = []
    unread: dict[str, str] = {}
    for item in listed:
        try:
            found.append(await database.layout(item.name))
        except SignInFailed:
            raise
        except FilemakerMcpError as error:
            unread[item.name] = error.what
    respelt = {
        (meta.name, _in_words(rule)): await _respelt(database, meta, rule)
        for meta in found
        if (rule := scope_of(policy, meta.name)) is not None
    }
    scripts = [item.name for item in await database.scripts()]
    found = [replace(meta, homes=homes(policy, meta, listed)) for meta in found]
    return Solution(found, unread, scripts, respelt)


async def _respelt(database: Database, meta: LayoutMeta, rule: ScopeRule) -> int:
    """Records that FileMaker finds for the scope's values and that spell them differently."""
    from ...criteria.criteria import understand
    from ...dataapi.query import Query
    from ...errors import FilemakerMcpError
    from ...policy import is_checked_here, is_outside

    if not is_checked_here(rule, meta):
        return 0
    where = {name: list(values) for name, values in rule.where.items()}
    try:
        requests = understand(where, None, meta, database.calendar).requests
        count, came = 0, 0
        while True:
            page = await database.page(Query(meta.name, requests, offset=came + 1, limit=PAGE, portals=()))
            count += sum(is_outside(rule, meta, record.fields) for record in page.records)
            came += len(page.records)
            if not page.records or came >= page.reach:
                return count
    except FilemakerMcpError:  # a misspelt field of the scope is told by its name
        return 0


def _in_words(rule: ScopeRule) -> str:
    return " and ".join(f"{name!r} is {' or '.join(values)}" for name, values in rule.where.items())
