"""The cases of fmdata's live suite (github.com/Fenix22/python-fmdata, tests/integration, MIT), restated.

Neither its wheel nor its sdist has that folder. Left out is what the client alone decides: which types its fields accept.
"""

from __future__ import annotations

import importlib
import io
import os
from typing import Any

from steps import finish, step

fmdata: Any = importlib.import_module("fmdata")
requests: Any = importlib.import_module("requests")
fm: Any = fmdata.Client(
    url=os.environ["FM_URL"],
    database="People",
    login_provider=fmdata.UsernamePasswordLogin(
        username=os.environ["FM_ACCOUNT"], password=os.environ["FM_PASSWORD"]
    ),
    version=22,
)
TAG = "ctag-123456"
SORTED = "portal_person_addresses_sorted_by_city"


def good(result: Any) -> Any:
    assert not result.errors, result.errors
    return getattr(result, "response", None)


def create(**fields: Any) -> str:
    return str(good(fm.create_record("person", fields)).record_id)


def find(query: list[dict[str, str]], **options: Any) -> list[Any]:
    result = fm.find("person", query, limit=options.pop("limit", 1000), **options)
    codes = [int(message.code) for message in result.messages]
    return [] if codes == [401] else list(good(result).data)


def count(**criteria: str) -> int:
    return len(find([{"FullName": f"==*{TAG}*", **criteria}]))


def clear() -> None:
    for data in find([{"FullName": f"==*{TAG}*"}]):
        good(fm.delete_record("person", data.record_id))


def portal(record: str, name: str = "person_addresses", **page: int) -> list[Any]:
    data = good(fm.get_record("person", record, portals={name: {"offset": 1, "limit": 1000, **page}})).data
    return list(data[0].portal_data[name])


def address(record: str, **fields: Any) -> Any:
    rows = {"person_addresses": [{f"person_addresses::{name}": value for name, value in fields.items()}]}
    return good(fm.edit_record("person", record, {}, portal_data=rows))


@step("product, databases")
def _() -> None:
    good(fm.get_product_info())
    databases = fm.get_databases(username=os.environ["FM_ACCOUNT"], password=os.environ["FM_PASSWORD"])
    assert all(each.name for each in good(databases).databases)


@step("every layout has metadata with every key")
def _() -> None:
    names = ("name", "type", "display_type", "result", "global_", "auto_enter", "max_repeat", "not_empty")
    for each in good(fm.get_layouts()).layouts:
        metadata = good(fm.get_layout(layout=each.name))
        portals = metadata.portal_meta_data.values()
        fields = [*metadata.field_meta_data, *(field for each in portals for field in each)]
        assert fields
        assert all(getattr(field, name) is not None for field in fields for name in names)


@step("scripts say whether they are folders")
def _() -> None:
    assert all(each.is_folder is False for each in good(fm.get_scripts()).scripts)


@step("script")
def _() -> None:
    response = good(fm.perform_script("person", "ReturnInput", param="ItsASuperInput"))
    assert (response.script_result, response.script_error) == ("OKItsASuperInput", "0")


@step("records with portal rows are created, edited in one go and deleted")
def _() -> None:
    record = create(
        FullName=f"Test Person {TAG}-000", BirthDate="01/10/1990", WakesUpAt="06:30:00", Score=3.14
    )
    for number in range(5):
        made = address(record, City="Springfield", Zip=f"100:{number}", Code=20 + number)
        assert {info.table_name for info in made.new_portal_record_info} == {"person_addresses"}
    rows = portal(record)
    assert [row["person_addresses::Zip"] for row in rows] == [f"100:{number}" for number in range(5)]
    edits = [{"recordId": row["recordId"], "person_addresses::City": "Springfield!"} for row in rows[2:]]
    good(
        fm.edit_record("person", record, {"Score": 1, "IsActive": 0}, portal_data={"person_addresses": edits})
    )
    assert [row["person_addresses::City"][-1] for row in portal(record)] == ["d", "d", "!", "!", "!"]
    gone = [f"person_addresses.{row['recordId']}" for row in rows[:2]]
    good(fm.edit_record("person", record, {"deleteRelated": gone}))
    assert len(portal(record)) == 3
    clear()


