"""Plans, applies, undos, other people's edits and crashes at any await, in any order: store and journal agree every time.

`make soak` tells a hundred such stories; hypothesis cuts one that goes wrong down to its shortest form.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    multiple,
    rule,
    run_state_machine_as_test,
)

from filemaker_mcp.server.caller import Caller
from filemaker_mcp.server.changes.planning.request import PlanRequest
from filemaker_mcp.server.changes.plans.item import RowKind
from filemaker_mcp.server.changes.plans.outcome import ItemState
from filemaker_mcp.server.changes.plans.plan import Who
from filemaker_mcp.server.changes.plans.progress import Progress
from filemaker_mcp.server.changes.plans.step import StepKind
from filemaker_mcp.server.emulator.faults.effects import Cut, Drop, Effect
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.errors import FilemakerMcpError

from ..workshop_host import workshop
from .crashes import Gone, Process
from .fault_matrix import texts
from .faults import somebody_sets

ME = Who(Caller("me", "assistant"))
STORIES = int(os.environ.get("FILEMAKER_SOAK", "12"))
HALVES = 2
"""For two cores."""
STEPS = 12
AWAITS, FIRST_SENT = 60, 22
"""Carrying out a plan of two records has 30 to 80; from about the second of these on a request is out."""
NOTHING: MultipleResults[str] = multiple()
"""For a bundle to which a step adds no plan."""
CRASHES = st.one_of(st.none(), st.integers(1, FIRST_SENT), st.sampled_from(range(FIRST_SENT, AWAITS)))
PROCESSES = st.integers(0, 1)
JOBS = st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=2, unique=True)
TROUBLE: st.SearchStrategy[Effect | None] = st.sampled_from(
    [None, None, Drop(), Drop(processed=True), Cut(10)]
)


class Interleavings(RuleBasedStateMachine):
    """Two processes on one state file before one host, any of which may die and be started again."""

    plans: Bundle[str] = Bundle("plans")
    tally: ClassVar[Counter[str]] = Counter()
    """What happened in all of them, to see that what is meant to happen does."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._emulator = workshop()
        self._faults = FaultLayer(self._emulator.app, self._emulator.host.clock)
        self._processes = [self._started() for _ in range(2)]
        self._by_others = Counter[str]()
        """What somebody else added to the hours of each job."""
        self.tally["stories"] += 1

    @property
    def _state_file(self) -> Path:
        return Path(self._folder.name) / "state.db"

    def _started(self) -> Process:
        return Process(self._state_file, self._emulator, self._faults)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def _planned(self, work: Coroutine[Any, Any, Progress]) -> Any:
        try:
            return self._run(work).plan.id
        except FilemakerMcpError:
            return NOTHING

    @rule(target=plans, who=PROCESSES, jobs=JOBS, more=st.sampled_from([1, 1, 2]))
    def plan_an_edit(self, who: int, jobs: list[str], more: int) -> Any:
        wishes = {each: {"Hours": {"add": more}} for each in jobs}
        return self._planned(
            self._processes[who].changes.edit_by_id(PlanRequest(ME, repeat=True), "Jobs", wishes)
        )

    @rule(target=plans, who=PROCESSES, jobs=JOBS, text=st.sampled_from(["Oil", "Oil", "Tar"]))
    def plan_a_related_row(self, who: int, jobs: list[str], text: str) -> Any:
        wishes = {each: {"Tasks": {"add": [{"Text": text}]}} for each in jobs}
        return self._planned(
            self._processes[who].changes.edit_by_id(PlanRequest(ME, repeat=True), "Jobs", wishes)
        )

    @rule(target=plans, who=PROCESSES, title=st.sampled_from(["Rig", "Hull"]), records=st.integers(1, 2))
    def plan_new_records(self, who: int, title: str, records: int) -> Any:
        wanted = [{"Title": title}] * records
        return self._planned(
            self._processes[who].changes.create(PlanRequest(ME, repeat=True), "Jobs", wanted)
        )

    @rule(target=plans, who=PROCESSES, plan=st.one_of(st.none(), plans))
    def plan_the_way_back(self, who: int, plan: str | None) -> Any:
        async def back() -> Progress:
            changes = self._processes[who].changes
            return await changes.undo.plan(PlanRequest(ME), plan or await changes.undo.latest(ME))

        return self._planned(back())

    @rule(
        who=PROCESSES, plan=plans, crash=CRASHES, whole=st.booleans(), trouble=TROUBLE, skip=st.integers(0, 3)
    )
    def apply(
        self, who: int, plan: str, crash: int | None, whole: bool, trouble: Effect | None, skip: int
    ) -> None:
        if trouble is not None:
            self._faults.arm(Match("*", "*/records*", skip=skip), trouble)
        self._run(self._applied(who, plan, crash, whole=whole))
        self._faults.clear()

    @rule(one=plans, other=plans, crash=CRASHES)
    def apply_two_at_once(self, one: str, other: str, crash: int | None) -> None:
        async def both() -> None:
            await asyncio.gather(self._applied(0, one, crash), self._applied(1, other, None))

        self._run(both())

    async def _applied(self, who: int, plan: str, crash: int | None, *, whole: bool = False) -> None:
        process = self._processes[who]
        work = process.changes.carrying.apply(ME, plan, report=unheard, go_on=True, all_or_nothing=whole)
        try:
            await process.until(crash or 0, work)
            self.tally["carried out without a crash"] += 1
        except FilemakerMcpError:
            self.tally["not carried out"] += 1
        except Gone:
            self.tally["crashes"] += 1
            self.tally["crashes while a request was out"] += process.has_something_out
            await process.die()
            self._processes[who] = self._started()

    @rule(job=st.sampled_from(["1", "2", "3"]), who=PROCESSES, hours=st.booleans())
    def somebody_else_saves(self, job: str, who: int, hours: bool) -> None:
        """The hours only while nothing of ours is on its way: who wrote what could not be told then, by anybody."""
        values = {"Customer": "somebody else"}
        if hours:
            self._run(self._processes[who].changes.carrying.settle(ME))
            now = Decimal(texts(self._emulator, "Jobs", "Hours")[int(job) - 1])
            values = {"Hours": str(now + Decimal("0.25"))}
            self._by_others[job] += 1
        self._run(somebody_sets(self._emulator, job, values))

    @rule(who=PROCESSES)
    def store_and_journal_agree(self, who: int) -> None:
        self._run(self._agrees(self._processes[who]))

    def teardown(self) -> None:
        self._run(self._agrees(self._processes[0]))
        for process in self._processes:
            self._run(process.close())
        self._runner.close()
        self._folder.cleanup()

    async def _agrees(self, process: Process) -> None:
        """Each record holds what it held, and what the changes that are told to be done account for, to the last hour."""
        changes = process.changes
        recent = await changes.known.recent(ME, 1_000)
        ids = [each if isinstance(each, str) else each.plan.id for each in recent]
        told = [await changes.known.find(ME, each) for each in ids]
        hours = {"1": Decimal(5), "2": Decimal("12.5"), "3": Decimal(1)}
        for job, times in self._by_others.items():
            hours[job] += times * Decimal("0.25")
        rows, titles = Counter[str](), Counter[str]()
        gone: set[str] = set()
        for progress in told:
            for step, outcomes in zip(progress.plan.steps, progress.outcomes, strict=True):
                for item, outcome in zip(step.items, outcomes, strict=True):
                    assert outcome.state not in (ItemState.UNKNOWN, ItemState.SENT), outcome.notes
                    if outcome.state is not ItemState.DONE:
                        continue
                    if step.kind is StepKind.EDIT and "Hours" in item.after:
                        hours[item.target] += Decimal(item.after["Hours"]) - Decimal(item.before["Hours"])
                    for row in item.rows:
                        rows[str((row.after or row.before)["Tasks::Text"])] += (
                            1 if row.kind is RowKind.ADD else -1
                        )
                    if step.kind is StepKind.CREATE:
                        titles[str(item.after["Title"])] += 1
                    if step.kind is StepKind.DELETE and item.target not in gone:
                        gone.add(item.target)
                        titles[str(item.before["Title"])] -= 1
        store = texts(self._emulator, "Jobs", "Hours")
        assert [Decimal(text) for text in store[:3]] == list(hours.values())
        there = Counter(texts(self._emulator, "Tasks", "Text"))
        assert {text: there[text] for text in ("Oil", "Tar")} == {t: rows[t] for t in ("Oil", "Tar")}
        there = Counter(texts(self._emulator, "Jobs", "Title"))
        assert {title: there[title] for title in ("Rig", "Hull")} == {t: titles[t] for t in ("Rig", "Hull")}


async def unheard(done: int, total: int, message: str) -> None:
    """Progress that nobody listens to."""


@pytest.mark.parametrize("half", range(HALVES))
def test_store_and_journal_agree_after_any_course_of_events(half: int) -> None:
    told = settings(
        max_examples=max(1, STORIES // HALVES),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
        print_blob=True,
    )
    seed(half)(Interleavings)
    Interleavings.tally.clear()
    run_state_machine_as_test(Interleavings, settings=told)
    tally = Interleavings.tally
    print(", ".join(f"{count} {what}" for what, count in tally.items()))  # noqa: T201 -- `make soak` shows it
    if STORIES >= 100:
        assert tally["crashes while a request was out"]  # real processes are killed by `soak_kills`
