"""Portals read and written, and related fields outside them (reference sections 6.1, 6.2, 6.5)."""

from typing import Any

import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import Client, club, code

pytestmark = pytest.mark.anyio
NAMED = "best.of #_1"


async def texts(client: Client, **parameters: Any) -> list[str]:
    record = await client.get("Members", "1", **parameters)
    return [row["Notes::Text"] for row in record["portalData"]["Notes"]]


async def write(client: Client, portal: str, *rows: dict[str, Any], **fields: Any) -> Any:
    response = await client.edit("Members", "1", fields, portalData={portal: list(rows)})
    return response.json()["response"] or code(response)


async def test_a_row_has_its_record_id_first_and_its_mod_id_last() -> None:
    async with club() as client:
        record = await client.get("Members", "1")
        assert list(record) == ["fieldData", "portalData", "recordId", "modId", "portalDataInfo"]
        row = record["portalData"]["Notes"][0]
        assert list(row) == [
            "recordId", "Notes::Text", "Notes::Line(1)", "Notes::Line(2)", "Notes::Stars", "Tags::Label", "modId",
        ]  # fmt: skip
        assert record["portalDataInfo"] == [
            {"database": "Club", "table": "Notes", "foundCount": 4, "returnedCount": 4},
            {
                "portalObjectName": NAMED,
                "database": "Club",
                "table": "Notes",
                "foundCount": 3,
                "returnedCount": 2,
            },
        ]


async def test_a_portal_is_filtered_sorted_and_cut_as_it_is_on_the_layout() -> None:
    async with club() as client:
        record = await client.get("Members", "1")
        assert [row["Notes::Stars"] for row in record["portalData"][NAMED]] == [5, 3]
        record = await client.get("Members", "1", **{f"_limit.{NAMED}": "10"})
        assert [row["Notes::Stars"] for row in record["portalData"][NAMED]] == [5, 3, 2]


async def test_portals_are_paged_from_1_and_may_run_out() -> None:
    async with club() as client:
        pages = [
            await texts(client, **{"_offset.Notes": str(each), "_limit.Notes": "2"}) for each in (1, 3, 4, 5)
        ]
        assert pages == [["first", "second"], ["third", "fourth"], ["fourth"], []]


async def test_only_the_portals_asked_for_are_shown() -> None:
    async with club() as client:
        for wanted in ('["Notes"]', "Notes"):
            assert list((await client.get("Members", "1", portal=wanted))["portalData"]) == ["Notes"]
        [found] = (
            await client.find("Members", {"Name": "==Ben"}, portal=["Notes"], **{"limit.Notes": 1})
        ).json()["response"]["data"]
        assert [row["Notes::Text"] for row in found["portalData"]["Notes"]] == ["other"]
        both = (await client.find("Members", {"Name": "==Ben"}, portal=[])).json()["response"]["data"][0]
        assert len(both["portalData"]) == 2


@pytest.mark.parametrize(("switch", "status"), [(116, 500), (102, 500), (960, 400)])
async def test_an_unknown_portal_is_an_error_of_choice(switch: int, status: int) -> None:
    async with club(switches=Switches(unknown_portal=switch)) as client:
        response = await client.send("GET", "layouts/Members/records", params={"portal": '["Nowhere"]'})
        assert (response.status_code, code(response)) == (status, str(switch))


async def test_at_most_fifty_rows_come_without_a_limit() -> None:
    async with club() as client:
        for number in range(60):
            await client.create("Notes", {"Member ID": 3, "Text": str(number)})
        record = await client.get("Members", "3")
        assert len(record["portalData"]["Notes"]) == 50
        assert record["portalDataInfo"][0]["foundCount"] == 60
        record = await client.get("Members", "3", **{"_limit.Notes": "1000"})
        assert len(record["portalData"]["Notes"]) == 60


async def test_v1_shows_one_row_of_a_layout_saved_as_a_table() -> None:
    async with club() as client:
        assert len((await client.get("Members Table", "1"))["portalData"]["Notes"]) == 4
        client.version = "v1"
        assert len((await client.get("Members Table", "1"))["portalData"]["Notes"]) == 1
        assert len((await client.get("Members", "1"))["portalData"]["Notes"]) == 4


