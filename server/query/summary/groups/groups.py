"""A group of a summary: by a field's content, by a period, by bands of amounts or ages, by a key that shows a label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ....criteria.collation import Collation
from ....criteria.targets import Target
from ..measures.operands import Operand
from ..rank import Heading
from .buckets import Buckets

Languages = Callable[[str], Collation]
"""How the texts of a field compare."""


@dataclass(frozen=True)
class Group:
    target: Target
    period: str = ""
    label: Target | None = None
    guessed: str = ""
    """Says that we chose the key or the label ourselves."""
    buckets: Buckets | None = None
    days: Operand | None = None
    """The days between two fields, in place of a field's content."""
    collation: Collation | None = None
    """For text: which spellings are one value. None: each spelling is a value of its own."""

    @property
    def name(self) -> str:
        return self.target.name if self.days is None else self.days.name

    @property
    def suffix(self) -> str:
        if self.buckets is not None:
            return self.buckets.suffix
        is_exact = self.collation is None and self.target.type == "text" and not self.period
        return self.period or ("exact" if is_exact else "")

    @property
    def columns(self) -> tuple[str, ...]:
        name = f"{self.name} ({self.suffix})" if self.suffix else self.name
        return (name,) if self.label is None else (name, self.label.name)

    @property
    def headings(self) -> tuple[Heading, ...]:
        ranks = {} if self.buckets is None else {label: n for n, label in enumerate(self.buckets.labels)}
        also = (self.name, self.suffix) if self.suffix else ()
        own = Heading(self.columns[0], also, ranks)
        return (own,) if self.label is None else (own, Heading(self.label.name))

    @property
    def has_order(self) -> bool:
        """Periods and bands come in their own order unless another is asked for."""
        return bool(self.period) or self.buckets is not None

    @property
    def fields(self) -> tuple[str, ...]:
        own = (self.target.name,) if self.days is None else self.days.keys
        return own if self.label is None else (*own, self.label.name)
