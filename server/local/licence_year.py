"""How much of a licence year's data this program has had of a host: FileMaker stops with 953 when the contract's is used up (section 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .state.state import State

GIGABYTE = 1_000_000_000
WARNED_AT = (80, 50)
"""Per cent."""


@dataclass(frozen=True, slots=True)
class LicenceYear:
    """`host` begins the identities of its databases: the data is counted for all files of a contract together."""

    gigabytes: float
    month: int
    day: int
    host: str

    def begins(self, today: date) -> date:
        """The day on which the year that `today` lies in began, and the count with it."""
        this_year = date(today.year, self.month, self.day)
        return this_year if this_year <= today else date(today.year - 1, self.month, self.day)

    async def used(self, state: State, today: date) -> int:
        """Bytes that the host sent to this program since then, as far as its state counts them."""
        row = await state.row(
            "SELECT SUM(received) AS received FROM usage WHERE day >= ? AND substr(database, 1, ?) = ?",
            self.begins(today).isoformat(), len(self.host) + 1, f"{self.host}/",
        )  # fmt: skip
        return int(row["received"] or 0) if row is not None else 0

    def facts(self, used: int, today: date) -> dict[str, object]:
        """As an answer tells it, with a warning from half on."""
        percent = round(100 * used / (self.gigabytes * GIGABYTE))
        facts: dict[str, object] = {
            "since": self.begins(today).isoformat(),
            "gigabytes": round(used / GIGABYTE, 3),
            "of": self.gigabytes,
            "percent": percent,
        }
        warning = self.warning(used, today)
        return facts | ({"warning": warning} if warning else {})

    def warning(self, used: int, today: date) -> str:
        """Empty below half."""
        percent = 100 * used / (self.gigabytes * GIGABYTE)
        reached = next((each for each in WARNED_AT if percent >= each), None)
        if reached is None:
            return ""
        return (
            f"More than {reached} per cent of the data for this licence year has come: {used / GIGABYTE:.1f} of {self.gigabytes:g} GB "
            f"since {self.begins(today).isoformat()}. Other programs of the same contract are not counted here; Admin Console > "
            "Connectors has the whole."
        )
