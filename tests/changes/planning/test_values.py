"""Values computed from what is there, related rows, several steps, all or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ..workshop_host import applied, in_workshop, job, made, planned, somebody, titles, workshop

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("Hours", {"add": 2.5}, 7.5),
        ("Hours", {"add": -7}, -2),
        ("Hours", {"add": "1e30"}, f"1{'0' * 29}5"),
        ("Hours", {"multiply": f"1.{'0' * 29}1"}, f"5.{'0' * 29}5"),
        ("Hours", {"multiply": 1.155, "round": 1}, 5.8),
        ("Hours", "0012.50", 12.5),
        ("Due", {"shift": {"months": 1}}, "2026-02-28"),
        ("Due", {"shift": {"days": -31}}, "2025-12-31"),
        ("Due", {"shift": {"weeks": 1, "days": 1}}, "2026-02-08"),
        ("Title", {"append": ", again"}, "Mend the sail, again"),
        ("Title", {"append": "\nand again"}, "Mend the sail\nand again"),
        ("Title", {"replace": "the sail", "with": "a $1 sail.*"}, "Mend a $1 sail.*"),
        ("Title", {"replace": r"(\w+) the (\w+)", "with": r"\2: \1", "regex": True}, "sail: Mend"),
        ("Title", {"replace": "^(\\w+\\s?)*$", "with": "x", "regex": True}, "x"),
        ("Customer", {"clear": True}, None),
        ("Customer", None, None),
        ("Ref", {"field": "Title"}, "Mend the sail"),
        ("Start", "9:05", "09:05:00"),
        ("Seen", "2026-03-09T17:05:00", "2026-03-09T17:05:00"),
        ("Title", "one\ntwo", "one\ntwo"),
        ("Ref", 5, "5"),
        ("Phone(2)", "0170", "0170"),
        ("Title", '=<>*@#?!"~//...', '=<>*@#?!"~//...'),
    ],
    ids=str,
)
async def test_a_value_is_computed_written_and_read_back(field: str, value: Any, expected: Any) -> None:
    async with in_workshop() as assistant:
        before = await job(assistant, "1")
        done = await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={field: value})
        assert done["state"] == "done"
        assert "details" not in done
        assert (await job(assistant, "1")).get(field) == expected
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, back))["state"] == "done"
        after = await job(assistant, "1")
        assert {k: v for k, v in after.items() if k != "Modified"} == {
            k: v for k, v in before.items() if k != "Modified"
        }


async def test_a_repeating_field_without_a_number_means_its_first_repetition() -> None:
    async with in_workshop() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Phone": "030"})
        assert (await job(assistant, "1"))["Phone(1)"] == "030"


async def test_each_record_gets_its_own_value() -> None:
    async with in_workshop() as assistant:
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=["1", "2", "3"], values={"Hours": {"add": 1}}
        )
        assert [change["fields"]["Hours"] for change in plan["changes"]] == [[5, 6], [12.5, 13.5], [1, 2]]
        each = {"1": {"Ref": "x"}, "3": {"Ref": "z", "Status": "Done"}}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=each)
        assert (await applied(assistant, plan))["records"] == {"done": 2}
        assert (await job(assistant, "3"))["Ref"] == "z"


async def test_what_is_as_wanted_already_is_left_alone() -> None:
    async with in_workshop() as assistant:
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=["1", "2"], values={"Status": "Open"}
        )
        assert "1 of 2 records are as wanted already and left alone." in plan["notes"]
        refusal = await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Hours": "5.0"})
        assert "as wanted already" in refusal


async def test_a_second_step_sees_what_the_first_will_have_done() -> None:
    async with in_workshop() as assistant:
        one = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": {"add": 1}})
        two = await planned(
            assistant,
            "edit_records",
            layout="Jobs",
            ids=["1"],
            values={"Hours": {"add": 1}},
            change_id=one["change_id"],
        )
        assert (await applied(assistant, two))["records"] == {"done": 2}
        assert (await job(assistant, "1"))["Hours"] == 7


async def test_a_duplicate_takes_what_differs() -> None:
    async with in_workshop() as assistant:
        plan = await planned(
            assistant,
            "create_records",
            layout="Jobs",
            copy_of=["2"],
            records=[{"Title": "Paint the deck", "Code": "Z"}],
        )
        # the copy has the same unique Code for a moment, which FileMaker refuses
        outcome = await applied(assistant, plan)
        assert outcome["state"] == "refused"
        assert len(await titles(assistant)) == 3


async def test_found_sets_and_criteria_choose_what_is_edited() -> None:
    async with in_workshop() as assistant:
        found = await assistant.ask("find_records", layout="Jobs", where={"Status": "Open"})
        plan = await planned(
            assistant, "edit_records", found_set=found["found_set"], values={"Ref": "o"}, max_records=5
        )
        assert plan["changes"][0]["records"] + plan["changes"][1]["records"] == 2
        await applied(assistant, plan)
        done = await made(
            assistant, "edit_records", layout="Jobs", where={"ID": "J-002"}, values={"Ref": "w"}
        )
        assert done["records"] == {"done": 1}
        gone = await planned(assistant, "delete_records", found_set=found["found_set"], max_records=2)
        assert (await applied(assistant, gone))["records"] == {"done": 2}
        assert await titles(assistant) == ["Paint the hull"]


async def test_all_or_nothing_takes_back_what_was_done_and_says_what_could_not_be() -> None:
    async with in_workshop() as assistant:
        before = await assistant.ask("find_records", layout="Jobs", fields=["Rate", "Ref"])
        each = {"1": {"Rate": 100, "Ref": "n"}, "2": {"Rate": 501}, "3": {"Rate": 200}}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=each)
        outcome = await applied(assistant, plan, all_or_nothing=True)
        assert outcome["state"] == "refused"
        assert outcome["taken_back"] == 1
        after = await assistant.ask("find_records", layout="Jobs", fields=["Rate", "Ref"])
        assert after["rows"] == before["rows"]


async def test_after_a_refused_record_the_rest_is_left_or_done_as_asked() -> None:
    async with in_workshop() as assistant:
        each = {"1": {"Rate": 501}, "2": {"Rate": 50}}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=each)
        stopped = await applied(assistant, plan)
        assert stopped["records"] == {"refused": 1, "not_attempted": 1}
        went_on = await applied(assistant, plan)
        assert went_on["records"] == {"refused": 1, "done": 1}, (
            "asking again continues what was never attempted"
        )


async def test_a_deleted_record_comes_back_with_its_contents_and_its_related_rows() -> None:
    async with in_workshop() as assistant:
        before = await assistant.ask("get_record", layout="Jobs", id="1")
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["1"])
        assert any("Tasks" in warning for warning in plan["warnings"])
        await applied(assistant, plan)
        assert len(await titles(assistant)) == 2
        back = await assistant.ask("undo_change")
        assert any("another record id" in line for line in back["stays_as_it_is"])
        done = await applied(assistant, back)
        assert done["state"] == "done"
        after = await assistant.ask("get_record", layout="Jobs", id=done["created"][0])
        changing = ("Modified",)
        assert {k: v for k, v in after["fields"].items() if k not in changing} == {
            k: v for k, v in before["fields"].items() if k not in changing
        }
        assert [row[1:] for row in after["portals"]["Tasks"]["rows"]] == [
            row[1:] for row in before["portals"]["Tasks"]["rows"]
        ]


async def test_criteria_and_before_images_reach_every_row_of_a_portal() -> None:
    """A portal answers 50 rows unless told otherwise; the one that excludes the record is further down."""
    emulator = workshop()
    for number in range(58):
        task = {"Job ID": "J-001", "Text": f"t{number}", "Minutes": str(1000 + number)}
        await somebody(emulator, "POST", "Tasks/records", {"fieldData": task})
    async with in_workshop(emulator) as assistant:
        where = {"Tasks::Minutes": {"not": {"gt": 1056, "lt": 1058}}}
        found = await assistant.ask("find_records", layout="Jobs", where=where, fields=["ID"])
        plan = await planned(assistant, "delete_records", found_set=found["found_set"], max_records=10)
        assert (found["found"], plan["changes"][0]["records"]) == (2, 2)
        found = await assistant.ask("find_records", layout="Jobs", where={"ID": "J-001"}, fields=["ID"])
        await made(assistant, "delete_records", found_set=found["found_set"])
        assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
        back = await assistant.ask("find_records", layout="Tasks", where={"Job ID": "J-001"}, limit=1)
        assert back["found"] == 60


async def test_without_confirm_a_change_is_carried_out_in_one_call() -> None:
    async with in_workshop(environment={"FILEMAKER_CONFIRM": "never"}) as assistant:
        done = await assistant.ask("edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        assert done["state"] == "done"
        assert (await job(assistant, "1"))["Hours"] == 6


async def test_with_confirm_bulk_one_record_is_changed_at_once_and_two_are_planned() -> None:
    async with in_workshop(environment={"FILEMAKER_CONFIRM": "bulk"}) as assistant:
        one = await assistant.ask("edit_records", layout="Jobs", ids=["1"], values={"Hours": 6})
        two = await assistant.ask("edit_records", layout="Jobs", ids=["1", "2"], values={"Hours": 7})
        assert (one["state"], two["state"]) == ("done", "planned")


async def test_a_key_that_exists_already_is_refused_and_a_missing_one_is_given() -> None:
    async with in_workshop(environment={"FILEMAKER_KEYS": '{"Jobs": "Ref"}'}) as assistant:
        refusal = await assistant.refused(
            "create_records", layout="Jobs", records=[{"Title": "x", "Ref": "R2"}]
        )
        assert "record 2" in refusal
        done = await made(assistant, "create_records", layout="Jobs", records=[{"Title": "x"}])
        assert len((await job(assistant, done["created"][0]))["Ref"]) == 36


async def test_undoing_ones_own_create_needs_no_right_to_delete() -> None:
    emulator = workshop()
    async with in_workshop(emulator, {"FILEMAKER_ACCESS": "edit"}) as assistant:
        done = await made(assistant, "create_records", layout="Jobs", records=[{"Title": "x"}])
        back = await assistant.ask("undo_change", change_id=done["change_id"])
        assert (await applied(assistant, back))["state"] == "done"
        assert len(await titles(assistant)) == 3


@pytest.mark.parametrize(
    ("field", "before", "value", "expected"),
    [
        ("Start", "08:30", {"shift": {"hours": 2, "minutes": -30}}, "10:00:00"),
        ("Start", "26:30", {"shift": {"hours": 2}}, "28:30:00"),
        ("Start", "-1:30", {"shift": {"hours": 1}}, "-00:30:00"),
        ("Seen", "2026-03-01T08:15:00", {"shift": {"hours": 20}}, "2026-03-02T04:15:00"),
        ("Seen", "2026-03-31T08:15:00", {"shift": {"months": 1, "minutes": 5}}, "2026-04-30T08:20:00"),
        ("Ref", "", {"append": "\n\nNoted"}, "Noted"),
        ("Ref", "First", {"append": "\nNoted"}, "First\nNoted"),
        ("Ref", "A1, A22", {"replace": "A(\\d)", "with": "B-\\1", "regex": True}, "B-1, B-22"),
    ],
    ids=str,
)
async def test_a_value_is_computed_from_the_one_before(
    field: str, before: str, value: Any, expected: str
) -> None:
    async with in_workshop() as assistant:
        await made(
            assistant, "edit_records", layout="Jobs", ids=["2"], values={field: before or None, "Hours": 7}
        )
        await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={field: value})
        assert (await job(assistant, "2")).get(field) == expected


@pytest.mark.parametrize("hours", [20, -20])
async def test_a_time_of_day_never_goes_round(hours: int) -> None:
    async with in_workshop() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Start": "08:30"})
        values = {"Start": {"shift": {"hours": hours}}}
        refusal = await assistant.refused("edit_records", layout="Jobs", ids=["2"], values=values)
        assert "would leave its day" in refusal


async def test_values_of_a_list_are_added_and_removed_one_by_one() -> None:
    async with in_workshop() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Ref": None})
        values: list[tuple[dict[str, Any], str | None]] = [
            ({"add_value": "News"}, "News"),
            ({"add_value": ["Fair", "Press", "fair"]}, "News\nFair\nPress"),
            ({"remove_value": "FAIR"}, "News\nPress"),
            ({"remove_value": ["news", "Press"]}, None),
        ]
        for value, expected in values:
            await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Ref": value})
            assert (await job(assistant, "2")).get("Ref") == expected
        await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Ref": "News\n\nFair"})
        for value in ({"add_value": "news"}, {"remove_value": "Absent"}):
            same = await assistant.refused("edit_records", layout="Jobs", ids=["2"], values={"Ref": value})
            assert "as wanted already" in same


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("Hours", {"replace": "5", "with": "6"}, "works on text fields"),
        ("Title", {"replace": "", "with": "x"}, "names no text"),
        ("Title", {"replace": "(", "with": "x", "regex": True}, "cannot be used: missing )"),
        ("Title", {"replace": "(?=x)", "with": "x", "regex": True}, "no look-around"),
        ("Title", {"replace": "(a)", "with": "\\2", "regex": True}, "it has 1 groups"),
        ("Title", {"replace": "e", "with": "x" * 999_999}, "longer than"),
        ("Title", {"replace": "e"}, "of no known form"),
        ("Title", {"add_value": "a\nb"}, "a value of one line"),
        ("Title", {"remove_value": []}, "a value of one line"),
        ("Due", {"shift": {"hours": 1}}, "cannot be shifted by hours"),
        ("Start", {"shift": {"days": 1}}, "cannot be shifted by days"),
        ("Title", {"shift": {"days": 1}}, "'shift' works on date, time and timeStamp fields"),
    ],
    ids=str,
)
async def test_a_computed_value_that_makes_no_sense_is_refused(field: str, value: Any, words: str) -> None:
    async with in_workshop() as assistant:
        assert words in await assistant.refused(
            "edit_records", layout="Jobs", ids=["1"], values={field: value}
        )


async def test_a_pattern_makes_no_more_of_a_long_text_than_a_field_may_hold() -> None:
    async with in_workshop() as assistant:
        for text, pattern, new, says in (
            ("x" * 200_000, "(.*)", r"\1" * 6, "would become longer than 1,000,000 characters"),
            ("x" * 200_000, "(?P<all>.*)", r"\g<all>" * 9_000, "would become longer"),
            ("x y" * 15_000, ".", "yy" * 50, "would become longer"),
            ("xy" * 15_000, ".", "z", "fits more than 20,000 places"),
        ):
            await somebody(assistant.emulator, "PATCH", "Jobs/records/1", {"fieldData": {"Title": text}})
            values = {"Title": {"replace": pattern, "with": new, "regex": True}}
            refused = await assistant.refused("edit_records", layout="Jobs", ids=["1"], values=values)
            assert says in refused, pattern
        values = {"Title": {"replace": "(?P<one>x)(y)", "with": r"\2\g<one>\n", "regex": True}}
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
        assert (await job(assistant, "1"))["Title"].startswith("yx")
