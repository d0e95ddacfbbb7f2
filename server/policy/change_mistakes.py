"""What cannot work in the owner's rules for changes: by themselves, and held against the layouts that there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..criteria.calendar import Calendar
from ..criteria.criteria import understand
from ..dataapi.models import LayoutMeta
from ..errors import InputError
from ..text.near_names import folded, near
from .field_names import closed_by, is_closed
from .rules import Access, Policy, access_to


def rule_complaints(policy: Policy) -> list[str]:
    """Rules for changes that never apply, or that close what they were to leave open."""
    return list(_of_conditions(policy))


def rule_mistakes(policy: Policy, known: Mapping[str, LayoutMeta]) -> list[str]:
    """The same by the host's layouts; `known` has them by folded name."""
    return list(_untestable(policy, known))


def _of_conditions(policy: Policy) -> Iterator[str]:
    for layout, where in policy.change_only_where.items():
        if where and access_to(policy, layout) not in (Access.EDIT, Access.DELETE):
            yield f"change_only_where names {layout!r}, where nothing may be written."
        for setting, names in (
            ("hidden_fields", policy.hidden_fields),
            ("read_only_fields", policy.read_only_fields),
        ):
            for name in where:
                if is_closed(closed_by(names, layout), name):
                    yield (
                        f"change_only_where of {layout!r} rests on {name!r}, which {setting} closes: it is compared all the same,"
                        " and a new record can be made only where FileMaker fills that field."
                    )


def _untestable(policy: Policy, known: Mapping[str, LayoutMeta]) -> Iterator[str]:
    for layout, where in policy.change_only_where.items():
        meta = known.get(folded(layout))
        if meta is None:
            yield f"change_only_where names the layout {layout!r}, which does not exist for this account.{_meant(layout, (m.name for m in known.values()))}"
            continue
        for name, condition in where.items():
            try:
                understand({name: condition}, None, meta, Calendar())
            except InputError as error:
                yield f"change_only_where of {layout!r}: {error.what}. Until that is mended nothing of it is changed."


def _meant(name: str, candidates: Iterable[str]) -> str:
    close = near(name, candidates, most=1)
    return f" Did you mean {close[0]!r}?" if close else ""
