"""Who gets the next place for a session, and who gives one up, where several servers share a bounded number of them.

Whoever has the fewest is served first. A session that nobody uses goes to whoever waits; of those in use, one of the
largest holder's, after the call that it is lent for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """A place that is taken."""

    id: str
    account: str
    holder: str
    """Names one pool of one process."""
    runner: str
    """The process, as the state names it."""
    since: float
    may_be_open: bool = False
    """A session may be open there by now that only its process can end."""


@dataclass(frozen=True, slots=True)
class Want:
    """A holder that waits for a place."""

    holder: str
    account: str
    most: int
    """Places of the account, over all servers."""
    since: float


class PlaceShares:
    """The places at one host as they are taken now, and who waits for one."""

    def __init__(self, held: Sequence[Held], wants: Sequence[Want], most_at_host: int | None) -> None:
        self._held = held
        self._wants = wants
        self._most = most_at_host
        self._of_holder = Counter(each.holder for each in held)
        self._of_account = Counter(each.account for each in held)

    def has_room(self, me: Want) -> bool:
        """Whether a place is free that nobody who comes before has to get."""
        before = [
            each for each in self._wants if each.holder != me.holder and self._rank(each) < self._rank(me)
        ]
        of_account = sum(each.account == me.account for each in before)
        if self._free_of(me) <= of_account:
            return False
        return self._most is None or self._most - len(self._held) > sum(
            self._free_of(each) > 0 for each in before
        )

    def without(self, left: Held) -> PlaceShares:
        """As if that place were free."""
        return PlaceShares([each for each in self._held if each is not left], self._wants, self._most)

    def replaceable(self, me: Want, dead: frozenset[str]) -> list[Held]:
        """Places of processes that are gone, so many that there is room then; the oldest first. None where that does not help.
        One in which a session may be open goes only where all that are in the way are such: else a process that was killed
        while it signed in would keep everybody out until FileMaker ends that session."""
        left = [each for each in self._held if each.runner in dead]
        replaced = self._replaced(me, [each for each in left if not each.may_be_open])
        if replaced or self.has_room(me):
            return replaced
        own = self._free_of(me) <= 0
        in_the_way = [each for each in self._held if each.account == me.account or not own]
        if all(each in left and each.may_be_open for each in in_the_way):
            return self._replaced(me, in_the_way)
        return []

    def _replaced(self, me: Want, left: Sequence[Held]) -> list[Held]:
        shares, replaced = self, list[Held]()
        for each in sorted(left, key=lambda each: each.since):
            if shares.has_room(me):
                break
            if self._free_of(me) > 0 or each.account == me.account:
                shares = shares.without(each)
                replaced.append(each)
        return replaced if shares.has_room(me) else []

    def surplus(self, idle: Mapping[str, int], mine: frozenset[str]) -> Counter[str]:
        """How many places each of `mine` gives up now; `idle` of them are used by nobody."""
        given: Counter[str] = Counter()
        for want in sorted(self._wants, key=self._rank):
            giver = self._giver(want, idle, mine, given)
            if giver is not None:
                given[giver] += 1
        return given

    def _giver(
        self, want: Want, idle: Mapping[str, int], mine: frozenset[str], given: Counter[str]
    ) -> str | None:
        """None where nobody has to, or somebody of another process has."""
        if self._free_of(want) <= 0:
            holders = {each.holder for each in self._held if each.account == want.account}
        elif self._most is not None and len(self._held) >= self._most:
            holders = {each.holder for each in self._held}
        else:
            return None
        holders.discard(want.holder)
        unused = next((each for each in sorted(holders & mine) if idle.get(each, 0) > given[each]), None)
        if unused is not None:
            return unused
        has = self._of_holder[want.holder]
        larger = [each for each in holders if not has or self._of_holder[each] > has + 1]
        giver = max(larger, key=self._longest, default=None)
        return giver if giver in mine else None

    def _longest(self, holder: str) -> tuple[int, float]:
        """With the most places, and of those who has one for the longest time."""
        return self._of_holder[holder], -min(each.since for each in self._held if each.holder == holder)

    def _free_of(self, want: Want) -> int:
        return want.most - self._of_account[want.account]

    def _rank(self, want: Want) -> tuple[int, float, str]:
        return self._of_holder[want.holder], want.since, want.holder
