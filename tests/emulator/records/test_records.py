"""Create, edit, duplicate and delete (reference sections 6.1 to 6.4, 6.6)."""

from typing import Any

import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import Client, club, code

pytestmark = pytest.mark.anyio


async def made(client: Client, layout: str, fields: dict[str, Any], **body: Any) -> Any:
    response = await client.create(layout, fields, **body)
    assert code(response) == "0", response.text
    return response.json()["response"]


async def test_a_new_record_has_mod_id_0_and_what_is_entered_by_itself() -> None:
    async with club() as client:
        answer = await made(client, "Members", {})
        assert answer == {"recordId": "7", "modId": "0"}
        fields = (await client.get("Members", "7"))["fieldData"]
        assert (fields["ID"], fields["Level"], fields["Fee"], fields["Made By"]) == (7, "Bronze", 12, "admin")
        assert fields["Changed"] == "03/09/2026 09:00:00"
        assert (await made(client, "Members", {"Name": "B"}))["recordId"] == "8"
        assert (await client.get("Members", "8"))["fieldData"]["ID"] == 8


async def test_a_refused_record_leaves_a_gap_in_serials_and_nothing_else() -> None:
    async with club() as client:
        before = client.emulator.digest()
        assert code(await client.create("Members", {"Score": 101})) == "503"
        assert client.emulator.digest() == before
        await made(client, "Members", {"Name": "next"})
        assert (await client.get("Members", "7"))["fieldData"]["ID"] == 8


async def test_a_value_that_is_given_is_not_entered_over() -> None:
    async with club() as client:
        await made(client, "Members", {"Level": "Gold", "ID": 99})
        fields = (await client.get("Members", "7"))["fieldData"]
        assert (fields["Level"], fields["ID"]) == ("Gold", 99)


async def test_stored_calculations_follow_every_save() -> None:
    async with club() as client:
        await made(client, "Members", {"Name": "ZoË", "Score": "4"})
        fields = (await client.get("Members", "7"))["fieldData"]
        assert (fields["Double"], fields["Slug"]) == (8, "zoë")
        await client.edit("Members", "7", {"Score": "", "Name": "Yan"})
        fields = (await client.get("Members", "7"))["fieldData"]
        assert (fields["Double"], fields["Slug"]) == ("", "yan")


async def test_editing_raises_mod_id_by_one_and_touches_only_what_is_named() -> None:
    async with club() as client:
        before = (await client.get("Members", "1"))["fieldData"]
        response = await client.edit("Members", "1", {"Name": "Ada L.", "Score": "31"})
        assert response.json()["response"] == {"modId": "1"}
        after = (await client.get("Members", "1"))["fieldData"]
        changed = {name for name in before if before[name] != after[name] and name != "Photo(1)"}
        assert changed == {"Name", "Score", "Double", "Times", "Slug", "Changed"}


async def test_a_stale_mod_id_is_306_and_changes_nothing() -> None:
    async with club() as client:
        assert code(await client.edit("Members", "1", {"Name": "x"}, modId="0")) == "0"
        response = await client.edit("Members", "1", {"Name": "y"}, modId="0")
        assert (response.status_code, code(response)) == (500, "306")
        assert (await client.get("Members", "1"))["fieldData"]["Name"] == "x"
        assert code(await client.edit("Members", "1", {"Name": "z"}, modId="1")) == "0"


