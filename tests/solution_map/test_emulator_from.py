"""`filemaker-mcp emulator --from` serves one's own solution with invented data, and names what it cannot play."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.emulator.calculations.expressions import compile_expression
from filemaker_mcp.server.emulator.solutions.mapped.formula_names import FormulaNames, UnknownFormula
from filemaker_mcp.server.emulator.solutions.mapped.formula_reader import expression
from filemaker_mcp.server.emulator.solutions.solution import read_solutions
from filemaker_mcp.server.emulator.values.arithmetic import Value

from .export_writer import CANARIES, Export, F, Shape
from .mapped_shop import MappedShop, mapped_shop
from .shop import shop


@dataclass
class Record:
    """What a formula sees, for tests."""

    fields: Mapping[str, Value]
    far: Mapping[tuple[str, str], Sequence[Value]]

    def field(self, name: str, repetition: int) -> Value:
        return self.fields.get(name)

    def related(self, occurrence: str, name: str) -> Sequence[Value]:
        return self.far.get((occurrence, name), ())

    def fact(self, name: str) -> Value:
        return {"today": date(2026, 11, 26), "account": "ada"}[name]


NAMES = FormulaNames(
    {"Net", "Net Total", "Due Date", "Status"}, {"Lines": {"Amount"}, "Customer Data": {"Name"}}
)
RECORD = Record(
    {"Net": Decimal(3), "Net Total": Decimal(10), "Due Date": date(2026, 11, 1), "Status": "Open"},
    {("Lines", "Amount"): [Decimal(2), Decimal(5)], ("Customer Data", "Name"): ["Ada"]},
)


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("Net Total - Net * 2", Decimal(4)),
        ("Sum ( Lines::Amount )", Decimal(7)),
        ("Lines::Amount", Decimal(2)),
        ('"Dear " & Customer Data::Name & "!"', "Dear Ada!"),
        ('If ( Due Date < Get ( CurrentDate ) ; "late" ; "" )', "late"),
        ('Case ( Net > 5 ; "a" ; Net > 2 ; "b" ; "c" )', "b"),
        ('Case ( Net > 5 ; "a" )', None),
        ("Let ( [ x = Net Total ; y = x / 2 ] ; x + y ) // both", Decimal(15)),
        ("Let ( x = Net ; x * x )", Decimal(9)),
        ("Left ( Status ; 2 ) & ¶ & Upper ( Right ( Status ; 1 ) )", "Op\rN"),
        ("/* a comment */ Round ( Net Total / Net ; 2 )", Decimal("3.33")),
        ("not IsEmpty ( Status ) and ( Net ≠ 4 or False )", True),
        ("Year ( Date ( 13 ; 1 ; 2025 ) )", Decimal(2026)),
        ('Get ( AccountName ) = "ada"', True),
        ('Substitute ( Status ; "Op" ; "\\"x\\"" )', '"x"en'),
        ("-Net ≥ -3", True),
    ],
)
def test_formulas_of_the_common_functions_are_computed_as_filemaker_does(formula: str, result: Value) -> None:
    assert compile_expression(expression(NAMES, formula)).evaluate(RECORD) == result


@pytest.mark.parametrize(
    "formula",
    [
        'ExecuteSQL ( "SELECT 1" ; "" ; "" )',
        "Net ^ 2",
        'MBS ( "x" )',
        "Elsewhere::Field",
        "Get ( FoundCount )",
        "Net +",
        "GetNthRecord ( Net ; 2 )",
        "(" * 5_000,
        "Let ( [ a = Net & Net ; b = a & a & a & a ; c = b & b & b & b ; d = c & c & c & c ; e = d & d & d & d ] ; e & e & e )",
        "",
    ],
)
def test_a_formula_that_cannot_be_computed_is_refused_and_never_guessed(formula: str) -> None:
    with pytest.raises(UnknownFormula):
        expression(NAMES, formula)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MappedShop:
    return mapped_shop(tmp_path_factory.mktemp("shop"))


def rows(made: MappedShop, table: str) -> list[dict[str, str]]:
    with made.solution.joinpath("data", f"Shop.{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_invented_records_fit_types_lists_rules_and_keys(made: MappedShop) -> None:
    customers, invoices, lines = (rows(made, each) for each in ("Customers", "Invoices", "Lines"))
    assert len({each["ID"] for each in customers}) == len(customers) == 20
    keys = {each["ID"] for each in customers}
    assert all(each["Customer ID"] in keys for each in invoices)
    assert all(each["Due"] >= each["Date"] != "" for each in invoices)
    assert {each["Status"] for each in invoices} <= {"Draft", "Sent", "Paid"}
    assert all(1 <= int(each["Quantity"]) <= 100 for each in lines)
    assert {each["SKU"] for each in lines} <= {each["SKU"] for each in rows(made, "Products")}


@pytest.mark.anyio
async def test_the_served_solution_enters_computes_looks_up_and_refuses_by_its_own_rules(
    made: MappedShop,
) -> None:
    async with made.assistant(map=None) as it:
        late = {"Customer ID": "C-0001", "Due": "2026-01-01", "Date": "2026-02-01"}
        plan = await it.ask("create_records", layout="Invoices", records=[late])
        refused = await it.ask("apply_change", change_id=plan["change_id"])
        assert refused["state"] == "refused"
        assert "507" in json.dumps(refused)
        line = await it.ask(
            "create_records",
            layout="Lines",
            records=[{"SKU": "SKU 1", "Quantity": 2, "Invoice Number": "I-0001"}],
        )
        assert (await it.carried_out(line["change_id"]))["state"] == "done"
        found = await it.ask("get_record", layout="Lines", id="21")
        price = rows(made, "Products")[0]["Price"]
        assert (found["fields"]["Price"], found["fields"]["Amount"]) == (int(price), 2 * int(price))
        ran = await it.ask("run_script", script="Show Report", layout="Customers")
        assert "Go to Layout [Invoices]" in json.dumps(ran)


@pytest.mark.anyio
async def test_the_privilege_sets_hold_for_accounts_of_their_names(made: MappedShop) -> None:
    async with made.assistant(map=None, username="Assistant") as it:
        assert (await it.ask("find_records", layout="Cases")).get("found", 0) == 0
        assert (await it.ask("find_records", layout="Customers"))["found"] == 20


def test_what_cannot_be_played_is_named_and_nothing_private_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "Shop.xml"
    export.write_text(shop("2.3.0.0").text(), encoding="utf-8")
    assert main(["emulator", "--from", str(export), "--init", str(tmp_path / "solution")]) == 0
    printed = capsys.readouterr()
    told = " ".join(printed.err.split())
    assert "Sign in as 'Full Access', 'Assistant' with the password 'map'" in told
    assert "not played: the table behind the occurrence 'Archive'" in told
    texts = [
        each.read_text(encoding="utf-8")
        for each in tmp_path.joinpath("solution").rglob("*")
        if each.is_file()
    ]
    everything = "\n".join([*texts, printed.err, printed.out]).replace(str(tmp_path), "").casefold()
    assert [each for each in CANARIES if each.casefold() in everything] == []


def test_two_files_are_served_as_one_host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = Shape("Data", {"Papers": [F("ID"), F("Customer")]}, {"Papers": "Papers"})
    for name, export in (("Shop", shop()), ("Data", Export(data, "2.2.3.0", "22.0.1"))):
        (tmp_path / f"{name}.xml").write_text(export.text(), encoding="utf-16")
    assert main(["emulator", "--from", str(tmp_path), "--init", str(tmp_path / "solution")]) == 0
    assert "'Archive'" not in capsys.readouterr().err
    assert 'file" = "Data"' in (tmp_path / "solution" / "Shop.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"format": "x", "version": 1}', '{"format": "filemaker-mcp solution map", "version": 99}'],
)
def test_a_file_that_is_no_map_is_refused(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.json").write_text(text)
    assert main(["emulator", "--from", str(tmp_path / "x.json")]) == 2
    assert "map" in capsys.readouterr().err


def test_a_folder_that_is_in_use_is_not_written_into(
    made: MappedShop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["emulator", "--from", str(made.map), "--init", str(made.solution)]) == 2
    assert "is not empty" in capsys.readouterr().err


def test_a_relationship_that_cannot_be_played_takes_its_portals_along_and_is_named(
    made: MappedShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = json.loads(made.map.read_text(encoding="utf-8"))
    tree["solution"]["files"]["Shop"]["relations"][2]["match"] = []
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(tree), encoding="utf-8")
    assert main(["emulator", "--from", str(broken), "--init", str(tmp_path / "solution")]) == 0
    assert "not played: the relationship of 'Invoices' and 'Lines'" in " ".join(
        capsys.readouterr().err.split()
    )
    assert [each.model.name for each in read_solutions([tmp_path / "solution"])] == ["Shop"]
