"""The owner's settings for one database, as the policy that `Database` enforces."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.access_settings import ScopeSettings
from ..config.caller_settings import PolicySettings
from ..config.database_settings import DatabaseSettings
from ..config.settings import Settings
from ..policy import (
    Access,
    Approval,
    Confirm,
    Narrowing,
    Policy,
    ScopeRule,
    ScriptEffect,
    ScriptRule,
    ShowAll,
    ThroughScript,
)


def has_outsiders(settings: Settings) -> bool:
    """Whether they fill a field of any database: what they wrote may be carried to another."""
    return any(database.untrusted_fields for database in settings.database.values())


def needs_state(settings: Settings) -> bool:
    """Whether the state file must work: the owner named it, or allows more than reading."""
    return (
        settings.state is not None
        or settings.runbooks is not None
        or any(
            each.access != "read" or each.access_by_layout or each.scripts
            for each in settings.database.values()
        )
    )


def policy_of(settings: DatabaseSettings) -> Policy:
    return Policy(
        access=Access(settings.access),
        access_by_layout={name: Access(access) for name, access in settings.access_by_layout.items()},
        layouts=None if settings.layouts is None else frozenset(settings.layouts),
        fields=_names(settings.fields),
        hidden_fields=_names(settings.hidden_fields),
        mask={layout: dict(fields) for layout, fields in settings.mask.items()},
        read_only_fields=_names(settings.read_only_fields),
        untrusted_fields=_names(settings.untrusted_fields),
        count_hidden_fields=settings.count_hidden_fields,
        tables=dict(settings.tables),
        keys=dict(settings.keys),
        scripts={
            name: ScriptRule(ScriptEffect(script.effect), script.in_scope)
            for name, script in settings.scripts.items()
        },
        scope=None
        if settings.scope is None
        else {name: scope_rule(rule) for name, rule in settings.scope.items()},
        change_only_where=dict(settings.change_only_where),
        write_through={
            layout: ThroughScript(through.script, through.deletes) if through.script else None
            for layout, through in settings.write_through.items()
        },
        journal_table=settings.journal_table,
        stamp=dict(settings.stamp),
        stamp_by_layout=dict(settings.stamp_by_layout),
        skip_validation=frozenset(settings.skip_validation),
        confirm=Confirm(settings.confirm),
        approval=Approval(settings.approval),
        approval_by_layout={name: Approval(each) for name, each in settings.approval_by_layout.items()},
        approval_by_field={name: frozenset(fields) for name, fields in settings.approval_by_field.items()},
        show_all=ShowAll(settings.show_all),
        bulk_limit=settings.bulk_limit,
        max_records_per_change=settings.max_records_per_change,
        max_records_per_day=settings.max_records_per_day,
        stage=settings.stage,
        four_eyes=settings.four_eyes,
    )


def narrowing_of(settings: PolicySettings, scope: Mapping[str, ScopeRule] | None) -> Narrowing:
    """`scope` is that of the settings, with what the caller's token says in place of its claims."""
    return Narrowing(
        access=Access(settings.access),
        access_by_layout={name: Access(access) for name, access in settings.access_by_layout.items()},
        layouts=None if settings.layouts is None else frozenset(settings.layouts),
        fields=_names(settings.fields),
        hidden_fields=_names(settings.hidden_fields),
        mask={layout: dict(fields) for layout, fields in settings.mask.items()},
        read_only_fields=_names(settings.read_only_fields),
        untrusted_fields=_names(settings.untrusted_fields),
        scripts=None if settings.scripts is None else frozenset(settings.scripts),
        scope=scope,
        confirm=Confirm(settings.confirm),
        approval=Approval(settings.approval),
        approval_by_layout={name: Approval(each) for name, each in settings.approval_by_layout.items()},
        approval_by_field={name: frozenset(fields) for name, fields in settings.approval_by_field.items()},
        four_eyes=settings.four_eyes,
        bulk_limit=settings.bulk_limit,
        max_records_per_change=settings.max_records_per_change,
        max_records_per_day=settings.max_records_per_day,
    )


def scope_rule(settings: ScopeSettings) -> ScopeRule:
    return ScopeRule(
        where=dict(settings.where),
        key=settings.key,
        exact=settings.exact,
        unicode_indexed=frozenset(settings.unicode_indexed),
        writable=frozenset(settings.writable),
        portals=frozenset(settings.portals),
        fields=frozenset(settings.fields),
        value_lists=frozenset(settings.value_lists),
        totals=settings.totals,
    )


def _names(given: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {layout: frozenset(names) for layout, names in given.items()}
