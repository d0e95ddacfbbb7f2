"""Of a masked field a part is shown, everywhere the same part, and nothing tells the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.app.owner_policy import policy_of
from filemaker_mcp.server.config.configuration import settled
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.policy.masks import FORMS, masked
from filemaker_mcp.server.policy.policy_check import complaints
from filemaker_mcp.server.policy.policy_summary import words

from ..assistant import said
from ..changes.workshop_host import applied, in_workshop, planned, workshop
from .attempts import CANARY, Reach
from .office import Row, everything_written, hosted, ruled, try_everything, without_chance
from .test_hidden_fields import COMPARING, HIDDEN, JOBS

pytestmark = pytest.mark.anyio

RULES: dict[str, Any] = {
    "access": "delete",
    "confirm": "never",
    "approval": "client",
    "scripts": {},
    "mask": dict.fromkeys(HIDDEN, "last4"),
}
TELLING = {"a group", "a label", "fields to show", "a field described", "an exported column"}
"""Ways of naming a field that show the part: none of them compares the whole."""


def whole(row: Row, rest: str) -> Row:
    """Every masked field has the same last four letters, whatever stands before them."""
    if "Job ID" in row:
        return row | {"Text": f"{rest} {row['Text']} 0042"}
    return row | {name: f"{rest} {row['ID']} {name} 0042" for name in ("Ref", "Title", "Code", "Customer")}


def canaries(row: Row) -> Row:
    return whole(row, CANARY)


def others(row: Row) -> Row:
    """In another order, some alike before what is shown."""
    return whole(row, "Ada" if row.get("ID") == "J-001" else "Zebra")


async def test_what_is_masked_makes_no_difference_to_anything_that_is_said(tmp_path: Path) -> None:
    heard: list[Any] = []
    for place, secret in (("canaries", canaries), ("others", others)):
        folder = tmp_path / place
        async with ruled(hosted(folder, secret=secret), folder, RULES) as assistant:
            tried = await try_everything(assistant, reach=Reach.FIRST)
            heard.append([(a, without_chance(f"{ok} {text}", folder)) for a, ok, text in tried])
        assert CANARY.encode() not in everything_written(folder)
    for (attempt, one), (_, other) in zip(*heard, strict=True):
        assert CANARY not in one, attempt
        if attempt.tool != "check_connection":
            assert one == other, attempt
    assert {a.tool for a, text in heard[0] if "••••0042" in text} >= {
        "find_records",
        "get_record",
        "list_changes",
    }


async def test_no_way_of_naming_a_masked_field_compares_or_tells_the_whole(tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("Code,Hours\nA,9\n", encoding="utf-8")
    environment = {
        "FILEMAKER_MASK": '{"Code": "last4", "Sketch": "last4", "Text": "initials", "Due": "year", "Hours": "last4"}',
        "FILEMAKER_FILES_FOLDER": str(tmp_path),
        "FILEMAKER_SCRIPTS": '{"Stamp": {"effect": "reads", "layout": "Jobs"}}',
    }
    async with in_workshop(hosted(tmp_path, secret=canaries), environment) as assistant:
        found_set = (await assistant.ask("find_records", layout="Jobs"))["found_set"]
        before = assistant.emulator.digest()
        for what, (tool, arguments) in COMPARING.items():
            handle = {"found_set": found_set} if tool == "run_script" else {}
            answer = await assistant.call(tool, **arguments, **handle)
            assert f"{CANARY} J" not in said(answer), what
            assert answer.is_error != (what in TELLING), (what, said(answer))
        for group in ({"by": "month"}, {"age": [30]}, {"bands": [0, 5]}):
            field = "Hours" if "bands" in group else "Due"
            told = await assistant.refused("summarize_records", **JOBS, group_by=[{"field": field, **group}])
            assert "grouped as it is shown" in told
        for of in (
            {"sum": {"product": ["Hours", "Rate"]}},
            {"first": "ID", "by": "Due"},
            {"distinct": "Code"},
        ):
            assert "the owner" in await assistant.refused("summarize_records", **JOBS, measures=[of])
        back = await planned(assistant, "edit_records", **JOBS, ids=["1"], values={"Ref": "••••0042"})
        assert "stands for what" in str(await applied(assistant, back))
        assert assistant.emulator.digest() == before
        assert not assistant.emulator.scripts_run


async def test_a_deleted_record_comes_back_without_what_was_seen_in_part() -> None:
    """A part must not be written where the whole stood."""
    environment = {
        "FILEMAKER_ACCESS": "delete",
        "FILEMAKER_MASK": '{"Jobs": {"Customer": "initials", "Due": "year"}}',
    }
    async with in_workshop(environment=environment) as assistant:
        shown = await assistant.ask("find_records", layout="Jobs", fields=["Customer", "Due"], limit=1)
        assert shown["rows"][0][1:] == ["A.", "2026"]
        gone = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await applied(assistant, gone)
        back = await planned(assistant, "undo_change", change_id=gone["change_id"])
        assert "'Customer'" in str(back)
        assert (await applied(assistant, back))["state"] == "done"
        restored = assistant.emulator.record("Workshop", "Jobs", 4)
        assert restored is not None
        assert (restored.values["ID"][0], "Customer" in restored.values, "Due" in restored.values) == (
            "J-002",
            False,
            False,
        )


DISGUISED = {
    "shown in part": {"FILEMAKER_MASK": '{"ID": "initials", "Text": "initials"}'},
    "counted alone": {"FILEMAKER_HIDDEN_FIELDS": '["ID", "Text"]', "FILEMAKER_COUNT_HIDDEN_FIELDS": "true"},
    "hidden": {"FILEMAKER_HIDDEN_FIELDS": '["ID", "Text"]'},
}
"""Fields that never tell what they hold."""


@pytest.mark.parametrize("environment", DISGUISED.values(), ids=DISGUISED)
async def test_nothing_is_taken_from_a_field_that_does_not_tell_what_it_holds(
    environment: dict[str, str],
) -> None:
    """A part or a pseudonym would be stored as if it were the value."""
    async with in_workshop(environment=environment) as assistant:
        before = assistant.emulator.digest()
        for name in ("ID", "id", " ID"):
            await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Ref": {"field": name}})
            first = await planned(assistant, "create_records", layout="Jobs", records=[{"Title": "New"}])
            given = {"step": 1, "field": name}
            for tool, arguments in (
                ("create_records", {"layout": "Tasks", "records": [{"Job ID": given}]}),
                ("create_records", {"layout": "Jobs", "copy_of": ["1"], "records": [{"Ref": given}]}),
                ("edit_records", {"layout": "Jobs", "ids": ["1"], "values": {"Ref": given}}),
            ):
                await assistant.refused(tool, **arguments, change_id=first["change_id"])
        for name in ("Tasks::Text", "tasks::text"):
            rows = {"edit": [{"id": "1", "Minutes": {"field": name}}]}
            await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Tasks": rows})
        assert assistant.emulator.digest() == before


async def test_a_plan_takes_nothing_from_a_field_that_is_masked_since(tmp_path: Path) -> None:
    state, emulator = {"FILEMAKER_STATE": str(tmp_path / "state.db")}, workshop()
    async with in_workshop(emulator, state) as assistant:
        first = await planned(assistant, "create_records", layout="Jobs", records=[{"Title": "New"}])
        both = await planned(
            assistant,
            "create_records",
            layout="Tasks",
            records=[{"Job ID": {"step": 1, "field": "id"}, "Text": "Sew"}],
            change_id=first["change_id"],
        )
    before = emulator.digest()
    async with in_workshop(emulator, state | {"FILEMAKER_MASK": '{"ID": "initials"}'}) as assistant:
        assert "close by now" in await assistant.refused("apply_change", change_id=both["change_id"])
    assert emulator.digest() == before
    async with in_workshop(emulator, state) as assistant:
        await applied(assistant, both)
        task, job = emulator.record("Workshop", "Tasks", 4), emulator.record("Workshop", "Jobs", 4)
        assert task is not None
        assert job is not None
        assert task.values["Job ID"] == job.values["ID"]


@pytest.mark.parametrize(
    "environment",
    [
        {"FILEMAKER_MASK": '{"Jobs": {"Customer": "initials"}}'},
        {"FILEMAKER_HIDDEN_FIELDS": '["Customer"]', "FILEMAKER_COUNT_HIDDEN_FIELDS": "true"},
        {"FILEMAKER_HIDDEN_FIELDS": '["Customer"]'},
    ],
    ids=str,
)
async def test_what_a_closed_field_may_hold_is_told_no_more_than_what_it_holds(
    environment: dict[str, str],
) -> None:
    """Its value list is told with a field that is open, and with no other."""
    async with in_workshop(environment=environment) as assistant:
        told = str(await assistant.ask("describe_layout", layouts=["Jobs"]))
        assert ("'Open', 'Waiting'" in told, "'Ada', 'Bo'" in told) == (True, False)
        told = said(await assistant.call("describe_layout", layouts=["Jobs"], fields=["Customer", "Status"]))
        assert '"Ada"' not in told
        assert "Bo" not in said(await assistant.call("find_records", layout="Jobs", where={"Customer": "B"}))


@pytest.mark.parametrize(
    ("form", "value", "part"),
    [
        ("last4", "DE89 3704 0044 0532 0130 00", "••••3000"),
        ("last4", "1234567", "••••"),
        ("last4", 4111111111111111, "••••1111"),
        ("initials", "Anna-Maria Ögren van der Berg", "A. M. Ö."),
        ("initials", "12/7", "••••"),
        ("year", "1975-03-04", "1975"),
        ("year", "1975-03-04 10:00:00", "1975"),
        ("year", "4 March 75", "••••"),
        ("year", "", ""),
    ],
)
def test_a_form_shows_its_part_and_nothing_of_what_it_does_not_understand(
    form: str, value: str | int, part: str
) -> None:
    assert masked([form], value, type="text") == part
    assert masked([form], "anything at all", type="container") == "••••"


def test_forms_one_after_the_other_show_no_more_than_each() -> None:
    for first in FORMS:
        for then in FORMS:
            assert "Sailmaker" not in str(masked([first, then], "Sailmaker 1975-03-04", type="text"))


def test_masks_are_written_for_every_layout_or_for_one_and_are_told_in_words() -> None:
    place = {"host": "https://fm.example", "account": "x", "password": {"env": "X"}, "file": "Sales"}
    mask = {"IBAN": "last4", "Staff": {"Born": "year"}, "*": {"Name": "initials"}}
    policy = policy_of(settled({"database": {"sales": place | {"mask": mask}}}, None).database["sales"])
    assert policy.mask == {"*": {"Name": "initials", "IBAN": "last4"}, "Staff": {"Born": "year"}}
    assert "It sees of 'Born' the year on 'Staff', and neither finds, sorts by nor writes it." in words(
        policy
    )
    both = policy_of(
        settled({"database": {"sales": place | {"mask": mask, "hidden_fields": ["IBAN"]}}}, None).database[
            "sales"
        ]
    )
    assert "mask and hidden_fields both name 'IBAN'; it is hidden." in complaints(both, account="assistant")
    with pytest.raises(ConfigurationError, match="last4"):
        settled({"database": {"sales": place | {"mask": {"IBAN": "last5"}}}}, None)
