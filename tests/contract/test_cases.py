"""The 33 cases that client authors assert against live hosts (reference section 15); the number is the case's."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from .hosts import Contract, code

pytestmark = pytest.mark.anyio


async def test_01_product_information_without_login(contract: Contract) -> None:
    response = await contract.http.get("/fmi/data/vLatest/productInfo")
    assert response.json()["response"]["productInfo"]["name"]


async def test_02_scripts_and_layouts_with_folders(contract: Contract) -> None:
    for path, inner in (("layouts", "folderLayoutNames"), ("scripts", "folderScriptNames")):
        items = (await contract.ask("GET", path))[path]
        folder = next(each for each in items if each["name"] == "Contract")
        assert folder["isFolder"] is True
        assert any(each.get("isFolder") and each[inner] for each in folder[inner])


async def test_03_metadata(contract: Contract) -> None:
    answer = await contract.ask("GET", "layouts/Items")
    fields = {each["name"]: each for each in answer["fieldMetaData"]}
    results = [fields[each]["result"] for each in ("Marker", "Number", "Day", "Stamp", "Clock", "File")]
    assert results == ["text", "number", "date", "timeStamp", "time", "container"]
    assert [name for name, each in fields.items() if each["notEmpty"]] == ["Needed"]
    assert next(each["name"] for each in answer["portalMetaData"]["Rows"]) == "Rows::Text"


async def test_04_create_find_and_edit(contract: Contract) -> None:
    record = await contract.create({"Number": 7, "Label": "kept"})
    assert await contract.numbers({}) == [7]
    assert code(await contract.edit(record, {"Number": 42})) == "0"
    fields = await contract.fields(record)
    assert (fields["Number"], fields["Label"]) == (42, "kept")


async def test_05_a_layout_with_a_hash_in_its_name(contract: Contract) -> None:
    layout = quote("Items #1")
    record = await contract.create({"Number": 1}, layout)
    assert await contract.numbers({}, layout=layout) == [1]
    await contract.ask("DELETE", f"layouts/{layout}/records/{record}")
    assert await contract.numbers({}, layout=layout) == []


async def test_06_date_and_timestamp_round_trip(contract: Contract) -> None:
    record = await contract.create({"Day": "02/22/2022", "Stamp": "02/22/2022 21:15:55"})
    fields = await contract.fields(record)
    assert (fields["Day"], fields["Stamp"]) == ("02/22/2022", "02/22/2022 21:15:55")


async def test_07_create_without_a_required_field(contract: Contract) -> None:
    body = {"fieldData": {"Marker": contract.marker, "Needed": ""}}
    assert code(await contract.send("POST", "layouts/Items/records", json=body)) == "509"


async def test_08_find_with_no_match(contract: Contract) -> None:
    body = {"query": [{"Marker": f"=={contract.marker}"}]}
    response = await contract.send("POST", "layouts/Items/_find", json=body)
    assert (response.status_code, code(response)) == (500, "401")


async def test_09_upload_and_download(contract: Contract) -> None:
    record, content = await contract.create({}), bytes(range(256))
    files = {"upload": ("bytes.bin", content)}
    await contract.ask("POST", f"layouts/Items/records/{record}/containers/File/1", files=files)
    url = (await contract.fields(record))["File"]
    assert (await contract.http.get(url, follow_redirects=True)).content == content


async def test_10_portal_rows_created_edited_and_deleted(contract: Contract) -> None:
    record = await contract.create({}, portalData={"Rows": [{"Rows::Text": "a"}, {"Rows::Text": "b"}]})
    first, second = (await contract.record(record))["portalData"]["Rows"]
    edited = {"recordId": first["recordId"], "Rows::Text": "edited"}
    assert code(await contract.edit(record, {}, portalData={"Rows": [edited]})) == "0"
    assert code(await contract.edit(record, {"deleteRelated": f"Rows.{second['recordId']}"})) == "0"
    rows = (await contract.record(record))["portalData"]["Rows"]
    assert [each["Rows::Text"] for each in rows] == ["edited"]


async def test_11_mod_id_guards_an_edit(contract: Contract) -> None:
    record = await contract.create({"Number": 1})
    before = (await contract.record(record))["modId"]
    answer = await contract.edit(record, {"Number": 2}, modId=before)
    assert answer.json()["response"]["modId"] == str(int(before) + 1)
    assert code(await contract.edit(record, {"Number": 3}, modId=before)) == "306"
    assert (await contract.fields(record))["Number"] == 2


async def test_12_an_after_script_echoes(contract: Contract) -> None:
    record = await contract.create({})
    answer = (await contract.edit(record, {}, script="Echo", **{"script.param": "ä & b"})).json()["response"]
    assert (answer["scriptResult"], answer["scriptError"]) == ("ä & b", "0")


async def test_13_a_missing_script_in_an_edit(contract: Contract) -> None:
    record = await contract.create({})
    assert code(await contract.edit(record, {}, script="There is no such script")) == "104"


async def test_14_a_script_that_ends_in_error(contract: Contract) -> None:
    record = await contract.create({})
    response = await contract.edit(record, {}, script="Fail")
    assert code(response) == "0"
    assert response.json()["response"]["scriptError"] != "0"


async def test_15_sorting_and_paging(contract: Contract) -> None:
    for number in (2, 4, 1, 3):
        await contract.create({"Number": number})
    descending = [{"fieldName": "Number", "sortOrder": "descend"}]
    ascending = [{"fieldName": "Number", "sortOrder": "ascend"}]
    assert await contract.numbers({}, sort=descending) == [4, 3, 2, 1]
    page = await contract.find({}, sort=ascending, limit=2)
    assert [row["fieldData"]["Number"] for row in page["data"]] == [1, 2]
    assert (page["dataInfo"]["foundCount"], page["dataInfo"]["returnedCount"]) == (4, 2)
    assert await contract.numbers({}, sort=ascending, offset=3, limit=2) == [3, 4]


async def test_16_omit_and_several_requests(contract: Contract) -> None:
    for number in (1, 2, 3, 4):
        await contract.create({"Number": number})
    ascending = [{"fieldName": "Number"}]
    omit = {"Marker": f"=={contract.marker}", "Number": "1", "omit": "true"}
    answer = await contract.find({}, omit, sort=ascending)
    assert [row["fieldData"]["Number"] for row in answer["data"]] == [2, 3, 4]
    assert answer["dataInfo"]["foundCount"] == 3
    assert await contract.numbers({"Number": "1"}, {"Number": "4"}, sort=ascending) == [1, 4]


async def test_17_a_token_logged_out_elsewhere(contract: Contract) -> None:
    await contract.ask("DELETE", f"sessions/{contract.token}")
    response = await contract.send("POST", "layouts/Items/_find", json={"query": [{"Number": "1"}]})
    assert (response.status_code, code(response)) == (401, "952")


async def test_18_times_and_durations(contract: Contract) -> None:
    record = await contract.create({"Clock": "15:04:05"})
    assert (await contract.fields(record))["Clock"] == "15:04:05"
    await contract.edit(record, {"Clock": "37:30:00"})
    assert (await contract.fields(record))["Clock"] == "37:30:00"


async def test_19_iso_dates_with_dateformats_2(contract: Contract) -> None:
    record = await contract.create({"Day": "2024-12-25", "Stamp": "2024-12-25 08:30:00"}, dateformats=2)
    fields = await contract.fields(record)
    assert (fields["Day"], fields["Stamp"]) == ("12/25/2024", "12/25/2024 08:30:00")


async def test_20_repeating_fields(contract: Contract) -> None:
    rows = [{"Rows::Text": "a", "Rows::Line(1)": "one", "Rows::Line(2)": "two"}]
    record = await contract.create({"Phone(1)": "1", "Phone(3)": "3"}, portalData={"Rows": rows})
    read = await contract.record(record)
    assert [read["fieldData"][f"Phone({each})"] for each in (1, 2, 3)] == ["1", "", "3"]
    assert [read["portalData"]["Rows"][0][f"Rows::Line({each})"] for each in (1, 2)] == ["one", "two"]


async def test_21_a_row_with_a_field_of_a_further_occurrence(contract: Contract) -> None:
    record = await contract.create({})
    rows = [{"Rows::Text": "a", "Extras::Note": "beyond"}]
    answer = (await contract.edit(record, {}, portalData={"Rows": rows})).json()["response"]
    assert [each["tableName"] for each in answer["newPortalRecordInfo"]] == ["Rows", "Extras"]
    assert (await contract.record(record))["portalData"]["Rows"][0]["Extras::Note"] == "beyond"


async def rows_of(contract: Contract, record: str, **page: Any) -> list[str]:
    parameters = {f"_{name}.Rows": str(value) for name, value in page.items()}
    read = await contract.record(record, **parameters)
    return [each["Rows::Text"] for each in read["portalData"]["Rows"]]


async def five_rows(contract: Contract) -> str:
    return await contract.create({}, portalData={"Rows": [{"Rows::Text": str(each)} for each in range(1, 6)]})


async def test_22_portal_offset_and_limit(contract: Contract) -> None:
    record = await five_rows(contract)
    assert await rows_of(contract, record, limit=2) == ["1", "2"]
    assert await rows_of(contract, record, offset=4) == ["4", "5"]
    assert await rows_of(contract, record, limit=1, offset=3) == ["3"]


async def test_23_portal_pages_run_out_without_an_error(contract: Contract) -> None:
    record = await five_rows(contract)
    pages = [await rows_of(contract, record, limit=1, offset=each) for each in range(1, 7)]
    assert pages == [["1"], ["2"], ["3"], ["4"], ["5"], []]


@pytest.mark.parametrize(
    ("numbers", "criterion", "count"),
    [
        ("halves", "==5", 0),
        ("halves", "==5.5", 1),
        ("halves", "==5*", 1),
        ("halves", "==*5", 11),
        ("halves", "==*5*", 11),
        ("whole", "==*0", 2),
        ("whole", "1...3", 3),
        ("whole", ">=5", 6),
        ("whole", "<5", 5),
        ("halves", ">5", 6),
        ("halves", ">=5.5", 6),
    ],
)
async def test_24_wildcards_and_ranges_on_numbers(
    contract: Contract, numbers: str, criterion: str, count: int
) -> None:
    for number in range(11):
        await contract.create({"Number": number + 0.5 if numbers == "halves" else number})
    assert len(await contract.numbers({"Number": criterion})) == count


@pytest.mark.parametrize(
    ("field", "criterion", "count"),
    [
        ("Label", "==X Test0*", 10),
        ("Label", "==*t05*", 1),
        ("Label", "==X*t05*", 1),
        ("Label", "==*ON", 11),
        ("Clock", "00:01:00...07:01:59", 7),
        ("Stamp", "01/01/2023 05:00:00...01/01/2023 11:00:00", 6),
        ("Day", "01/02/2023...01/04/2023", 3),
        ("Day", "01/2023", 11),
    ],
)
async def test_24_wildcards_and_ranges_on_texts_and_times(
    contract: Contract, field: str, criterion: str, count: int
) -> None:
    for number in range(11):
        values = {"Label": f"X Test{number:02d}, a-b on", "Clock": f"{number:02d}:00:00"}
        values |= {"Stamp": f"01/01/2023 {number:02d}:00:00", "Day": f"01/{number + 1:02d}/2023"}
        await contract.create(values)
    assert len(await contract.numbers({field: criterion})) == count


async def test_25_another_layout_for_the_response(contract: Contract) -> None:
    record = await contract.create({"Number": 5})
    fields = await contract.fields(record, **{"layout.response": "Items Brief"})
    assert fields == {"Marker": contract.marker, "Number": 5}


@pytest.mark.parametrize("key", ["script", "script.presort"])
async def test_26_a_script_that_changes_a_field(contract: Contract, key: str) -> None:
    await contract.create({"Label": "before"})
    answer = await contract.find({}, **{key: "Set Label", f"{key}.param": "after"})
    assert [row["fieldData"]["Label"] for row in answer["data"]] == ["after"]


async def test_27_an_unknown_record_id(contract: Contract) -> None:
    assert code(await contract.send("GET", "layouts/Items/records/999999999")) == "101"


async def test_28_duplicate(contract: Contract) -> None:
    record = await contract.create({"Number": 9, "Label": "same"})
    answer = await contract.ask("POST", f"layouts/Items/records/{record}", json={})
    fields = await contract.fields(answer["recordId"])
    assert answer["recordId"] != record
    assert (fields["Number"], fields["Label"], fields["Marker"]) == (9, "same", contract.marker)


async def test_29_fifty_portal_rows_without_a_limit(contract: Contract) -> None:
    rows = [{"Rows::Text": str(each)} for each in range(52)]
    record = await contract.create({}, portalData={"Rows": rows})
    assert len(await rows_of(contract, record)) == 50


async def test_30_a_portal_name_with_dots_and_signs(contract: Contract) -> None:
    record = await five_rows(contract)
    read = await contract.record(record, quote("Items #1"), **{"_limit.rows.of #_1": "2"})
    assert len(read["portalData"]["rows.of #_1"]) == 2


async def test_31_a_find_that_only_omits(contract: Contract) -> None:
    await contract.create({})
    body = {"query": [{"Marker": "==there is no such marker", "omit": "true"}], "limit": 1}
    assert code(await contract.send("POST", "layouts/Items/_find", json=body)) == "0"


async def test_32_sorting_ascends_by_itself(contract: Contract) -> None:
    for number in (3, 1, 2):
        await contract.create({"Number": number})
    assert await contract.numbers({}, sort=[{"fieldName": "Number"}]) == [1, 2, 3]
    everything = await contract.ask(
        "GET",
        "layouts/Items/records",
        params={"_sort": json.dumps([{"fieldName": "Number"}]), "_limit": "1000000"},
    )
    own = [row["fieldData"] for row in everything["data"] if row["fieldData"]["Marker"] == contract.marker]
    assert [each["Number"] for each in own] == [1, 2, 3]


async def test_33_words_and_omitting_phrases(contract: Contract) -> None:
    for name in ("John Doe", "John Smith", "Mary Johnson"):
        await contract.create({"Label": name})

    async def labels(*query: dict[str, str]) -> list[str]:
        return [row["fieldData"]["Label"] for row in (await contract.find(*query))["data"]]

    assert await labels({"Label": "John"}) == ["John Doe", "John Smith", "Mary Johnson"]
    assert await labels({"Label": "John*"}) == ["John Doe", "John Smith", "Mary Johnson"]
    assert await labels({"Label": "=John"}) == ["John Doe", "John Smith"]
    omit = {"Marker": f"=={contract.marker}", "Label": "John Doe", "omit": "true"}
    assert await labels({"Label": "John"}, omit) == ["John Smith", "Mary Johnson"]
