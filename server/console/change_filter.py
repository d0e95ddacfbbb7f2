"""Which changes somebody wants to see in the list of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..pages.messages import STATES


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Nothing set means all."""

    words: str = ""
    """Text in a name or heading, in any case."""
    day: date | None = None
    """When it was planned, on this machine's clock."""
    state: str = ""
    """One of `STATES`: where it stands, or what became of one of its records."""
    layout: str = ""
    """Of one of its steps."""
    client: str = ""
    caller: str = ""
    """Who asked, as plans name callers; for whoever sees changes of several."""

    @property
    def query(self) -> dict[str, str]:
        """As an address asks for it."""
        asked = {
            "words": self.words,
            "day": "" if self.day is None else self.day.isoformat(),
            "state": self.state,
            "layout": self.layout,
            "client": self.client,
            "caller": self.caller,
        }
        return {name: value for name, value in asked.items() if value}

    @property
    def condition(self) -> tuple[str, tuple[object, ...]]:
        """Of rows of plans: what the state can look for itself. Headings are sealed, and where a change stands is reckoned."""
        parts: list[str] = []
        values: list[object] = []
        if self.day is not None:
            parts.append(" AND plan.made >= ? AND plan.made < ?")
            values += [_start_of(self.day), _start_of(self.day + timedelta(days=1))]
        if self.layout:
            parts.append(" AND EXISTS (SELECT 1 FROM step WHERE step.plan = plan.id AND step.layout = ?)")
            values.append(self.layout)
        if self.client:
            parts.append(" AND plan.client = ?")
            values.append(self.client)
        if self.caller:
            parts.append(" AND plan.caller = ?")
            values.append(self.caller)
        return "".join(parts), tuple(values)


def change_filter_of(query: Mapping[str, str]) -> ChangeFilter:
    """What the address of the list asks for. A day or a state that is none is not asked for."""
    state = query.get("state", "")
    return ChangeFilter(
        words=query.get("words", "").strip(),
        day=_day_of(query.get("day", "")),
        state=state if state in STATES else "",
        layout=query.get("layout", ""),
        client=query.get("client", ""),
        caller=query.get("caller", ""),
    )


def _day_of(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1971 <= day.year <= 9000 else None  # a clock knows no day beyond


def _start_of(day: date) -> float:
    return datetime(day.year, day.month, day.day).astimezone().timestamp()
