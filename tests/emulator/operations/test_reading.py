"""Ranges, finds and what records look like (reference sections 6.5, 7 and 8.1)."""

import json
from typing import Any

import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import Client, club, code, rows

pytestmark = pytest.mark.anyio


def names(response: Any) -> list[str]:
    return [row["fieldData"]["Name"] for row in rows(response)]


async def found(client: Client, *query: dict[str, str], **body: Any) -> list[str]:
    response = await client.find("Members", *query, **body)
    return names(response) if code(response) == "0" else [code(response)]


async def ordered(client: Client, *keys: str, **parameters: Any) -> list[str]:
    sort = [
        {"fieldName": name.split()[0], **({"sortOrder": name.split()[1]} if " " in name else {})}
        for name in keys
    ]
    response = await client.send(
        "GET", "layouts/Members/records", params={"_sort": json.dumps(sort), **parameters}
    )
    return names(response) if code(response) == "0" else [code(response)]


async def test_a_range_is_in_the_order_of_creation() -> None:
    async with club() as client:
        response = await client.send("GET", "layouts/Members/records", params={"_offset": "2", "_limit": "3"})
        assert names(response) == ["Ben", "Cleo", "Dörte"]
        assert response.json()["response"]["dataInfo"] == {
            "database": "Club", "layout": "Members", "table": "Members",
            "totalRecordCount": 6, "foundCount": 6, "returnedCount": 3,
        }  # fmt: skip


@pytest.mark.parametrize(("switch", "expected"), [("101", "101"), ("empty", "0")])
async def test_a_range_beyond_the_end_is_101_or_empty(switch: str, expected: str) -> None:
    async with club(switches=Switches(range_beyond_end=switch)) as client:
        assert code(await client.send("GET", "layouts/Members/records?_offset=7")) == expected


@pytest.mark.parametrize(("switch", "expected"), [("401", "401"), ("empty", "0")])
async def test_a_find_beyond_its_end_is_401_or_empty(switch: str, expected: str) -> None:
    async with club(switches=Switches(find_beyond_end=switch)) as client:
        assert code(await client.find("Members", {"Name": "Ada"}, offset="3")) == expected


async def test_an_empty_table_is_101() -> None:
    async with club() as client:
        response = await client.send("GET", "layouts/Empty/records")
        assert (response.status_code, code(response)) == (500, "101")


async def test_sorting_ignores_case_and_puts_empty_values_first() -> None:
    async with club() as client:
        assert await ordered(client, "Score") == ["Dörte", "ada", "Ben", "Cleo", "Ada", "Two\rLines"]
        assert await ordered(client, "Score descend") == ["Two\rLines", "Ada", "Cleo", "Ben", "ada", "Dörte"]
        assert (await ordered(client, "Name", "Score descend"))[:2] == ["Ada", "ada"]
        assert (await ordered(client, "Name", "Score"))[:2] == ["ada", "Ada"]
        assert await ordered(client, "Score", _limit="2", _offset="2") == ["ada", "Ben"]


async def test_sorting_goes_by_value_lists_related_and_computed_fields_too() -> None:
    async with club() as client:
        assert (await ordered(client, "Level Levels"))[:4] == ["Two\rLines", "Ada", "Ben", "Cleo"]
        assert (await ordered(client, "Times descend"))[0] == "Two\rLines"
        assert (await ordered(client, "Notes::Text descend"))[:2] == ["Ben", "Ada"]
        assert (await ordered(client, "Age"))[3:] == ["Dörte", "Ada", "Ben"]


@pytest.mark.parametrize(("key", "expected"), [("Nowhere", "102"), ("Name Nowhere", "108"), ("Photo", "404")])
async def test_a_sort_that_cannot_be_is_refused(key: str, expected: str) -> None:
    async with club() as client:
        assert await ordered(client, key) == [expected]


async def test_values_look_as_they_are_stored() -> None:
    async with club() as client:
        fields = (await client.get("Members", "1"))["fieldData"]
        assert (fields["Score"], fields["Joined"], fields["Clock"]) == (30, "03/09/2024", "15:04:05")
        assert (fields["Phone(1)"], fields["Phone(2)"]) == ("111", "")
        assert fields["Photo(1)"].startswith("http://fm.example/Streaming/MainDB/")
        assert fields["Photo(2)"] == ""
        assert fields["Age"] == 2
        assert (await client.get("Members", "2"))["fieldData"]["Clock"] == "37:30:00"
        assert (await client.get("Members", "4"))["fieldData"]["Score"] == ""


async def test_only_the_repetitions_on_the_layout_are_shown() -> None:
    async with club() as client:
        assert list((await client.get("Lists%20%231", "1"))["fieldData"]) == [
            "Name",
            "Nick",
            "Phone(2)",
            "Phone(3)",
        ]


async def test_summaries_are_over_the_found_set() -> None:
    async with club() as client:
        response = await client.find("Members%20Table", {"Score": ">=20"}, limit=1)
        fields = rows(response)[0]["fieldData"]
        assert (fields["Sum of Scores"], fields["Best"]) == (90, 40)
        response = await client.send("GET", "layouts/Members%20Table/records?_limit=1")
        assert rows(response)[0]["fieldData"]["Sum of Scores"] == 105


async def test_a_broken_object_is_a_field_without_a_name() -> None:
    async with club() as client:
        assert (await client.get("Members Table", "1"))["fieldData"][""] == ""