async def test_editing_nothing_changes_nothing() -> None:
    async with club() as client:
        assert (await client.edit("Members", "1", {})).json()["response"] == {"modId": "0"}
        response = await client.send("PATCH", "layouts/Members/records/1", json={"portalData": {}})
        assert response.json()["response"] == {"modId": "0"}
        assert code(await client.send("PATCH", "layouts/Members/records/1", json={})) == "1707"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Nowhere": 1}, "102"),
        ({"Notes::recordId": "1"}, "102"),
        ({"Double": 1}, "201"),
        ({"Fee": 1}, "201"),
        ({"Photo": "x"}, "201"),
        ({"Joined": "2024-01-01"}, "500"),
        ({"Stamp": "nonsense"}, "500"),
        ({"Clock": "25:99"}, "501"),
        ({"Phone(4)": "1"}, "111"),
        ({"Score": -1}, "503"),
        ({"Code": "A"}, "504"),
        ({"Level": "Iron"}, "506"),
        ({"Nick": ""}, "509"),
        ({"Code": "1234567"}, "511"),
        ({"Name": None}, "960"),
        ({"Name": True}, "960"),
        ({"Name": ["a"]}, "960"),
        ({"Name": {"a": 1}}, "960"),
    ],
)
async def test_a_wrong_value_is_refused_by_its_code_and_nothing_is_written(
    fields: dict[str, Any], expected: str
) -> None:
    async with club() as client:
        before = client.emulator.digest()
        response = await client.edit("Members", "2", {"Name": "never", **fields})
        assert code(response) == expected
        assert response.status_code == (400 if expected == "960" else 500)
        assert client.emulator.digest() == before


@pytest.mark.parametrize(
    ("record", "expected"), [("999999999", "101"), ("0", "101"), ("abc", "101"), ("9" * 40, "101")]
)
async def test_a_record_that_is_not_there_is_101(record: str, expected: str) -> None:
    async with club() as client:
        for method in ("GET", "DELETE", "POST"):
            assert code(await client.send(method, f"layouts/Members/records/{record}")) == expected
        assert code(await client.edit("Members", record, {"Name": "x"})) == expected


async def test_options_let_a_script_like_client_past_some_checks() -> None:
    async with club() as client:
        body = {"options": {"entrymode": "script", "prohibitmode": "script"}}
        assert code(await client.edit("Members", "1", {"Nick": "", "Fee": 20}, **body)) == "0"
        assert code(await client.edit("Members", "1", {"Score": 101}, **body)) == "503"
        assert code(await client.edit("Members", "1", {}, options={"entrymode": "robot"})) == "960"
        assert code(await client.edit("Members", "1", {}, options={"entryMode": "user"})) == "960"


async def test_dates_are_american_unless_said_otherwise() -> None:
    async with club() as client:
        for sent, formats in (("2/9/2026", None), ("09.02.2026", 1), ("2026-02-09", 2), ("2026-2-9", "2")):
            body = {} if formats is None else {"dateformats": formats}
            assert code(await client.edit("Members", "3", {"Joined": ""}, **body)) == "0"
            assert code(await client.edit("Members", "3", {"Joined": sent}, **body)) == "0", sent
            assert (await client.get("Members", "3"))["fieldData"]["Joined"] == "02/09/2026"
        shown = [(await client.get("Members", "1", dateformats=each))["fieldData"]["Stamp"] for each in "012"]
        assert shown == ["03/09/2024 08:30:00", "09.03.2024 08:30:00", "2024-03-09T08:30:00"]
        assert code(await client.edit("Members", "1", {"Stamp": shown[2]}, dateformats=2)) == "500"
        assert code(await client.edit("Members", "1", {"Stamp": "2024-03-09 08:30:00"}, dateformats=2)) == "0"


async def test_repetitions_are_written_one_by_one() -> None:
    async with club() as client:
        await client.edit("Members", "1", {"Phone(2)": "222", "Phone": "one"})
        fields = (await client.get("Members", "1"))["fieldData"]
        assert [fields[f"Phone({each})"] for each in (1, 2, 3)] == ["one", "222", "333"]
        assert "Phone" not in fields


async def test_line_ends_become_returns() -> None:
    async with club() as client:
        await client.edit("Members", "1", {"Name": "a\nb\r\nc\rd"})
        assert (await client.get("Members", "1"))["fieldData"]["Name"] == "a\rb\rc\rd"
        assert (await client.get("Members", "6"))["fieldData"]["Name"] == "Two\rLines"


async def test_a_lax_host_takes_booleans_and_null() -> None:
    async with club(switches=Switches(lax_values=True)) as client:
        await client.edit("Members", "1", {"Score": True, "Name": None})
        fields = (await client.get("Members", "1"))["fieldData"]
        assert (fields["Score"], fields["Name"]) == (1, "")


