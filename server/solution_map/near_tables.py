"""Tables as they lie beside one another in a map."""

from __future__ import annotations

from dataclasses import dataclass

from .solution import Relation, Side


@dataclass(frozen=True)
class TableKey:
    """A base table of one file, by folded names."""

    file: str
    table: str


@dataclass(frozen=True)
class Near:
    """A relationship as one of its sides sees it."""

    relation: Relation
    own: Side

    @property
    def far(self) -> str:
        """The other occurrence."""
        return self.relation.right if self.own == "left" else self.relation.left

    @property
    def match(self) -> tuple[tuple[str, str, str], ...]:
        """Own field, operator, far field."""
        if self.own == "left":
            return self.relation.match
        return tuple(
            (right, _TURNED.get(operator, operator), left) for left, operator, right in self.relation.match
        )

    @property
    def far_goes(self) -> bool:
        """Whether far records are deleted with an own one."""
        return ("right" if self.own == "left" else "left") in self.relation.delete

    @property
    def far_is_made(self) -> bool:
        return ("right" if self.own == "left" else "left") in self.relation.create


_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Cascade:
    """Records of `table` go when one of another table is deleted."""

    table: TableKey
    match: tuple[tuple[str, str, str], ...]
    """Field of the deleted record, operator, field of those that go."""
