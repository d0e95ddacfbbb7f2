"""Names are what they are: blanks, accents, capitals, slashes, and words of the Data API."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import httpx
import pytest

from filemaker_mcp.server.emulator.clock import SystemClock
from filemaker_mcp.server.emulator.faults.effects import Page
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match

from ..assistant import said
from ..changes.workshop_host import applied, planned
from .office import ALLOWED, CLOSED, hosted, ruled
from .sales_host import in_sales, rows_of, sales, sent, stored

pytestmark = pytest.mark.anyio

BLANK = "Secret "
MINE: dict[str, Any] = {
    "where": {"Customer": "C-0017"},
    "key": "ID",
    "writable": ["omit", "deleteRelated", "Phone"],
}
DECOMPOSED = unicodedata.normalize("NFD", "Größe")


@pytest.mark.parametrize(
    ("rules", "hidden"),
    [
        ({"hidden_fields": [BLANK]}, ["hush one"]),
        ({"hidden_fields": {"Contacts": ["Secret"]}}, ["told one"]),
        ({"fields": {"Contacts": ["ID", "Secret"]}}, ["hush one"]),
        ({"fields": {"Contacts": ["ID", "Secret "]}}, ["told one"]),
        ({"hidden_fields": [DECOMPOSED]}, ['"M"']),
        ({"hidden_fields": ["GRÖSSE"]}, ['"M"']),
    ],
    ids=str,
)
async def test_a_field_is_hidden_by_its_own_name_and_no_other(
    rules: dict[str, Any], hidden: list[str]
) -> None:
    async with in_sales(**rules) as assistant:
        answer = said(await assistant.call("get_record", layout="Contacts", id="1"))
        secrets = ("hush one", "told one", '"M"')
        expected = [each for each in secrets if each not in hidden]
        if "fields" not in rules:
            assert [each for each in secrets if each in answer] == expected
        assert not [each for each in hidden if each in answer]


async def test_a_blank_counts_in_every_list_of_names() -> None:
    emulator = sales()
    async with in_sales(emulator, read_only_fields=[BLANK], layouts=["Contacts", "Staff "]) as assistant:
        refused = await assistant.refused("edit_records", layout="Contacts", ids=["1"], values={BLANK: "x"})
        assert "read-only" in refused
        await planned(assistant, "edit_records", layout="Contacts", ids=["1"], values={"Secret": "x"})
        assert "close the layout 'Staff'" in await assistant.refused("find_records", layout="Staff")


async def test_a_criterion_on_a_field_called_omit_turns_no_request_round() -> None:
    """It would leave out what it names: under a scope exactly the forbidden records came back."""
    async with in_sales(scope={"Contacts": MINE}) as assistant:
        for criterion, expected in (
            ({"omit": "true"}, [["K-1"]]),
            ({"OMIT": {"contains": "ru"}}, [["K-1"]]),
            ({"omit": None}, []),
            ({"omit": {"not": "true"}}, []),
            ({"omit": {"any_of": ["true", "false"]}}, [["K-1"]]),
        ):
            found = await assistant.ask("find_records", layout="Contacts", where=criterion, fields=["ID"])
            assert rows_of(found) == expected, criterion
            assert "is a word of the Data API" in found["understood"] or criterion == {"omit": None}
            counted = await assistant.ask(
                "summarize_records", layout="Contacts", where=criterion, measures=["count"]
            )
            assert counted["found"] == len(expected)
        for raw in ({"raw": "true"}, {"words": "true"}, {"duplicate": True}):
            refused = await assistant.refused("find_records", layout="Contacts", where={"omit": raw})
            assert "word of the Data API" in refused


async def test_a_field_called_omit_is_read_sorted_grouped_and_written_like_any_other() -> None:
    emulator = sales()
    async with in_sales(emulator) as assistant:
        found = await assistant.ask("find_records", layout="Contacts", fields=["omit"], sort=["-omit"])
        assert rows_of(found) == [["true"], ["false"], [None]]
        grouped = await assistant.ask("summarize_records", layout="Contacts", group_by=["omit"])
        assert len(grouped["rows"]) == 3
        plan = await planned(assistant, "edit_records", layout="Contacts", ids=["1"], values={"omit": "no"})
        assert (await applied(assistant, plan))["state"] == "done"
        assert stored(emulator, "Contacts", 1, "omit") == "no"


@pytest.mark.parametrize("name", ["deleteRelated", "deleterelated", "DELETERELATED"])
async def test_writing_a_field_called_delete_related_is_refused_when_it_is_planned(name: str) -> None:
    emulator = sales()
    async with in_sales(emulator, access="edit") as assistant:
        before = emulator.digest()
        for tool, arguments in (
            ("edit_records", {"ids": ["1"], "values": {name: "Customers.1"}}),
            ("edit_records", {"records": {"1": {name: "Customers.1"}}}),
            ("create_records", {"records": [{name: "Customers.1"}]}),
        ):
            refused = await assistant.refused(tool, layout="Contacts", **arguments)
            assert "is a word of the Data API" in refused
        assert emulator.digest() == before
        assert (await assistant.ask("get_record", layout="Contacts", id="1"))["fields"][
            "deleteRelated"
        ] == "x"


MADE_OF_WHAT_IS_THERE: tuple[dict[str, Any], ...] = (
    {"append": "x"},
    {"replace": "x", "with": "Customers.1"},
    {"replace": ".", "with": "Customers.1", "regex": True},
    {"add_value": "Customers.1"},
    {"remove_value": "x"},
    {"field": "Name"},
    {"clear": True},
)


async def test_no_way_of_writing_makes_a_word_of_a_name_nor_reaches_what_is_hidden() -> None:
    """Values that are made of what a field holds: a field called by a word of a write, one by a word of a find, and one of which the
    assistant sees pseudonyms alone."""
    emulator = sales()
    rules: dict[str, Any] = {"hidden_fields": {"Contacts": ["Phone"]}, "count_hidden_fields": True}
    async with in_sales(emulator, access="edit", **rules) as assistant:
        before = emulator.digest()
        asked: dict[str, Any] = {"layout": "Contacts", "ids": ["1"]}
        for value in MADE_OF_WHAT_IS_THERE:
            refused = await assistant.refused("edit_records", **asked, values={"deleteRelated": value})
            assert "is a word of the Data API" in refused, value
            refused = await assistant.refused("edit_records", **asked, values={"Phone": value})
            assert "hide the field" in refused, value
            assert "111" not in refused
            assert emulator.digest() == before
        refused = await assistant.refused("edit_records", **asked, values={"Name": {"field": "Phone"}})
        assert "owner hides what it holds" in refused
        steps = ({"append": "s"}, {"replace": "true", "with": "maybe"}, {"add_value": "no"})
        for value, stored_then in zip(steps, ("trues", "maybes", "maybes\nno"), strict=True):
            plan = await planned(assistant, "edit_records", **asked, values={"omit": value})
            assert (await applied(assistant, plan))["state"] == "done"
            assert stored(emulator, "Contacts", 1, "omit").replace("\r", "\n") == stored_then


@pytest.mark.parametrize("spelled", [DECOMPOSED, "GRÖSSE", "größe", unicodedata.normalize("NFD", "größe")])
async def test_a_name_composed_or_not_and_in_any_case_is_read_and_written_alike(spelled: str) -> None:
    emulator = sales()
    async with in_sales(emulator) as assistant:
        found = await assistant.ask("find_records", layout="contacts", fields=[spelled], where={spelled: "M"})
        assert rows_of(found) == [["M"]]
        plan = await planned(assistant, "edit_records", layout="CONTACTS", ids=["1"], values={spelled: "XL"})
        assert (await applied(assistant, plan))["state"] == "done"
        assert stored(emulator, "Contacts", 1, "Größe") == "XL"


async def test_portals_are_named_alike_for_reading_and_writing() -> None:
    async with in_sales() as assistant:
        found = await assistant.ask("find_records", layout="Customers", portals=["contacts"], limit=1)
        assert "Contacts" in found["portals"]
        values = {"contacts": {"add": [{"name": "New"}]}}
        plan = await planned(assistant, "edit_records", layout="Customers", ids=["1"], values=values)
        assert plan["changes"][0]["rows"][0]["fields"] == {"Contacts::Name": "New"}


async def test_one_field_named_twice_is_refused() -> None:
    async with in_sales() as assistant:
        refused = await assistant.refused(
            "edit_records", layout="Contacts", ids=["1"], values={"Name": "A", "name": "B"}
        )
        assert "named twice" in refused


@pytest.mark.parametrize("name", ["Print / Mail", ".."])
async def test_scripts_and_layouts_whose_names_an_address_cannot_hold_are_told_as_that(name: str) -> None:
    emulator = sales()
    scripts = {name: {"effect": "reads", "layout": "Orders"}}
    async with in_sales(emulator, scripts=scripts) as assistant:
        for tool, arguments in (
            ("run_script", {"script": name}),
            ("find_records", {"layout": name}),
            ("get_record", {"layout": name, "id": "1"}),
        ):
            answer = await assistant.call(tool, **arguments)
            assert "host name" not in said(answer)
            if name == "..":
                assert "that is a step and not a name" in said(answer)
        assert not [path for path in sent(emulator) if "/../" in path or path.endswith("/..")]


async def test_a_slash_that_the_web_server_stops_is_told_as_that() -> None:
    emulator = sales()
    scripts = {"Print / Mail": {"effect": "reads", "layout": "Orders"}}
    faults = FaultLayer(emulator.app, SystemClock())
    faults.arm(Match(path="*Mail*", times=None), Page(status=404))
    async with in_sales(emulator, transport=httpx.ASGITransport(app=faults), scripts=scripts) as assistant:
        for tool, arguments in (
            ("run_script", {"script": "Print / Mail"}),
            ("find_records", {"layout": "Print / Mail"}),
        ):
            answer = said(await assistant.call(tool, **arguments))
            assert "does not let 'Print / Mail' through: that name has a slash in it" in answer


async def test_a_refusal_never_suggests_what_is_closed() -> None:
    hidden = ["Secret", BLANK]
    async with in_sales(access_by_layout={"Staff": "none"}, hidden_fields=hidden) as assistant:
        for tool, arguments in (
            ("find_records", {"layout": "Staff"}),
            ("find_records", {"layout": "Staf"}),
            ("describe_layout", {"layouts": ["Staaff"]}),
            ("edit_records", {"layout": "Contacts", "ids": ["1"], "values": {"Secrets": "x"}}),
            ("find_records", {"layout": "Contacts", "fields": ["Secrets"]}),
            ("summarize_records", {"layout": "Contacts", "group_by": ["Sekret"]}),
        ):
            refused = await assistant.refused(tool, **arguments)
            assert "Did you mean 'Staff'" not in refused, refused
            assert "Did you mean 'Secret" not in refused, refused


@pytest.mark.parametrize("name", ['Said "hi"', "back\\slash", "tab\tbed"])
async def test_fields_with_quotes_backslashes_and_tabs_are_grouped_counted_and_exported(name: str) -> None:
    async with in_sales() as assistant:
        grouped = await assistant.ask("summarize_records", layout="Staff", group_by=[name])
        assert len(grouped["rows"]) == (1 if "hi" in name else 2)
        counted = await assistant.ask("summarize_records", layout="Staff", measures=[{"distinct": name}])
        assert list(counted["figures"].values()) == [len(grouped["rows"])]
        exported = await assistant.ask(
            "export_records", layout="Staff", file="staff.csv", fields=[name, "Name"]
        )
        assert 2 in exported.values(), exported
        found = await assistant.ask("find_records", layout="Staff", where={name: "a"}, fields=[name])
        assert found["found"] == (2 if "hi" in name else 0)


async def test_scripts_databases_and_files_are_named_alike(tmp_path: Path) -> None:
    (tmp_path / f"{DECOMPOSED}.csv").write_text("Number,Remark\nO-1,from a file\n", encoding="utf-8")
    async with in_sales(files_folder=str(tmp_path)) as assistant:
        assert (await assistant.ask("run_script", script="COUNT", layout="orders"))["state"] == "done"
        plan = await planned(assistant, "edit_records", layout="Orders", file="Größe.csv", key="Number")
        assert plan["changes"][0]["fields"] == {"Remark": ["mine", "from a file"]}
    async with ruled(hosted(tmp_path / "two"), tmp_path, ALLOWED) as assistant:
        found = await assistant.ask("find_records", database=CLOSED.upper(), layout="Jobs")
        assert found["found"] == 3