async def test_a_duplicate_keeps_values_but_what_is_entered_anew() -> None:
    async with club() as client:
        await client.edit("Members", "1", {"Code": ""})
        response = await client.send("POST", "layouts/Members/records/1")
        assert response.json()["response"] == {"recordId": "7", "modId": "0"}
        old, new = (
            (await client.get("Members", "1"))["fieldData"],
            (await client.get("Members", "7"))["fieldData"],
        )
        assert (new["Name"], new["Score"], new["Phone(3)"]) == (old["Name"], old["Score"], old["Phone(3)"])
        assert (new["ID"], new["Notes::Text"]) == (7, "")
        for content in (b"", b"null", b"{}"):
            headers = {"Content-Type": "application/json"}
            response = await client.send(
                "POST", "layouts/Members/records/1", content=content, headers=headers
            )
            assert code(response) == "0"


async def test_deleting_takes_the_records_along_that_go_with_it() -> None:
    async with club() as client:
        response = await client.send("DELETE", "layouts/Members/records/1")
        assert response.text == '{"response":{},"messages":[{"code":"0","message":"OK"}]}'
        assert code(await client.send("DELETE", "layouts/Members/records/1")) == "101"
        left = await client.send("GET", "layouts/Notes/records")
        assert [row["fieldData"]["Text"] for row in left.json()["response"]["data"]] == ["other"]
        assert (await client.send("GET", "layouts/Orders/records")).json()["response"]["dataInfo"][
            "foundCount"
        ] == 3


async def test_a_record_that_somebody_has_open_is_301() -> None:
    async with club() as client:
        client.emulator.lock("Club", "Members", 1)
        before = client.emulator.digest()
        assert code(await client.edit("Members", "1", {"Name": "x"})) == "301"
        assert code(await client.send("DELETE", "layouts/Members/records/1")) == "301"
        assert client.emulator.digest() == before
        client.emulator.unlock("Club", "Members", 1)
        assert code(await client.edit("Members", "1", {"Name": "x"})) == "0"


async def test_a_locked_related_record_stops_the_whole_write() -> None:
    async with club() as client:
        client.emulator.lock("Club", "Notes", 2)
        before = client.emulator.digest()
        rows = [{"recordId": "1", "Notes::Text": "new"}, {"recordId": "2", "Notes::Text": "locked"}]
        assert code(await client.edit("Members", "1", {"Name": "x"}, portalData={"Notes": rows})) == "301"
        assert code(await client.send("DELETE", "layouts/Members/records/1")) == "301"
        assert client.emulator.digest() == before


async def test_a_mod_id_is_a_text_unless_a_number_is_accepted() -> None:
    for accepts, expected in (("refuse", "960"), ("accept", "0")):
        async with club(switches=Switches(numeric_mod_id=accepts)) as client:
            assert code(await client.edit("Members", "1", {"Name": "z"}, modId=0)) == expected
            row = {"recordId": "1", "modId": 0, "Notes::Text": "z"}
            response = await client.edit("Members", "1", {}, portalData={"Notes": [row]})
            assert code(response) == expected


@pytest.mark.parametrize(
    ("sent", "dateformats", "shown"),
    [
        ("03.12.2020", 0, "03/12/2020"),
        ("3-12-2020", 0, "03/12/2020"),
        ("3 12 2020", 0, "03/12/2020"),
        ("3/12.2020", 0, "03/12/2020"),
        ("12/3/2020", 1, "03/12/2020"),  # the club's own order is day, month, year
        ("2020.3.12", 2, "03/12/2020"),
        ("13.12.2020", 0, None),
        ("2020-03-12", 0, None),
        ("3..12.2020", 0, None),
        ("3.12.2020.", 0, None),
    ],
)
async def test_the_parts_of_a_date_may_stand_apart_by_points_dashes_or_blanks(
    sent: str, dateformats: int, shown: str | None
) -> None:
    """A live host took `03.12.2020` and answered `03/12/2020` (24u, section 8.2)."""
    async with club() as client:
        for field, suffix in (("Joined", ""), ("Stamp", " 10:30:00")):
            response = await client.edit("Members", "1", {field: sent + suffix}, dateformats=dateformats)
            assert code(response) == ("0" if shown else "500")
            if shown:
                assert (await client.get("Members", "1"))["fieldData"][field] == shown + suffix
