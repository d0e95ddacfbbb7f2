"""The fault matrix: every write operation under every fault; what is reported, what is in the store, what the journal says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel

from filemaker_mcp.server.changes.audit.journal_check import journal_faults
from filemaker_mcp.server.changes.journal.journal import Journal
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.layer import Match
from filemaker_mcp.server.local.state.state import State

from ...assistant import Assistant
from ..workshop_host import own_seal, planned
from .faults import FAULTS, GoesAway, Killed, Scene, scene_faults

AWAY = "host stays away"
"""The answer is lost after the commit, and the host cannot be asked until later."""
IN_USE = "301, as often as it is tried"
NAMES = (
    *FAULTS,
    IN_USE,
    "952",
    "306",
    "somebody else saved it",
    "cancelled before the commit",
    "cancelled after the commit",
    "killed before the commit",
    "killed after the commit",
    AWAY,
)


@dataclass(frozen=True)
class Operation:
    tool: str
    arguments: dict[str, Any]
    match: Match
    carried: Callable[[Emulator], int]
    """How often the change is in the store."""
    may_be_unknown: bool = False
    """There is nothing by which a lost one could be told from one that never arrived."""
    keyed: bool = True
    through: bool = False
    """The owner's script writes the record."""


def texts(emulator: Emulator, table: str, field: str) -> list[str]:
    """A field of every record of a table."""
    found = (emulator.record("Workshop", table, number) for number in range(1, 40))
    return [(row.values.get(field) or ("",))[0] for row in found if row is not None]