async def test_rows_are_edited_by_record_id_and_made_without_one() -> None:
    async with club() as client:
        answer = await write(
            client, "Notes", {"recordId": "2", "Notes::Text": "2nd"}, {"Notes::Text": "fifth"}
        )
        assert answer == {
            "modId": "0",
            "newPortalRecordInfo": [{"tableName": "Notes", "recordId": "6", "modId": "0"}],
        }
        assert await texts(client) == ["first", "2nd", "third", "fourth", "fifth"]


async def test_an_entry_is_answered_for_each_field_of_each_new_row() -> None:
    async with club() as client:
        row = {"Notes::Text": "tagged", "Notes::Stars": 1, "Tags::Label": "red"}
        answer = await write(client, "Notes", row, Name="Ada")
        names = [(each["tableName"], each["recordId"]) for each in answer["newPortalRecordInfo"]]
        assert names == [("Notes", "6"), ("Notes", "6"), ("Tags", "1")]
        assert answer["modId"] == "1"
        assert (await client.get("Members", "1"))["portalData"]["Notes"][-1]["Tags::Label"] == "red"


async def test_a_new_record_may_bring_its_rows() -> None:
    async with club() as client:
        rows = [{"Notes::Text": "a", "Notes::Line(2)": "zwei"}, {"Notes::Text": "b"}]
        answer = (await client.create("Members", {"Name": "N"}, portalData={"Notes": rows})).json()[
            "response"
        ]
        assert list(answer) == [
            "recordId",
            "modId",
        ]  # exactly these: asserted by the live suite of fms-api-client
        record = await client.get("Members", answer["recordId"])
        assert [row["Notes::Line(2)"] for row in record["portalData"]["Notes"]] == ["zwei", ""]


async def test_a_portal_may_be_written_by_its_object_name() -> None:
    async with club() as client:
        assert "newPortalRecordInfo" in await write(
            client, NAMED, {"Notes::Text": "named", "Notes::Stars": 4}
        )
        assert (await texts(client))[-1] == "named"


@pytest.mark.parametrize(
    ("portal", "row", "expected"),
    [
        ("Nowhere", {"Notes::Text": "x"}, "116"),
        ("Notes", {"Text": "x"}, "102"),
        ("Notes", {"Notes::recordId": "2"}, "102"),
        ("Notes", {"recordId": "5", "Notes::Text": "of another member"}, "101"),
        ("Notes", {"recordId": "99", "Notes::Text": "x"}, "101"),
        ("Notes", {"recordId": "x", "Notes::Text": "x"}, "101"),
        ("Notes", {"recordId": "2", "modId": "7", "Notes::Text": "x"}, "306"),
        ("Notes", {"Notes::Stars": 6}, "503"),
    ],
)
async def test_a_wrong_row_stops_the_whole_write(portal: str, row: dict[str, Any], expected: str) -> None:
    async with club() as client:
        before = client.emulator.digest()
        assert (
            await write(client, portal, row, {"recordId": "1", "Notes::Text": "again"}, Name="y") == expected
        )
        assert client.emulator.digest() == before


async def test_related_records_are_deleted_by_occurrence_and_id() -> None:
    async with club() as client:
        assert code(await client.edit("Members", "1", {"deleteRelated": "Notes.1"})) == "0"
        assert code(await client.edit("Members", "1", {"deleteRelated": ["Notes.2", "Notes.3"]})) == "0"
        assert await texts(client) == ["fourth"]
        for name, expected in (("Notes.5", "101"), ("Notes.x", "101"), ("Nowhere.1", "102"), ("1", "102")):
            assert code(await client.edit("Members", "1", {"deleteRelated": name})) == expected


async def test_related_fields_outside_portals_show_and_write_the_first_related_record() -> None:
    async with club() as client:
        record = await client.get("Members", "1")
        assert (record["fieldData"]["Notes::Text"], record["fieldData"]["Notes::Line(2)"]) == ("first", "two")
        await client.edit("Members", "1", {"Notes::Text": "1st", "Notes::Line(2)": "2"})
        assert (await texts(client))[0] == "1st"
        answer = (await client.edit("Members", "3", {"Notes::Text": "made"})).json()["response"]
        assert answer["newPortalRecordInfo"][0]["tableName"] == "Notes"


