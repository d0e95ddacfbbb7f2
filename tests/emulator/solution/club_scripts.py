"""Scripts of the club: one for each thing that a script can do to a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filemaker_mcp.server.emulator.scripting.context import ScriptContext


def echo(script: ScriptContext) -> str:
    return script.parameter


def no_result(script: ScriptContext) -> None:
    script.variables["seen"] = script.parameter


def raise_scores(script: ScriptContext) -> str:
    """Adds the parameter to the score of every record of the found set."""
    for _ in script.each_record():
        script.set("Score", script.number("Score") + int(script.parameter or "1"))
    return f"{script.found_count} of {script.layout}"


def loop(script: ScriptContext) -> str:
    """Ends as FileMaker's loops do, by going beyond the last record."""
    count, is_there = 0, script.go_to_record(1)
    while is_there:
        count += 1
        is_there = script.next_record()
    return f"{count} visited"


def leave(script: ScriptContext) -> None:
    """Leaves for another layout, with a found set of its own."""
    script.go_to_layout("Notes")
    script.find({"Stars": "5"})


def only_gold(script: ScriptContext) -> None:
    script.find({"Level": "==Gold"}, {"Name": "==Ben", "omit": "true"})
    script.sort("Name descend")


def unsupported(script: ScriptContext) -> str:
    script.unsupported("Show Custom Dialog")
    return "went on"


def broken(script: ScriptContext) -> str:
    script.set("Name", "never kept")
    raise RuntimeError(f"a mistake of {script.account}")


async def wait(script: ScriptContext) -> str:
    await script.sleep(float(script.parameter))
    return "waited"


async def hold(script: ScriptContext) -> str:
    """Opens the current record and keeps it open for a while."""
    script.set("Name", "held")
    await script.sleep(float(script.parameter))
    return script.get("Name")


async def outer(script: ScriptContext) -> str:
    inner = await script.perform("Echo", "from inside")
    missing = await script.perform("Nowhere")
    return f"{inner}, {missing}, {script.last_error}"


def remember(script: ScriptContext) -> str:
    before = script.variables.get("kept", "nothing")
    script.variables["kept"] = script.parameter
    script.set("gNames", script.parameter, 2)
    return f"{before}; {script.get('gNames', 2)}"


def make_and_delete(script: ScriptContext) -> str:
    script.new_record(Name="Made", Score=1)
    made = script.record_id
    script.go_to_layout("Notes")
    script.new_record_with({"Member ID": 1, "Text": "by script"})
    script.delete_record()
    return f"{made is not None} {script.last_error}"


def edges(script: ScriptContext) -> str:
    """Each step that cannot be done leaves its code."""
    codes: list[int] = []

    def note(_: object) -> None:
        codes.append(script.last_error)

    note(script.go_to_layout("Nowhere"))
    note(script.go_to_record(10_000))
    note(script.get("No Such Field"))
    note(script.get("Nowhere::Text"))
    note(script.set("Double", 1))
    note(script.set("Joined", "no date"))
    note(script.set("Phone", "x", 9))
    note(script.find({"Name": "==No such name"}))
    note(script.go_to_record(1))
    note(script.show_all())
    note(script.set("Score", 101))
    note(script.commit())
    note(script.revert())
    note(script.values("Notes::Text"))
    note(script.values("Notes::Nothing"))
    note(script.go_to_related("Notes", "Notes"))
    note(script.go_to_related("Orders", "Nowhere"))
    return " ".join(map(str, codes))