NEW = {"layout": "Jobs", "records": [{"Title": "Splice"}]}
SKETCH = {"layout": "Jobs", "ids": ["1"], "values": {"Sketch": {"file": "sketch.txt"}}}
OPERATIONS = {
    "create": Operation(
        "create_records", NEW, Match("POST", "*/records"), lambda e: texts(e, "Jobs", "Title").count("Splice"),
        may_be_unknown=True, keyed=False,
    ),
    "create, with key": Operation(
        "create_records", NEW, Match("POST", "*/records"), lambda e: texts(e, "Jobs", "Title").count("Splice")
    ),
    "create with a related row, with key": Operation(
        "create_records",
        {"layout": "Jobs", "records": [{"Title": "Splice", "Tasks": {"add": [{"Text": "Varnish"}]}}]},
        Match("POST", "*/records"),
        lambda e: texts(e, "Tasks", "Text").count("Varnish"),
    ),
    "duplicate": Operation(
        "create_records", {"layout": "Tasks", "copy_of": ["1"]}, Match("POST", "*/records/1"),
        lambda e: texts(e, "Tasks", "Text").count("Cut") - 1, may_be_unknown=True,
    ),
    "edit": Operation(
        "edit_records", {"layout": "Jobs", "ids": ["1"], "values": {"Hours": {"add": 1}}}, Match("PATCH", "*/records/1"),
        lambda e: int(float(texts(e, "Jobs", "Hours")[0])) - 5,
    ),
    "edit of a related row": Operation(
        "edit_records",
        {"layout": "Jobs", "ids": ["1"], "values": {"Tasks": {"edit": [{"id": "1", "Minutes": {"add": 1}}]}}},
        Match("PATCH", "*/records/1"),
        lambda e: int(texts(e, "Tasks", "Minutes")[0]) - 30,
    ),
    "new related row": Operation(
        "edit_records", {"layout": "Jobs", "ids": ["1"], "values": {"Tasks": {"add": [{"Text": "Varnish"}]}}},
        Match("PATCH", "*/records/1"), lambda e: texts(e, "Tasks", "Text").count("Varnish"),
    ),
    "edit by the owner's script": Operation(
        "edit_records", {"layout": "Jobs", "ids": ["1"], "values": {"Hours": {"add": 1}}}, Match("PATCH", "*/records/1"),
        lambda e: int(float(texts(e, "Jobs", "Hours")[0])) - 5, may_be_unknown=True, through=True,
    ),
    "create by the owner's script, with key": Operation(
        "create_records", NEW, Match("GET", "*/script/Save*"), lambda e: texts(e, "Jobs", "Title").count("Splice"),
        may_be_unknown=True, through=True,
    ),
    "delete": Operation(
        "delete_records", {"layout": "Jobs", "ids": ["1"]}, Match("DELETE", "*/records/1"),
        lambda e: int(e.record("Workshop", "Jobs", 1) is None),
    ),
    "upload": Operation(
        "edit_records", SKETCH, Match("POST", "*/containers/*"),
        lambda e: int(texts(e, "Jobs", "Sketch")[0] != ""), may_be_unknown=True,
    ),
    "script": Operation(
        "run_script", {"script": "Stamp", "layout": "Jobs", "parameter": "once"}, Match("GET", "*/script/Stamp"),
        lambda e: texts(e, "Jobs", "Title").count("Stamped once"), may_be_unknown=True,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """What came of it."""

    reported: str
    """After the first attempt, in the words of the answer or of list_changes."""
    carried: int
    finally_reported: str
    """After apply_change was called again with a host that answers."""
    finally_carried: int

    @property
    def words(self) -> str:
        first = {"not_attempted": "not carried out"}.get(self.reported, self.reported)
        return first if self.reported == self.finally_reported else f"{first}, then {self.finally_reported}"


async def cell(folder: Path, operation: Operation, fault: str) -> Cell:
    """One operation under one fault. Raises AssertionError where report, store and journal disagree."""
    (folder / "sketch.txt").write_text("a sketch", encoding="utf-8")
    environment = {} if operation.keyed else {"FILEMAKER_KEYS": "{}"}
    environment |= {"FILEMAKER_WRITE_THROUGH": '{"Jobs": "Save"}'} if operation.through else {}
    scene = Scene(folder, environment=environment)
    change = ""
    async with scene.process() as assistant:
        change = (await planned(assistant, operation.tool, **operation.arguments))["change_id"]
        answer: dict[str, Any] = {}
        with anyio.CancelScope() as scope:
            scene.on_kill = scope.cancel
            _arm(scene, operation, fault, scope.cancel)
            answer = await scene.carried_out(assistant, change)
        if scene.processes:
            raise Killed
        return await _settled(scene, assistant, operation, fault, change, answer)
    async with scene.process() as assistant:  # the process before was killed
        return await _settled(scene, assistant, operation, fault, change, {})


async def _settled(
    scene: Scene, assistant: Assistant, operation: Operation, fault: str, change: str, answer: dict[str, Any]
) -> Cell:
    """What was reported (by list_changes where there was no answer), and what comes of asking again."""
    if not answer:
        scene.faults.clear()
        answer = await assistant.ask("list_changes", change_id=change)
        while answer["state"] == "running":  # a cancelled call leaves the request that is out to its end
            await anyio.lowlevel.checkpoint()
            answer = await assistant.ask("list_changes", change_id=change)
    reported, carried = _outcome(answer), operation.carried(scene.emulator)
    _agrees(operation, fault, reported, carried)
    scene.faults.clear()
    answer = await assistant.ask("apply_change", change_id=change)
    if (
        answer["state"] == "cancelled"
    ):  # it met the work that the cancelled call had begun, on its way to its end
        answer = await assistant.ask("apply_change", change_id=change)
    final = _outcome(answer)
    finally_carried = operation.carried(scene.emulator)
    _agrees(operation, "", final, finally_carried)
    journal = await _journalled(assistant.application.workspaces.state, change)
    assert journal == final, f"the journal says {journal}, the answer {final}"
    return Cell(reported, carried, final, finally_carried)


def _arm(scene: Scene, operation: Operation, fault: str, cancel: Callable[[], None]) -> None:
    if fault == AWAY:
        scene.faults.arm(operation.match, GoesAway(scene.faults))
        return
    if fault == IN_USE:
        scene.faults.arm(replace(operation.match, times=None), *FAULTS["301 once"])
        return
    scene.faults.arm(operation.match, *scene_faults(scene, cancel)[fault])


def _outcome(answer: dict[str, Any]) -> str:
    """The one record's outcome."""
    ((word, count),) = answer["records"].items()
    assert count == 1
    return word


def _agrees(operation: Operation, fault: str, reported: str, carried: int) -> None:
    assert carried in (0, 1), f"written {carried} times"
    if reported == "unknown":
        assert operation.may_be_unknown or fault == AWAY, "this one can be found out"
    else:
        assert carried == (reported == "done"), f"reported {reported}, and the store has it {carried} times"


async def _journalled(state: State, change: str) -> str:
    """The last outcome that the journal has for the change, whose chain is whole."""
    journal = Journal(state, now=lambda: 0, seal=own_seal())
    assert await journal_faults(state, own_seal(), counts=not state.is_shared) == []
    told = [entry for entry in await journal.entries(plan=change) if entry.event in ("outcome", "settled")]
    return told[0].facts["state"]
