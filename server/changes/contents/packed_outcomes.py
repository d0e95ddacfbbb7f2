"""What became of the items of a step, packed like them; how many are in each state is known without looking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from ...text.packed_lines import PackedLines, Unpacked
from ..plans.codec import read_outcome, written
from ..plans.outcome import ItemState, Outcome


class PackedOutcomes(Sequence[Outcome]):
    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self.states: Counter[ItemState] = Counter()
        """In the order in which they come first."""
        self._lines = PackedLines()
        self._outcomes = Unpacked(self._lines, _read)
        for outcome in outcomes:
            self.add(outcome.state, written(outcome))

    @classmethod
    def all_open(cls, count: int) -> PackedOutcomes:
        outcomes = cls()
        for _ in range(count):
            outcomes.add(ItemState.OPEN)
        return outcomes

    def add(self, state: ItemState, text: str = "") -> None:
        """`text` is how it is written; empty where there is only the state."""
        self.states[state] += 1
        self._lines.append(f"{state.value} {text}")

    def copy(self) -> PackedOutcomes:
        twin = PackedOutcomes()
        twin.states, twin._lines = self.states.copy(), self._lines.copy()
        twin._outcomes = Unpacked(twin._lines, _read)
        return twin

    def put(self, number: int, outcome: Outcome) -> None:
        self.states[self.state(number)] -= 1
        self.states[outcome.state] += 1
        self._lines.replace(number, f"{outcome.state.value} {written(outcome)}")

    def state(self, number: int) -> ItemState:
        return ItemState(self._lines[number].partition(" ")[0])

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, number: int) -> Outcome: ...
    @overload
    def __getitem__(self, number: slice) -> Unpacked[Outcome]: ...
    def __getitem__(self, number: int | slice) -> Outcome | Unpacked[Outcome]:
        return self._outcomes[number]

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self._outcomes)

    def in_states(self, *states: ItemState) -> Iterator[tuple[int, Outcome]]:
        """Only those, each with its number."""
        if not any(self.states[state] for state in states):
            return
        wanted = {state.value for state in states}
        for number, line in enumerate(self._lines):
            if line.partition(" ")[0] in wanted:
                yield number, _read(line)


def _read(line: str) -> Outcome:
    state, _, text = line.partition(" ")
    return read_outcome(text, state) if text else Outcome(ItemState(state))
