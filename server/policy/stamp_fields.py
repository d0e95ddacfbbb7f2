"""Whether the fields can be filled that each changed record is to be stamped in."""

from __future__ import annotations

from collections.abc import Iterator

from ..dataapi.models import LayoutMeta
from ..text.near_names import folded
from .change_limits import OWN
from .field_names import bare, closed_by, is_closed
from .rules import Policy, stamp_of
from .tables import occurrence_of


def is_stamp(policy: Policy, meta: LayoutMeta, name: str) -> bool:
    """Whether the owner keeps a field for stamps: on this layout, on another one of the field's table, or wherever none is named.
    A layout on which no stamp is written does not open it."""
    at_home = meta.homes.get(folded(occurrence_of(name)) if "::" in name else OWN, ())
    stamps = [policy.stamp, *(stamp_of(policy, layout) for layout in (meta.name, *at_home))]
    own = bare(name).rpartition("::")[2]
    return folded(own) in {folded(each) for stamp in stamps for each in stamp}


def stamp_problems(policy: Policy, meta: LayoutMeta) -> Iterator[str]:
    """Sentences about the layout's stamp. `meta` is the whole layout: a stamp may be hidden from the assistant."""
    for name in stamp_of(policy, meta.name):
        field = meta.fields.get(name)
        what = f"Each change of {meta.name!r} is to be stamped in {name!r}"
        if field is None:
            yield f"{what}, which the layout does not have"
        elif field.is_related or field.is_global or field.kind != "normal" or field.type == "container":
            kind = "related" if field.is_related else "global" if field.is_global else field.kind
            yield f"{what}, and nobody can write to that field ({'container' if field.type == 'container' else kind})"
        elif is_closed(closed_by(policy.read_only_fields, meta.name), name):
            yield f"{what}, which read_only_fields closes"
