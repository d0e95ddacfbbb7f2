"""The relationship graph of a file: the one way from an occurrence to another, hop by hop."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ..model import File, Predicate, Relationship

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Hop:
    """One relationship walked from the near occurrence to the far one. Predicates read in that direction."""

    near: str
    far: str
    predicates: tuple[Predicate, ...]
    may_create: bool
    """Records may be created on the far side through it."""
    deletes: bool
    """Far records go when the near one is deleted."""
    sort: tuple[tuple[str, str], ...]

    def mirrored(self) -> tuple[Predicate, ...]:
        """The predicates read from far to near."""
        return tuple(
            Predicate(each.right_field, _MIRRORED.get(each.operator, each.operator), each.left_field)
            for each in self.predicates
        )


class Graph:
    def __init__(self, file: File) -> None:
        self._hops: dict[str, list[Hop]] = {}
        for each in file.relationships:
            self._hops.setdefault(each.left, []).append(_rightward(each))
            self._hops.setdefault(each.right, []).append(_leftward(each))
        self._paths: dict[tuple[str, str], tuple[Hop, ...] | None] = {}

    def hops_from(self, occurrence: str) -> list[Hop]:
        return self._hops.get(occurrence, [])

    def path(self, near: str, far: str) -> tuple[Hop, ...] | None:
        """The hops from near to far, empty when they are the same, None when nothing relates them."""
        key = (near, far)
        if key not in self._paths:
            self._paths[key] = self._search(near, far)
        return self._paths[key]

    def _search(self, near: str, far: str) -> tuple[Hop, ...] | None:
        waiting: deque[tuple[str, tuple[Hop, ...]]] = deque([(near, ())])
        seen = {near}
        while waiting:
            here, path = waiting.popleft()
            if here == far:
                return path
            for hop in self.hops_from(here):
                if hop.far not in seen:
                    seen.add(hop.far)
                    waiting.append((hop.far, (*path, hop)))
        return None


def _rightward(each: Relationship) -> Hop:
    return Hop(each.left, each.right, each.predicates, each.create_right, each.delete_right, each.sort_right)


def _leftward(each: Relationship) -> Hop:
    rightward = _rightward(each)
    return Hop(
        each.right, each.left, rightward.mirrored(), each.create_left, each.delete_left, each.sort_left
    )