@step("omit, sort, portal pages in a find")
def _() -> None:
    for number in range(4):
        address(create(FullName=f"Test Person {TAG}-{number:03d}"), City="x")
    create(FullName=f"Spurious Person {TAG}")
    found = find([{"FullName": f"==*Test Person {TAG}*"}, {"FullName": "==*-000*", "omit": "true"}])
    assert len(found) == 3
    sort = [{"fieldName": "FullName", "sortOrder": "descend"}]
    portals = {"person_addresses": {"offset": 1, "limit": 5}}
    found = find([{"FullName": f"==*Test Person {TAG}*"}], sort=sort, portals=portals)
    assert [data.field_data["FullName"][-3:] for data in found] == ["003", "002", "001", "000"]
    assert all(len(data.portal_data["person_addresses"]) == 1 for data in found)
    clear()


@step("pages of a find end with an empty one")
def _() -> None:
    for number in range(5):
        create(FullName=f"Test chunking Person {TAG}-{number:03d}")
    query = [{"FullName": f"==Test chunking Person {TAG}*"}]
    for size in (1, 2):
        pages = [len(find(query, limit=size, offset=1 + size * page)) for page in range(6)]
        assert pages == ([1, 1, 1, 1, 1, 0] if size == 1 else [2, 2, 1, 0, 0, 0])
    clear()


@step("pages of a portal end with an empty one, and a sorted portal shifts")
def _() -> None:
    record = create(FullName=f"Test portals {TAG}")
    for number in range(5):
        address(record, City=f"City {number:03d}", Code=number)
    assert [len(portal(record, offset=1 + page, limit=1)) for page in range(6)] == [1, 1, 1, 1, 1, 0]
    address(record, City="City 000")
    second = portal(record, SORTED, offset=3, limit=2)
    assert [row["person_addresses::City"] for row in second] == ["City 001", "City 002"]
    clear()


@step("containers up and down, also those of a related record through its own layout")
def _() -> None:
    record = create(FullName=f"Test Container {TAG}")
    file = io.BytesIO(b"first file")
    file.name = "file.txt"
    good(fm.upload_container("person", record, "IDCardFile", file))
    url = good(fm.get_record("person", record)).data[0].field_data["IDCardFile"]
    assert requests.get(url, timeout=30).content == b"first file"
    address(record, City="Test City")
    row = portal(record)[0]
    edited = good(fm.edit_record("person_address", row["recordId"], {"City": "Test City!"}))
    assert edited.mod_id == str(int(row["modId"]) + 1)
    file = io.BytesIO(b"second file")
    file.name = "file.txt"
    good(fm.upload_container("person_address", row["recordId"], "Picture", file))
    row = portal(record)[0]
    assert row["person_addresses::City"] == "Test City!"
    assert requests.get(row["person_addresses::Picture"], timeout=30).content == b"second file"
    clear()


@step("a range sorted by two fields")
def _() -> None:
    made = [create(FullName=f"Test {TAG}", Height=number) for number in range(3)]
    sort = [{"fieldName": name, "sortOrder": "descend"} for name in ("CreationTimestamp", "Height")]
    data = good(fm.get_records("person", limit=50, sort=sort)).data
    assert [each.record_id for each in data if each.record_id in made] == made[::-1]
    clear()


