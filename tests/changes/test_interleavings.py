"""Plans, applies, undos, other people's edits and crashes in random order: store and journal agree every time."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from filemaker_mcp.server.changes.journal import Journal
from filemaker_mcp.server.emulator.faults.effects import Act, Drop
from filemaker_mcp.server.emulator.faults.layer import Match
from filemaker_mcp.server.state import State

from ..assistant import Assistant
from .faulty import Killed, Scene, foreign_edit
from .matrix import texts

pytestmark = pytest.mark.anyio

RUNS = int(os.environ.get("FILEMAKER_SOAK", "6"))
STEPS = 8
WRITES = ("POST", "PATCH", "DELETE")


class Story:
    """One random course of events; `seed` tells it again."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.scene = Scene(folder)
        self.plans: list[str] = []
        self.made: set[str] = set()
        """Titles of the jobs that plans would create, each its own."""
        self.rows: dict[str, int] = {}
        """Text of a new related row, and to how many records a plan adds it."""

    async def told(self) -> None:
        left = STEPS
        while left:
            async with self.scene.process() as assistant:
                while left:
                    left -= 1
                    await self._step(assistant)
        self.scene.faults.clear()
        async with self.scene.process() as assistant:
            for change in self.plans:
                await assistant.call("apply_change", change_id=change, go_on=True)
            await self._agrees(assistant)

    async def _step(self, assistant: Assistant) -> None:
        step = self.random.choice(("create", "edit", "row", "apply", "apply", "apply", "undo", "foreign"))
        if step == "foreign":
            await foreign_edit(self.scene.emulator)()
        elif step == "undo":
            self._keep(await assistant.call("undo_change"))
        elif step == "apply" and self.plans:
            await self._apply(assistant, self.random.choice(self.plans))
        elif step == "create":
            title = f"New {len(self.made)}"
            self.made.add(title)
            records = [{"Title": title}]
            self._keep(await assistant.call("create_records", layout="Jobs", records=records))
        else:
            values: dict[str, Any] = {"Hours": {"add": 1}}
            ids = self.random.sample(["1", "2", "3"], self.random.randint(1, 3))
            if step == "row":
                text = f"row {self.random.random()}"
                self.rows[text] = len(ids)
                values = {"Tasks": {"add": [{"Text": text}]}}
            self._keep(
                await assistant.call("edit_records", layout="Jobs", ids=ids, values=values, repeat=True)
            )

    def _keep(self, answer: Any) -> None:
        if not answer.is_error:
            self.plans.append(answer.structured_content["change_id"])

    async def _apply(self, assistant: Assistant, change: str) -> None:
        """Carried out; sometimes the line breaks at a request of its, sometimes the process dies there."""
        trouble = self.random.choice(("none", "none", "cut", "kill"))
        before = self.scene.processes
        match = Match(
            self.random.choice(("PATCH", "POST", "GET")), "*/records*", skip=self.random.randint(0, 2)
        )
        processed = self.random.random() < 0.5
        with anyio.CancelScope() as scope:
            self.scene.on_kill = scope.cancel
            if trouble == "cut":
                self.scene.faults.arm(match, Drop(processed))
            elif trouble == "kill":
                self.scene.faults.arm(match, Act(self.scene.kill, processed))
            await assistant.call("apply_change", change_id=change, go_on=True)
        self.scene.faults.clear()
        if self.scene.processes != before:
            raise Killed

    async def _agrees(self, assistant: Assistant) -> None:
        """What is reported done and not undone is in the store exactly once; the journal's last word is the report."""
        titles = texts(self.scene.emulator, "Jobs", "Title")
        for title in self.made:
            assert titles.count(title) <= 1, f"{title} was written twice"
        rows = texts(self.scene.emulator, "Tasks", "Text")
        for text, records in self.rows.items():
            assert rows.count(text) <= records, f"{text} was written twice"
        state = State(self.scene.state)
        journal = Journal(state, now=lambda: 0)
        assert journal.broken() == []
        hours = 0
        for change in self.plans:
            listed = await assistant.ask("list_changes", change_id=change)
            words = [e for e in journal.entries(plan=change) if e.event in ("outcome", "settled")]
            last: dict[tuple[int, int], str] = {}
            for entry in reversed(words):
                last[entry.step, entry.item] = entry.facts["state"]
            done = sum(word == "done" for word in last.values())
            assert done == listed["records"].get("done", 0), change
            assert "on_its_way" not in listed["records"], change
            assert "unknown" not in listed["records"], change
            hours += self._hours(listed)
        now = sum(float(text or 0) for text in texts(self.scene.emulator, "Jobs", "Hours")[:3])
        assert now == 18.5 + hours, f"hours are {now}, and the journal accounts for {18.5 + hours}"
        state.close()

    def _hours(self, listed: dict[str, Any]) -> int:
        """What a change added to the hours of the first three jobs, by its own account."""
        total = 0
        for group in listed["changes"]:
            pair = cast("list[float] | None", group.get("fields", {}).get("Hours"))
            if pair is not None and group["do"] == "edit":
                refused = {d["id"] for d in listed.get("details", []) if d["outcome"] != "done"}
                ids = [which.split(" ")[0] for which in group["which"]]
                if "not_attempted" not in listed["records"]:
                    total += round(pair[1] - pair[0]) * sum(each not in refused for each in ids)
        return total


@pytest.mark.parametrize("seed", range(RUNS))
async def test_store_and_journal_agree_after_any_course_of_events(seed: int) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        await Story(Path(folder), seed).told()
