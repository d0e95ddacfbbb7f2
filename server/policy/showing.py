"""What decides what is shown, as one digest: text that was written down under other settings may hold what is closed now."""

from __future__ import annotations

import hashlib

from .access import may_read
from .field_names import closed_by, names_for
from .rules import Access, Policy, scope_of


def showing(policy: Policy, layout: str) -> str:
    """For one layout. A related field follows the rules of other layouts, so all that close something are part of it."""
    scope = scope_of(policy, layout)
    return _digest(
        may_read(policy, layout),
        _sorted(names_for(policy.fields, layout)),
        _sorted(closed_by(policy.hidden_fields, layout)),
        repr(sorted(scope.where.items())) + repr((scope.exact, sorted(scope.fields), sorted(scope.portals)))
        if scope is not None
        else policy.scope is None,
        policy.count_hidden_fields,
        _closing(policy),
        *_of_owner(policy, layout),
    )


def showing_all(policy: Policy) -> str:
    """For the whole database."""
    scopes = sorted((policy.scope or {}).items(), key=lambda each: each[0])
    return _digest(
        policy.access.value,
        None if policy.layouts is None else sorted(policy.layouts),
        [
            (name, sorted(rule.where.items()), rule.exact, sorted(rule.fields), sorted(rule.portals))
            for name, rule in scopes
        ],
        policy.scope is None,
        policy.count_hidden_fields,
        _closing(policy),
        *(() if policy.within is None else (showing_all(policy.within),)),
    )


def _of_owner(policy: Policy, layout: str) -> list[str]:
    return [] if policy.within is None else [showing(policy.within, layout)]


def _closing(policy: Policy) -> list[object]:
    closed = sorted(name for name, access in policy.access_by_layout.items() if access is Access.NONE)
    rules = [
        sorted((where, sorted(names)) for where, names in rule.items())
        for rule in (policy.fields, policy.hidden_fields)
    ]
    masks = sorted((where, sorted(fields.items())) for where, fields in policy.mask.items())
    return [closed, rules, sorted(policy.tables.items()), *([masks] if masks else [])]


def _sorted(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