CRITERIA = [
    ("FullName", f"=={TAG} Test05 Person{TAG}, 05 {TAG}", 1),
    ("FullName", f"=={TAG}*t05*", 1),
    ("FullName", f"=={TAG} Test03*", 1),
    ("FullName", f"==*07 {TAG}", 1),
    ("FullName", f"==*Person{TAG}, 0*", 10),
    *[("Height", text, found) for text, found in (
        ("==5", 1), ("==5*", 1), ("==*0", 2), (">5", 5), (">=5", 6), ("<5", 5), ("<=5", 6), ("1...3", 3),
    )],
    *[(name, text, found) for name in ("Score", "AvgTime") for text, found in (
        ("==5", 0), ("==5.5", 1), ("==5*", 1), ("==*5", 11), ("==*5*", 11), (">5", 6), (">5.5", 5),
        (">=5.5", 6), ("<5", 5), ("<5.5", 5), ("<=5.5", 6), ("1...3", 2),
    )],
    *[("BirthDate", text, found) for text, found in (
        ("==01/01/2023", 1), (">01/01/2023", 10), (">=01/01/2023", 11), ("<02/01/2023", 11),
        ("<01/05/2023", 4), ("<=01/05/2023", 5), ("01/01/2023...01/05/2023", 5),
    )],
    *[("WakesUpAt", text, found) for text, found in (
        ("==00:00:00", 1), (">00:00:00", 10), (">=00:00:00", 11), ("<23:59:59", 11), ("<04:00:00", 4),
        ("<=04:00:00", 5), ("00:01:00...07:01:59", 7),
    )],
    *[("JoinTime", text, found) for text, found in (
        ("==01/01/2023 05:00:00", 1), (">01/01/2023 04:00:00", 6), (">=01/01/2023 04:00:00", 7),
        ("<01/03/2023 00:00:00", 11), ("<01/01/2023 05:00:00", 5), ("<=01/01/2023 05:00:00", 6),
        ("01/01/2023 05:00:00...01/01/2023 11:00:00", 6),
    )],
]  # fmt: skip


@step("criteria by type: records")
def _() -> None:
    for number in range(11):
        create(
            FullName=f"{TAG} Test{number:02d} Person{TAG}, {number:02d} {TAG}",
            Score=number + 0.5,
            AvgTime=f"{number}.5",
            Height=number,
            BirthDate=f"01/{number + 1:02d}/2023",
            WakesUpAt=f"{number:02d}:00:00",
            JoinTime=f"01/01/2023 {number:02d}:00:00",
            IsActive=int(number % 2 == 0),
        )


for field, criterion, expected in CRITERIA:

    @step(f"criteria by type: {field} {criterion}")
    def _(field: str = field, criterion: str = criterion, expected: int = expected) -> None:
        own = {} if field == "FullName" else {"FullName": f"==*{TAG}*"}
        assert len(find([{**own, field: criterion}])) == expected


@step("criteria by type: two fields at once")
def _() -> None:
    assert count(Height="<4", IsActive="==1") == 2
    clear()


@step("a response layout with fewer fields")
def _() -> None:
    create(FullName=f"Test Person {TAG}", Height=4, Score=1)
    [data] = find([{"FullName": f"==*{TAG}*"}], response_layout="base_person")
    assert set(data.field_data) == {"PrimaryKey", "FullName", "Height"}
    clear()


@step("scripts after, before the sort and before the request, with the last error of a loop")
def _() -> None:
    for number in range(5):
        create(FullName=f"Test Person {TAG}, {number}", Height=number, Score=number)
    query = [{"FullName": f"==*{TAG}*"}]
    for place, added in (("after", 10000), ("presort", 20000)):
        scripts = {place: {"name": "AddToScore", "param": str(added)}}
        response = good(fm.find("person", query, limit=1000, scripts=scripts))
        shown = response.raw_content
        suffix = "" if place == "after" else ".presort"
        assert shown[f"scriptResult{suffix}"] == f"OK{added}"
        assert shown[f"scriptError{suffix}"] == "101"
        floor = 10000 if place == "after" else 30000
        assert all(floor <= data.field_data["Score"] < floor + 1000 for data in response.data)
    scripts = {"prerequest": {"name": "ReturnInput", "param": "AnotherInput!!"}}
    shown = good(fm.get_records("person", limit=1, scripts=scripts)).raw_content
    assert (shown["scriptResult.prerequest"], shown["scriptError.prerequest"]) == ("OKAnotherInput!!", "0")
    clear()


fm.logout()
finish()
