"""How names compare, everywhere: layouts, fields, portals, scripts, databases, files. And what was probably meant by one that is not there."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable


def folded(name: str) -> str:
    """A name as it is compared: FileMaker ignores case, and an accent can be written in two ways (macOS writes it decomposed).
    Nothing else is ignored: `Secret ` with its blank is not `Secret`."""
    if name.isascii():  # nearly every name is, and each write compares dozens
        return name.lower()
    composed = unicodedata.normalize("NFC", name)
    return unicodedata.normalize("NFC", composed.casefold())


def matched(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` means: the very same, else the only one that compares equal. None where there is none, and
    where there are several; `near` then names them all."""
    known = dict.fromkeys(candidates)
    if name in known:
        return name
    if not known:
        return None
    wanted = folded(name)
    alike = [candidate for candidate in known if folded(candidate) == wanted]
    return alike[0] if len(alike) == 1 else None


LONGEST = 200
"""Characters of a name that are compared: the time it takes is the product of both lengths."""


def near(name: str, candidates: Iterable[str], *, most: int = 3) -> tuple[str, ...]:
    """The most similar candidates, best first; capital letters and spaces weigh little, an unqualified field name nothing."""
    candidates = list(candidates)
    name = name[:LONGEST]
    same = folded(name)
    equal = dict.fromkeys(each for each in candidates if folded(each) == same)
    by_fold: dict[str, str] = {}
    for candidate in candidates:
        by_fold.setdefault(_loose(candidate), candidate)
        by_fold.setdefault(_loose(candidate.rpartition("::")[2]), candidate)
    wanted = _loose(name)
    close = difflib.get_close_matches(wanted, by_fold, n=most, cutoff=0.6)
    close += [fold for fold in by_fold if wanted and wanted in fold and fold not in close]
    found = list(equal)
    for fold in close:
        if by_fold[fold] not in found:
            found.append(by_fold[fold])
    return tuple(found[: max(most, len(equal))])


def _loose(name: str) -> str:
    return folded(name).replace(" ", "").replace("_", "")
