"""What somebody probably meant by a name that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def near(name: str, candidates: Iterable[str], *, most: int = 3) -> tuple[str, ...]:
    """The most similar candidates, best first; capital letters and spaces weigh little, an unqualified field name nothing."""
    by_fold: dict[str, str] = {}
    for candidate in candidates:
        by_fold.setdefault(_folded(candidate), candidate)
        by_fold.setdefault(_folded(candidate.rpartition("::")[2]), candidate)
    wanted = _folded(name)
    close = difflib.get_close_matches(wanted, by_fold, n=most, cutoff=0.6)
    close += [fold for fold in by_fold if wanted and wanted in fold and fold not in close]
    found: list[str] = []
    for fold in close:
        if by_fold[fold] not in found:
            found.append(by_fold[fold])
    return tuple(found[:most])


def _folded(name: str) -> str:
    return name.casefold().replace(" ", "").replace("_", "")
