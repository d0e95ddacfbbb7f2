"""Layouts, scripts and what layouts hold (reference section 5)."""

from pathlib import Path
from typing import Any

import pytest

from ..emulated_host import Client, club, code, host

pytestmark = pytest.mark.anyio


async def response_of(client: Client, path: str) -> Any:
    return (await client.send("GET", path)).json()["response"]


async def test_layouts_come_in_their_folders_with_their_occurrence() -> None:
    async with club() as client:
        listed = (await response_of(client, "layouts"))["layouts"]
        assert listed[0] == {
            "name": "Club",
            "isFolder": True,
            "folderLayoutNames": [
                {"name": "Members", "table": "Members"},
                {"name": "-", "table": ""},
                {
                    "name": "Inner",
                    "isFolder": True,
                    "folderLayoutNames": [{"name": "Members Brief", "table": "Members"}],
                },
            ],
        }
        assert listed[1] == {"name": "Members Table", "table": "Members"}


async def test_scripts_always_say_whether_they_are_folders() -> None:
    async with club() as client:
        listed = (await response_of(client, "scripts"))["scripts"]
        assert listed[0] == {"name": "Echo", "isFolder": False}


async def test_a_field_is_described_by_its_keys_in_wire_order() -> None:
    async with club() as client:
        answer = await response_of(client, "layouts/Members")
        assert list(answer) == ["fieldMetaData", "portalMetaData", "valueLists"]
        fields = {each["name"]: each for each in answer["fieldMetaData"]}
        assert fields["Level"] == {
            "name": "Level", "type": "normal", "displayType": "popupMenu", "result": "text", "valueList": "Levels",
            "global": False, "autoEnter": True, "fourDigitYear": False, "maxRepeat": 1, "maxCharacters": 0,
            "notEmpty": False, "numeric": False, "timeOfDay": False, "repetitionStart": 1, "repetitionEnd": 1,
        }  # fmt: skip
        assert list(fields["Level"])[:6] == ["name", "type", "displayType", "result", "valueList", "global"]
        assert "valueList" not in fields["Name"]
        assert (fields["Double"]["type"], fields["Double"]["result"]) == ("calculation", "number")
        assert (fields["Phone"]["maxRepeat"], fields["Phone"]["repetitionEnd"]) == (3, 3)
        assert [fields[each]["result"] for each in ("Stamp", "Clock", "Photo")] == [
            "timeStamp",
            "time",
            "container",
        ]
        assert (fields["Nick"]["notEmpty"], fields["Code"]["maxCharacters"]) == (True, 6)
        assert fields["gFactor"]["global"] is True
        assert fields["Notes::Text"]["result"] == "text"
        portals = answer["portalMetaData"]
        assert list(portals) == ["Notes", "best.of #_1"]
        assert [each["name"] for each in portals["Notes"]][-1] == "Tags::Label"


async def test_summaries_and_broken_objects_are_told_apart() -> None:
    async with club() as client:
        fields = (await response_of(client, "layouts/Members%20Table"))["fieldMetaData"]
        assert [each["type"] for each in fields] == ["normal", "normal", "summary", "summary", "invalid"]
        assert (fields[-1]["name"], fields[-1]["result"]) == ("", "invalid")


async def test_validation_flags_follow_the_field() -> None:
    async with club() as client:
        fields = {
            each["name"]: each for each in (await response_of(client, "layouts/Strict"))["fieldMetaData"]
        }
        assert fields["Whole"]["numeric"] is True
        assert fields["Day"]["fourDigitYear"] is True
        assert fields["Hour"]["timeOfDay"] is True
        assert fields["Must"]["notEmpty"] is True


async def test_value_lists_appear_only_where_they_are_used() -> None:
    async with club() as client:
        assert "valueLists" not in await response_of(client, "layouts/Notes")
        [levels] = (await response_of(client, "layouts/Members"))["valueLists"]
        assert levels["type"] == "customList"
        assert levels["values"][0] == {"displayValue": "Gold", "value": "Gold"}


async def test_lists_by_field_have_values_only_for_a_record() -> None:
    async with club() as client:
        names, notes = (await response_of(client, "layouts/Lists%20%231"))["valueLists"]
        assert (names["type"], names["values"], notes["values"]) == ("byField", [], [])
        names, notes = (await response_of(client, "layouts/Lists%20%231?recordId=2"))["valueLists"]
        assert [each["value"] for each in names["values"]] == [
            "Ada",
            "ada",
            "Ben",
            "Cleo",
            "Dörte",
            "Two",
            "Lines",
        ]
        assert [each["value"] for each in notes["values"]] == ["other"]
        assert code(await client.send("GET", "layouts/Members?recordId=99")) == "101"


async def test_a_second_field_is_shown_beside_the_value() -> None:
    async with host() as client:
        await client.log_in()
        lists = (await response_of(client, "layouts/Tasks?recordId=1"))["valueLists"]
        staff = next(each for each in lists if each["name"] == "Staff")
        assert staff["values"][0] == {"displayValue": "S-01 Björn O'Brien", "value": "S-01"}


async def test_the_old_form_is_still_answered() -> None:
    async with club() as client:
        items = (await response_of(client, "layouts/Members/metadata"))["metaData"]
        assert {
            "name": "Phone",
            "type": "normal",
            "result": "text",
            "global": "false",
            "valueList": "",
            "repetitions": 3,
        } in items


async def test_a_layout_that_is_not_there_is_105() -> None:
    async with club() as client:
        for path in ("layouts/Nowhere", "layouts/members", "layouts/-", "layouts/Nowhere/metadata"):
            response = await client.send("GET", path)
            assert (response.status_code, code(response)) == (500, "105")


async def test_menus_hold_names_separators_and_folders_in_any_order_and_a_name_twice(tmp_path: Path) -> None:
    """A live solution has layouts and scripts of one name in several folders (section 5.1)."""
    (tmp_path / "menu.toml").write_text(
        """name = "Menu"
layout_menu = ["B", "-", { folder = "One", items = ["A", "-", { folder = "Inner", items = ["A"] }] }, "-", "A"]
script_menu = [{ folder = "One", items = ["Go"] }, "-", "Go", { folder = "Two", items = ["Go"] }]
tables.T.fields.K = {}
layouts.A = { occurrence = "T", fields = ["K"] }
layouts.B = { occurrence = "T", fields = ["K"] }
layouts.C = { occurrence = "T", fields = ["K"] }
scripts.Go = "go"
privilege_sets.Full = { full_access = true, extended = ["fmrest"] }
accounts = [{ name = "a", privilege_set = "Full" }]
""",
        "utf-8",
    )
    (tmp_path / "scripts.py").write_text("def go(script):\n    return 'gone'\n", "utf-8")

    def names(items: list[Any], inner: str) -> list[Any]:
        return [names(each[inner], inner) if each.get("isFolder") else each["name"] for each in items]

    async with host(tmp_path, database="Menu") as client:
        await client.log_in("a", "")
        listed = await response_of(client, "layouts")
        assert names(listed["layouts"], "folderLayoutNames") == ["B", "-", ["A", "-", ["A"]], "-", "A", "C"]
        listed = await response_of(client, "scripts")
        assert names(listed["scripts"], "folderScriptNames") == [["Go"], "-", "Go", ["Go"]]
        assert (await response_of(client, "layouts/A/script/Go"))["scriptResult"] == "gone"
