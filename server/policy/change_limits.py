"""What `change_only_where` limits: by layout, and through other layouts and relationships of the same table."""

from __future__ import annotations

from collections.abc import Mapping

from ..dataapi.layout_meta import LayoutMeta
from .rules import Policy
from .same_table import Said, said_at_home, said_on

Limit = Said[Mapping[str, object]]
"""Its rule: field -> condition, in the language of criteria; all of them hold."""


def limits_on(policy: Policy, meta: LayoutMeta) -> Limit | None:
    """What limits changes of the layout's own records; None where nothing does."""
    said = said_on(policy.change_only_where, meta)
    return said if said is not None and said.rule else None


def limits_at_home(policy: Policy, meta: LayoutMeta, occurrence: str) -> list[Limit]:
    """What limits changes of an occurrence's records, of which one has to hold; nothing where the records are free."""
    limits = said_at_home(policy.change_only_where, meta, occurrence)
    return [] if any(not limit.rule for limit in limits) else limits
