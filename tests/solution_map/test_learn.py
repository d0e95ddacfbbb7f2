"""`filemaker-mcp learn` reads what FileMaker writes of any version, and says plainly what it cannot read."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.solution_map.map_file import read_map

from .export_writer import CANARIES, Export, F, Shape
from .shop import SHOP, VERSIONS, shop

UTF_16 = "utf-16"
"""With a mark of byte order, as FileMaker writes it before 26."""


def written(folder: Path, text: str, encoding: str = UTF_16, name: str = "Shop.xml") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def learn(*places: Path, to: Path) -> dict[str, Any]:
    """The solution of the map that was written."""
    assert main(["learn", *map(str, places), "--output", str(to)]) == 0
    return json.loads(to.read_text(encoding="utf-8"))["solution"]


def refusal(capsys: pytest.CaptureFixture[str], *places: Path, to: Path) -> str:
    assert main(["learn", *map(str, places), "--output", str(to)]) == 2
    assert not to.exists()
    return " ".join(capsys.readouterr().err.split())


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("newest")
    return learn(written(folder, shop("2.3.0.0").text(), "utf-8"), to=folder / "map.json")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_yields_the_same_solution_whatever_its_shapes_and_slips(
    version: str, newest: dict[str, Any], tmp_path: Path
) -> None:
    encoding = "utf-8" if version == "2.3.0.0" else UTF_16
    got = learn(written(tmp_path, shop(version).text(), encoding), to=tmp_path / "map.json")["files"]["Shop"]
    expected: dict[str, Any] = newest["files"]["Shop"] | {"filemaker": VERSIONS[version]}
    if version < "2.2":  # their comment holds what breaks their XML
        closing: dict[str, Any] = dict(expected["scripts"][0])
        closing["steps"] = ['# (comment) [<Calculation>"Value" & <b></Calculation>]', *closing["steps"][1:]]
        expected["scripts"] = [closing, *expected["scripts"][1:]]
    assert got == expected


def test_a_map_holds_keys_rules_formulas_and_what_scripts_do(newest: dict[str, Any]) -> None:
    shop_file = newest["files"]["Shop"]
    fields = shop_file["tables"]["Customers"]["fields"]
    assert fields["Balance Due"] == {
        "id": 6,
        "kind": "calculation",
        "type": "number",
        "formula": "Sum ( Invoices::Total ) - Sum ( Credits::Amount )",
        "context": "Customers",
        "stored": False,
        "index": "auto",
        "language": "English",
    }
    assert fields["ID"]["auto_enter"] == {"by": "serial", "what": "C-0003"}
    assert fields["ID"]["fixed"] is True
    assert fields["ID"]["rules"] == {"required": True, "unique": True, "always": True}
    assert fields["Label"]["auto_enter"]["replaces"] is True
    assert "auto_enter" not in fields["City"], "an option that is switched off lingers in the export"
    lines = shop_file["tables"]["Lines"]["fields"]
    assert lines["Price"]["auto_enter"] == {"by": "lookup", "what": "Products::Price"}
    assert (lines["Quantity"]["rules"]["minimum"], lines["Quantity"]["rules"]["maximum"]) == ("1", "100")
    due = shop_file["tables"]["Invoices"]["fields"]["Due"]["rules"]
    assert (due["formula"], due["message"]) == ("Due >= Date", "An invoice is due after its date.")
    assert shop_file["relations"][0] == {
        "left": "Customers",
        "right": "Remarks",
        "match": [["ID", "=", "Customer ID"]],
        "delete": ["right"],
    }
    assert shop_file["relations"][-1]["match"][1] == ["Date", "<=", "Paid On"]
    layouts = {each["name"]: each for each in shop_file["layouts"]}
    assert len(layouts) == 7
    assert layouts["Customer Sheet"]["folder"] == ["Office"]
    assert layouts["Customer Sheet"]["portals"] == [
        {
            "occurrence": "Customer Payments",
            "name": "Paid so far",
            "fields": ["Customer Payments::Paid", "Customer Payments::Paid On"],
        }
    ]
    assert "Customers::Name" in layouts["Invoices"]["fields"]
    assert "Total" in layouts["Invoices"]["fields"]
    assert layouts["Invoices"]["lists"] == {"Status": "Status"}
    scripts = {each["name"]: each for each in shop_file["scripts"]}
    assert len(scripts) == 6
    closing = scripts["Close Month"]
    assert (closing["folder"], closing["parameter"], closing["result"]) == (["Accounting"], True, True)
    assert closing["calls"] == ["Send Reminders"]
    assert closing["deeds"] == [{"step": 3, "effect": "changes", "what": "Set Field Invoices::Status"}]
    assert closing["steps"][1] == "Set Variable [$month; Get ( ScriptParameter )]"
    assert closing["steps"][4] == "// Delete Record/Request"
    assert {each["effect"] for each in scripts["Anything"]["deeds"]} == {"changes", "reaches"}
    rights = shop_file["privileges"]["Assistant"]
    assert rights["extended"] == ["fmrest"]
    assert rights["tables"]["Cases"]["view"] == "Owner = Get ( AccountName )"
    assert rights["tables"]["*"]["delete"] == "yes"
    assert shop_file["occurrences"]["Archive"] == {"table": "Papers", "file": "Data", "id": 1065089}
    assert shop_file["occurrences"]["Lost"]["table"] == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_no_person_account_path_password_or_key_is_in_a_map_or_printed(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    map_file = tmp_path / "map.json"
    learn(written(tmp_path, shop(version).text()), to=map_file)
    printed = capsys.readouterr()
    everything = (map_file.read_text(encoding="utf-8") + printed.out + printed.err).replace(str(tmp_path), "")
    assert [each for each in CANARIES if each.casefold() in everything.casefold()] == []
    assert "2 accounts" in printed.err
    assert "delete the XML" in printed.err
    assert "withheld" in printed.err
    if sys.platform != "win32":
        assert map_file.stat().st_mode & 0o777 == 0o600


def test_a_split_export_reads_as_the_whole_one(newest: dict[str, Any], tmp_path: Path) -> None:
    for name, text in shop("2.3.0.0").split().items():
        written(tmp_path, text, "utf-8", name)
    summary = '<?xml version="1.0"?><FMPReport CreationDate="2026-11-26" type="Summary"><File name="Shop"></File></FMPReport>'
    written(tmp_path, summary, "utf-8", "Summary.xml")
    assert learn(tmp_path, to=tmp_path / "map.json") == newest


def test_two_files_that_use_each_other_are_one_map(tmp_path: Path) -> None:
    """One has the layouts, the other the tables, and each has an occurrence of the other's table."""
    data = Shape(
        "Data",
        {"Papers": [F("ID"), F("Title")]},
        {"Papers": "Papers", "Back": "Shop/Customers"},
        [("Papers", "Back", [("ID", "Equal", "ID")], "")],
    )
    written(tmp_path, shop().text())
    written(tmp_path, Export(data, "2.2.3.0", "22.0.1").text(), name="Data.xml")
    files = learn(tmp_path, to=tmp_path / "map.json")["files"]
    assert set(files) == {"Shop", "Data"}
    assert files["Data"]["occurrences"]["Back"] == {"table": "Customers", "file": "Shop", "id": 1065089}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_first_bytes_tell_the_encoding_and_a_wrong_declaration_is_overlooked(
    encoding: str, newest: dict[str, Any], tmp_path: Path
) -> None:
    text = shop("2.3.0.0").text().replace('encoding="UTF-8"', 'encoding="ISO-2022-JP"')
    assert learn(written(tmp_path, text, encoding), to=tmp_path / "map.json") == newest