@pytest.mark.parametrize(("switch", "layout"), [("response", "Members Brief"), ("request", "Members")])
async def test_another_layout_of_the_same_table_may_show_the_result(switch: str, layout: str) -> None:
    async with club(switches=Switches(data_info_layout=switch)) as client:
        response = await client.find("Members", {"Name": "Ben"}, **{"layout.response": "Members Brief"})
        assert rows(response)[0]["fieldData"] == {"Name": "Ben", "Score": 10}
        assert response.json()["response"]["dataInfo"]["layout"] == layout
        params = {"layout.response": "Notes"}
        assert code(await client.send("GET", "layouts/Members/records", params=params)) == "105"


async def test_requests_are_added_and_omitted_in_their_order() -> None:
    async with club() as client:
        ada, ben, not_ben = {"Name": "==Ada"}, {"Name": "==Ben"}, {"Name": "==Ben", "omit": "true"}
        assert await found(client, ada, ben, not_ben, ben) == ["Ada", "Ben", "ada"]
        assert await found(client, ada, ben, ben, not_ben) == ["Ada", "ada"]
        assert await found(client, not_ben) == ["Ada", "Cleo", "Dörte", "ada", "Two\rLines"]
        assert await found(client, {"Name": "==Ada", "Score": ">20"}) == ["Ada"]
        assert await found(client, {**ada, "omit": "false"}) == ["Ada", "ada"]


async def test_related_criteria_must_hold_for_one_related_record() -> None:
    async with club() as client:
        assert await found(client, {"Notes::Text": "other"}) == ["Ben"]
        assert await found(client, {"Notes::Text": "first", "Notes::Stars": "1"}) == ["Ada"]
        assert await found(client, {"Notes::Text": "first", "Notes::Stars": "5"}) == ["401"]


async def test_repetitions_are_searched_together_or_one_by_one() -> None:
    async with club() as client:
        assert await found(client, {"Phone": "333"}) == ["Ada"]
        assert await found(client, {"Phone(3)": "333"}) == ["Ada"]
        assert await found(client, {"Phone(1)": "333"}) == ["401"]


async def test_computed_fields_are_searched_too() -> None:
    async with club() as client:
        assert await found(client, {"Times": ">=90"}) == ["Ada", "Two\rLines"]
        assert await found(client, {"Double": "20"}) == ["Ben"]
        assert await found(client, {"Age": "*"}) == ["Ada", "Ben", "Dörte"]


BAD_FINDS: list[tuple[list[dict[str, str]], str]] = [
    ([], "400"),
    ([{}], "400"),
    ([{"Name": ""}], "400"),
    ([{"Name": "Ada"}, {}], "400"),
    ([{"gFactor": "3"}], "400"),
    ([{"Nowhere": "x"}], "102"),
    ([{"Photo": "*"}], "508"),
    ([{"Joined": "13/40/2024"}], "500"),
    ([{"Phone(9)": "1"}], "111"),
    ([{"Name": "zzz"}], "401"),
    ([{"Joined": "2024-03-09"}], "500"),
]


@pytest.mark.parametrize(("query", "expected"), BAD_FINDS)
async def test_a_find_that_cannot_be_is_refused_by_its_code(
    query: list[dict[str, str]], expected: str
) -> None:
    async with club() as client:
        response = await client.find("Members", *query)
        assert (response.status_code, code(response)) == (500, expected)


@pytest.mark.parametrize("query", ["x", {"Name": "a"}, ["x"], [{"Name": 1.5, "omit": 1}], [{"Name": None}]])
async def test_a_query_of_another_shape_is_960(query: Any) -> None:
    async with club() as client:
        response = await client.send("POST", "layouts/Members/_find", json={"query": query})
        assert (response.status_code, code(response)) == (400, "960")


async def test_a_find_without_a_query_is_1707() -> None:
    async with club() as client:
        assert code(await client.send("POST", "layouts/Members/_find", json={"limit": 1})) == "1707"


async def test_iso_dates_in_criteria_go_with_dateformats_2() -> None:
    async with club() as client:
        assert await found(client, {"Joined": "2024-03-09"}, dateformats=2) == ["Ada"]
        assert await found(client, {"Joined": "3/9/2024"}, dateformats=2) == ["Ada"]
        client.emulator.switch(Switches(iso_criteria=False))
        assert await found(client, {"Joined": "2024-03-09"}, dateformats=2) == ["500"]


async def test_today_is_the_hosts_day() -> None:
    async with club() as client:
        await client.edit("Members", "3", {"Joined": "3/9/2026"})
        assert await found(client, {"Joined": "//"}) == ["Cleo"]
        client.clock.advance(24 * 3600)
        assert code(await client.log_in("admin", "pässword: with colon")) == "0"
        assert await found(client, {"Joined": "//"}) == ["401"]


@pytest.mark.parametrize(("switch", "expected"), [("ignore", "0"), ("refuse", "960")])
async def test_url_parameters_of_a_find_are_ignored_or_refused(switch: str, expected: str) -> None:
    async with club(switches=Switches(post_url_parameters=switch)) as client:
        response = await client.send(
            "POST", "layouts/Members/_find?_limit.Notes=1", json={"query": [{"Name": "Ada"}]}
        )
        assert code(response) == expected
