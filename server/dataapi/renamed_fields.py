"""Which field of a layout is probably which, after its fields were renamed: a guess, and said to be one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from .layout_meta import FieldMeta, LayoutMeta


def renamed(old: LayoutMeta, new: LayoutMeta) -> dict[str, str]:
    """Old name -> new name, for fields that stand where one of the same kind stood. Remembers earlier renames of `old`."""
    pairs = _pairs(old.fields, new.fields)
    for name, portal in old.portals.items():
        if name in new.portals:
            pairs |= _pairs(portal.fields, new.portals[name].fields)
    before = {first: pairs.get(then, then) for first, then in old.renamed.items()}
    return {
        first: then for first, then in (before | pairs).items() if new.field_named(then) and first != then
    }


def said(meta: LayoutMeta, name: str) -> str:
    """What to tell whoever uses the old name; empty where nothing is known."""
    now = meta.renamed.get(name)
    return f"{name!r} seems to be called {now!r} now (a guess: same place, same type)." if now else ""


def _pairs(old: Mapping[str, FieldMeta], new: Mapping[str, FieldMeta]) -> dict[str, str]:
    """Layout order hardly changes when fields are renamed, so what replaced what stands between the same neighbours."""
    before, after = list(old), list(new)
    pairs: dict[str, str] = {}
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        if kind == "replace" and end - start == stop - begin:
            pairs |= _alike(zip(before[start:end], after[begin:stop], strict=True), old, new)
    gone = [name for name in before if name not in new and name not in pairs]
    come = [name for name in after if name not in old and name not in pairs.values()]
    if len(gone) == len(come) == 1:
        pairs |= _alike(zip(gone, come, strict=True), old, new)
    return pairs


def _alike(
    pairs: Iterable[tuple[str, str]], old: Mapping[str, FieldMeta], new: Mapping[str, FieldMeta]
) -> dict[str, str]:
    return {
        first: then
        for first, then in pairs
        if first not in new and then not in old and _traits(old[first]) == _traits(new[then])
    }


def _traits(field: FieldMeta) -> tuple[object, ...]:
    return (field.type, field.kind, field.max_repetitions, field.is_global, field.name.rpartition("::")[0])