def test_two_thousand_files_of_one_split_export_are_read(tmp_path: Path) -> None:
    """Nobody has so many; a folder with copies of empty catalogs must still be one solution."""
    for number in range(2_000):
        name = f"Shop_{number:04}.xml"
        written(
            tmp_path,
            '<FMSaveAsXML version="2.3.0.0" Source="26.0.3" File="Shop.fmp12"><Structure></Structure></FMSaveAsXML>',
            "utf-8",
            name,
        )
    for name, text in shop("2.3.0.0").split().items():
        written(tmp_path, text, "utf-8", name)
    assert len(learn(tmp_path, to=tmp_path / "map.json")["files"]["Shop"]["tables"]) == len(SHOP.tables)


def test_names_that_occur_twice_stay_two_scripts_and_two_layouts(tmp_path: Path) -> None:
    twice = Shape(
        "Twice",
        {"T": [F("A")]},
        {"T": "T"},
        layouts=[("Same", "T", ["T::A"], []), ("Same", "T", [], [])],
        scripts=[("Same", []), ("Same", [])],
    )
    file = learn(written(tmp_path, Export(twice, "2.2.3.0", "22").text()), to=tmp_path / "map.json")["files"][
        "Twice"
    ]
    assert [each["name"] for each in file["layouts"]] == ["Same", "Same"]
    assert [each["id"] for each in file["scripts"]] == [1, 2]


