"""The setting `persons`: which callers are one and the same person."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..caller import KEYS, parts_of
from ..text import entra_subject


def check_persons(persons: Mapping[str, tuple[str, ...]], issuers: Collection[str]) -> None:
    """Raises ValueError for a caller that is said to be two persons, and for one that can never come by one of these issuers."""
    named: dict[str, str] = {}
    for person, callers in persons.items():
        if "|" in person:
            raise ValueError(f"persons.{person} has a | in its name, by which it could be a caller")
        for caller in callers:
            if why := why_nobody(caller, issuers):
                raise ValueError(f"persons.{person} names {caller!r}, which nobody can be: {why}")
            if named.setdefault(caller, person) != person:
                raise ValueError(f"persons.{person} and persons.{named[caller]} both name {caller!r}")


def why_nobody(caller: str, issuers: Collection[str] | None) -> str:
    """Why no caller has this id; empty where one can. `issuers`: who says here who somebody is; None where that is not known."""
    parts = parts_of(caller)
    if parts is None:
        return "a caller is written as issuer|subject, with each | of either written twice"
    issuer, subject = parts
    if issuer == KEYS:
        return ""
    if issuers is not None and issuer not in issuers:
        return f"nobody comes here by the issuer {issuer!r}; there is {', '.join(sorted(issuers)) or 'none'}"
    return entra_subject.why_nobody(issuer, subject)


def why_no_owner(owner: str, persons: Mapping[str, tuple[str, ...]], issuers: Collection[str] | None) -> str:
    """Why nobody answers for a key as this; empty where somebody can. It is a caller, or a name of [persons]."""
    parts = parts_of(owner)
    if parts is None:
        known = f"; there is {', '.join(sorted(persons))}" if persons else ""
        return (
            ""
            if owner in persons
            else f"it is neither a caller, written as issuer|subject, nor a name of [persons]{known}"
        )
    return "behind a key there is no person" if parts[0] == KEYS else why_nobody(owner, issuers)
