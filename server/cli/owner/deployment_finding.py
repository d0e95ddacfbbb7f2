"""What a look at a deployment found, and by which mark it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Finding:
    database: str
    subject: str
    sentence: str
    status: int
    """What it makes of the exit status; 0 for what is only told."""

    @property
    def mark(self) -> str:
        return "!" if self.status else "-"

    @property
    def facts(self) -> dict[str, object]:
        told: dict[str, object] = {"subject": self.subject, "says": self.sentence, "exit": self.status}
        return {"database": self.database, **told} if self.database else told