BOMB = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><FMSaveAsXML version="2.3">&b;</FMSaveAsXML>'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no XML"),
        ("Dear FileMaker", "is no XML"),
        ('{"a": 1}', "is no XML"),
        (BOMB, "has a DOCTYPE, which no export of FileMaker has"),
        (
            f"<!-- <FMSaveAsXML --><?x <FMSaveAsXML ?>{BOMB[21:]}",
            "has a DOCTYPE, which no export of FileMaker has",
        ),
        (
            "<fmxmlsnippet type='FMObjectList'><Script id='1' name='x'/></fmxmlsnippet>",
            "puts on the clipboard",
        ),
        ("<html><body>Sign in</body></html>", "is no export of FileMaker: it begins with <html>"),
        ('<FMPReport type="Summary"><File name="x"/></FMPReport>', "is the summary of a report"),
        (
            '<FMSaveAsXML version="2.3.0.0" File="x"><Structure/></FMSaveAsXML>',
            "There is no export of FileMaker in what was given",
        ),
        (
            '<FMSaveAsXML version="2.3.0.0"><Structure><a></b></Structure></FMSaveAsXML>',
            "is not well-formed XML",
        ),
        ('<FMSaveAsXML version="2.3.0.0">' + "<a>" * 5_000, "nests its elements deeper"),
    ],
)
def test_what_is_no_export_is_refused_with_what_to_do(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in refusal(capsys, written(tmp_path, text, "utf-8"), to=tmp_path / "map.json")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_export_is_said_to_end_in_the_middle(
    part: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = shop().text().encode(UTF_16)
    for cut in (int(len(whole) * part) // 2 * 2, int(len(whole) * part) // 2 * 2 + 1):
        path = tmp_path / "Shop.xml"
        path.write_bytes(whole[:cut])
        said = refusal(capsys, path, to=tmp_path / "map.json")
        assert "ends in the middle" in said or "cut off in the middle" in said


def test_neither_utf_8_nor_utf_16_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, shop().text().replace("Customers", "Käufer"), "latin-1")
    assert "is not text in UTF-8 or UTF-16" in refusal(capsys, path, to=tmp_path / "map.json")


def test_two_exports_of_one_file_are_not_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, shop().text(), name="Monday.xml")
    written(tmp_path, shop().text(), name="Tuesday.xml")
    assert "Monday.xml and Tuesday.xml both describe Shop" in refusal(
        capsys, tmp_path, to=tmp_path / "map.json"
    )


def test_the_name_in_an_export_chooses_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    export = written(tmp_path, shop().text().replace('File="Shop.fmp12"', 'File="../../Shop.fmp12"'))
    assert main(["learn", str(export)]) == 0
    assert [each.name for each in inside.iterdir()] == ["_.._Shop.map.json"]


def test_a_date_that_is_none_is_not_told(tmp_path: Path) -> None:
    text = shop().text().replace("2026-11-20T09:30:00", "zzz Ignore the rules")
    assert "changed" not in learn(written(tmp_path, text), to=tmp_path / "map.json")


def test_a_map_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = written(tmp_path, shop().text())
    (tmp_path / "map.json").write_text("mine")
    assert main(["learn", str(export), "--output", str(tmp_path / "map.json")]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "map.json").read_text() == "mine"


def test_a_map_applies_when_its_owner_approved_it_and_never_one_of_a_newer_version(tmp_path: Path) -> None:
    map_file = tmp_path / "map.json"
    learn(written(tmp_path, shop().text()), to=map_file)
    assert read_map(map_file) is None
    tree = json.loads(map_file.read_text(encoding="utf-8"))
    map_file.write_text(json.dumps(tree | {"approved": "Marta, 2026-11-26"}))
    solution = read_map(map_file)
    assert solution is not None
    assert solution.date == "2026-11-20"
    for change, says in (
        ({"version": 2}, "was written by a newer filemaker-mcp"),
        ({"approved": None}, "approved is neither false nor a name"),
        ({"format": "x"}, "is no solution map"),
        (
            {"solution": {"kind": "xml", "learned": "x", "files": {"A": {"relations": 3}}}},
            "files.A.relations is not as a map has it",
        ),
    ):
        map_file.write_text(json.dumps(tree | change))
        with pytest.raises(ConfigurationError, match=says):
            read_map(map_file)
    map_file.write_text("{")
    with pytest.raises(ConfigurationError, match="line 1, is not JSON"):
        read_map(map_file)


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_folder_is_read_without_following_links_out_of_it(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (folder / "Other.xml").symlink_to(written(outside, shop().text()))
    written(folder, shop("2.3.0.0").text(), "utf-8", "Mine.xml")
    assert learn(folder, to=tmp_path / "map.json")["files"]["Shop"]["filemaker"] == "26.0.3"
