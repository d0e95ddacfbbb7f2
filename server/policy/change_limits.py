"""Where `change_only_where` limits which records are changed: by layout, and through other layouts of the same table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..dataapi.models import LayoutMeta
from ..text.near_names import folded, matched
from .rules import Policy

OWN = "::"
"""In `LayoutMeta.homes`: the layouts of the layout's own table. No occurrence has that name."""


@dataclass(frozen=True, slots=True)
class Limit:
    layout: str
    where: Mapping[str, object]
    """Field -> condition, in the language of criteria; all of them hold."""
    elsewhere: bool = False
    """The rule is that of another layout of the same table."""


def limit_named(policy: Policy, layout: str) -> Limit | None:
    """The owner's own words about a layout; an empty condition frees it."""
    name = matched(layout, policy.change_only_where)
    return None if name is None else Limit(name, policy.change_only_where[name])


def limits_on(policy: Policy, meta: LayoutMeta) -> Limit | None:
    """What limits changes of the layout's own records; None where nothing does."""
    own = limit_named(policy, meta.name)
    if own is not None:
        return own if own.where else None
    for layout in meta.homes.get(OWN, ()):
        other = limit_named(policy, layout)
        if other is not None and other.where:
            return Limit(other.layout, other.where, elsewhere=True)
    return None


def limits_at_home(policy: Policy, meta: LayoutMeta, occurrence: str) -> list[Limit]:
    """What limits changes of an occurrence's records, of which one has to hold; nothing where the records are free."""
    named = [limit_named(policy, layout) for layout in meta.homes.get(folded(occurrence), ())]
    limits = [limit for limit in named if limit is not None]
    return [] if any(not limit.where for limit in limits) else limits