async def test_the_older_way_to_name_a_row_still_works() -> None:
    async with club() as client:
        await client.edit("Members", "1", {"Notes::Text.2": "2nd", "Notes::Text.0": "new"})
        assert await texts(client) == ["first", "2nd", "third", "fourth", "new"]


async def test_a_row_cannot_be_made_where_the_relationship_does_not_allow_it() -> None:
    async with club() as client:
        rows = {"High Notes": [{"High Notes::Text": "x"}]}
        assert code(await client.edit("Lists%20%231", "1", {}, portalData=rows)) == "101"


async def test_a_relationship_of_two_conditions_needs_both() -> None:
    async with club() as client:
        await client.edit("Members", "1", {"Score": 3})
        record = await client.get("Lists%20%231", "1")
        assert [row["High Notes::Text"] for row in record["portalData"]["High Notes"]] == ["second", "fourth"]
        found = await client.find("Lists%20%231", {"High Notes::Text": "fourth"})
        assert [row["recordId"] for row in found.json()["response"]["data"]] == ["1"]


@pytest.mark.parametrize(("bump", "expected"), [(False, "0"), (True, "1")])
async def test_a_parent_whose_rows_alone_are_edited_keeps_its_mod_id_unless_switched(
    bump: bool, expected: str
) -> None:
    async with club(switches=Switches(bump_parent=bump)) as client:
        assert (await write(client, "Notes", {"recordId": "1", "Notes::Text": "x"}))["modId"] == expected


async def test_a_create_answers_for_its_rows_as_an_edit_does_where_switched() -> None:
    async with club(switches=Switches(rows_of_create=True)) as client:
        response = await client.create("Members", {}, portalData={"Notes": [{"Notes::Text": "a"}]})
        assert list(response.json()["response"]) == ["recordId", "modId", "newPortalRecordInfo"]


async def test_names_of_portals_ignore_case() -> None:
    """fms-api-client's live suite sends `planets` for the portal `Planets` (section 6.5)."""
    async with club() as client:
        shown = await client.get("Members", "1", portal='["notes"]', **{"_limit.NOTES": "1"})
        assert [row["Notes::Text"] for row in shown["portalData"]["Notes"]] == ["first"]
        wanted = {"portal": ["BEST.of #_1"], "limit.best.OF #_1": 1}
        found = await client.find("Members", {"Name": "==Ada"}, **wanted)
        assert [len(rows) for rows in found.json()["response"]["data"][0]["portalData"].values()] == [1]
        await write(client, NAMED.upper(), {"Notes::Text": "by another case", "Notes::Stars": 4})
        assert (await texts(client))[-1] == "by another case"


async def test_the_table_of_a_portal_with_a_name_stands_for_it_where_switched() -> None:
    for name, by_table in (("High Notes", False), ("High Notes", True)):
        async with club(switches=Switches(portal_by_table=by_table)) as client:
            response = await client.send("GET", "layouts/Members%20Portal/records/1", params={"portal": name})
            assert code(response) == ("0" if by_table else "116")
            limited = {"_limit.high notes": "1"}
            response = await client.send("GET", "layouts/Members%20Portal/records/1", params=limited)
            assert code(response) == ("0" if by_table else "960")
            if by_table:
                assert list(response.json()["response"]["data"][0]["portalData"]) == ["Tall"]


async def test_a_row_for_a_parent_without_a_key_is_refused_and_leaves_nothing() -> None:
    rows = {"portalData": {"Notes": [{"Notes::Text": "orphan"}]}}
    async with club() as client:
        before = client.emulator.digest()
        for response in (
            await client.create("Members", {"ID": ""}, **rows),
            await client.edit("Members", "1", {"ID": ""}, **rows),
            await client.edit("Members", "1", {"ID": "", "Notes::Text.0": "orphan"}),
        ):
            assert (response.status_code, code(response)) == (500, "510")
        assert client.emulator.digest() == before
    async with club(switches=Switches(orphan_rows="create")) as client:
        assert code(await client.create("Members", {"ID": ""}, **rows)) == "0"
