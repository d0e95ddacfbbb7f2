"""`check --live --all` finds every mistake in what two companies wrote, tells a changed schema once, and knows a file that is being updated."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.serving import serving

from ..policy.sales_host import FOLDER
from ..solution_map.mapped_shop import MappedShop, mapped_shop

pytestmark = pytest.mark.anyio


@dataclass
class Company:
    folder: Path
    url: str
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def writes(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.replace("HOST", self.url), encoding="utf-8")

    async def checks(self, *words: str) -> tuple[int, str]:
        """The exit status, and what was said, as one line."""
        given = ["check", *words, "--config", str(self.folder / "config.toml")]
        status = await anyio.to_thread.run_sync(main, given)
        said = self.capsys.readouterr()
        return status, " ".join((said.out + said.err).split())


@asynccontextmanager
async def company(
    solution: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncGenerator[tuple[Company, Emulator]]:
    monkeypatch.setenv("FM_PASSWORD", "demo")
    monkeypatch.setenv("MAP_PASSWORD", "map")
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    emulator = Emulator([solution])
    async with serving(emulator.app) as url:
        yield Company(home, url, monkeypatch, capsys), emulator
    await emulator.aclose()


SALES = """
runbooks = "books"
[database.sales]
host = "HOST"
file = "Sales"
account = "assistant"
password = { env = "FM_PASSWORD" }
stage = "production"
notes = "sales.notes.toml"
access = "edit"
"""
SALES_MISTAKES = {
    "config.toml": SALES
    + """
[database.sales.access_by_layout]
Custommers = "none"
[database.sales.hidden_fields]
Contacts = ["Secrets"]
[database.sales.keys]
Orders = "Nummber"
[database.sales.scripts.Cuont]
effect = "reads"
[database.sales.scripts.Count]
effect = "reads"
layout = "Oders"
[database.sales.scripts."Print / Mail"]
effect = "reads"
layout = "Orders"
required_fields = ["Remrk"]
carrier = { layout = "Contacts", where = { Idd = "*" } }
[[database.sales.data_sources]]
file = "Data"
account = "Admin"
password = { env = "FM_PASSWORD" }
""",
    "sales.notes.toml": """
approved = "Marta, 2026-11-22"
[layouts.Invoices]
synonyms = ["bills"]
[layouts.Orders]
date = "Ordered"
[[layouts.Orders.leave_out]]
label = "old orders"
where = { Archived = 1 }
[layouts.Orders.fields]
Amuont = ["turnover"]
[layouts.Orders.spellings.Statuss]
paid = ["Paid "]
[layouts.Orders.languages]
Bodi = "German"
[layouts.Orders.measures.revenue]
measure = { sum = "Totl" }
where = { Statu = "paid" }
""",
    "books/Nightly.toml": """
[records]
layout = "Orders"
where = { Sent = "yes" }
[each]
edit = { Remrak = "seen" }
[[checks]]
field = "Mail"
""",
    "books/Weekly.toml": """
[records]
layout = "Contcts"
[each]
script = "Cuont"
""",
}
SALES_FOUND = (
    "The data source 'Data' is opened as 'Admin', which looks like full access.",
    "There is no layout 'Custommers' for this account. Did you mean 'Customers'?",
    "hidden_fields names 'Secrets', which is not shown on 'Contacts'. Did you mean 'Secret '?",
    "keys names 'Nummber', which the layout 'Orders' does not have. Did you mean 'Number'?",
    "There is no script 'Cuont' for this account. Did you mean 'Count'?",
    "The script 'Count' names the layout 'Oders', which does not exist for this account. Did you mean 'Orders'?",
    "The script 'Print / Mail' names the field 'Remrk', which is not on 'Orders'. Did you mean 'Remark'?",
    "The script 'Print / Mail' names the field 'Idd', which is not on 'Contacts'. Did you mean 'ID'?",
    "The notes are about the layout 'Invoices', which does not exist for this account.",
    "The notes on 'Orders' name the field 'Ordered', which is not on 'Orders'.",
    "The notes on 'Orders' name the field 'Amuont', which is not on 'Orders'. Did you mean 'Amount'?",
    "The notes on 'Orders' name the field 'Statuss', which is not on 'Orders'.",
    "The notes on 'Orders' name the field 'Bodi', which is not on 'Orders'. Did you mean 'Body'?",
    "The notes leave out 'old orders' by criteria that do not work on 'Orders': There is no field 'Archived'",
    "The measure 'revenue' has criteria that do not work on 'Orders': There is no field 'Statu'",
    "The measure 'revenue' cannot be computed on 'Orders': There is no field 'Totl'",
    "The runbook 'Nightly' names the field 'Mail', which is not on 'Orders'.",
    "The runbook 'Nightly' names the field 'Remrak', which is not on 'Orders'. Did you mean 'Remark'?",
    "The runbook 'Nightly' has criteria that do not work on 'Orders': There is no field 'Sent'",
    "The runbook 'Weekly' names the layout 'Contcts', which does not exist for this account. Did you mean 'Contacts'?",
    "The runbook 'Weekly' names the script 'Cuont', which does not exist for this account. Did you mean 'Count'?",
)


async def test_every_mistake_of_the_first_company_is_told_and_none_when_they_are_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with company(FOLDER, tmp_path, monkeypatch, capsys) as (sales, emulator):
        sales.writes(SALES_MISTAKES)
        status, said = await sales.checks("--live", "--all")
        assert status == 1
        for sentence in SALES_FOUND:
            assert sentence in said, (sentence, said)
        assert "sales (production):" in said
        status, told = await sales.checks("--live", "--json", "notes")
        facts = json.loads(told)
        assert (status, facts["checked"]) == (1, ["notes"])
        assert {each["subject"] for each in facts["found"]} == {"notes"}
        assert len(facts["found"]) == 8
        sales.writes({"config.toml": SALES, "sales.notes.toml": "approved = true\n"})
        shutil.rmtree(tmp_path / "books")
        (tmp_path / "books").mkdir()
        status, said = await sales.checks("--live", "notes", "runbooks", "scripts", "map")
        assert (status, said) == (
            0,
            "Checked notes, runbooks, scripts, map beside the host: nothing to look at.",
        )

        sales.writes({"books/Broken.toml": "[records]\nlayout = 1\n"})
        status, said = await sales.checks("--live", "--all")
        assert status == 2
        assert "Broken.toml" in said
        (tmp_path / "books" / "Broken.toml").unlink()
        emulator.close_file("Sales")
        status, said = await sales.checks("--live", "--all")
        assert status == 5
        assert "The file 'Sales' is being updated: " in said
        assert "Nothing was compared; check again when it is open." in said
        emulator.open_file("Sales")
        status, said = await sales.checks()
        assert (status, "check takes what to check, or --all" in said) == (2, True)
        status, said = await sales.checks("nots")
        assert (status, "'nots' is nothing that can be checked" in said) == (2, True)
        monkeypatch.setenv("FM_PASSWORD", "wrong")
        assert (await sales.checks("--live", "notes"))[0] == 1
    status, said = await sales.checks("--live", "notes")  # nobody listens there any more
    assert status == 5, said


RULES = """
open_script = "Cont"
journal_table = "API Lgo"
skip_validation = ["Ordrs1"]
stamp = { "AI Bye" = "{person}" }
[database.sales.fields]
Orders = ["Number", "Status", "Remark", "Amount", "Nummber"]
[database.sales.mask]
Orders = { Remrk1 = "last4" }
Ordrs2 = { Remark = "last4" }
[database.sales.read_only_fields]
Orders = ["Remrk2"]
Ordrs3 = ["Remark"]
[database.sales.untrusted_fields]
Orders = ["Remrk3"]
Ordrs4 = ["Remark"]
[database.sales.approval_by_layout]
Ordrs5 = "person"
[database.sales.approval_by_field]
Orders = { Remrk4 = "person" }
Ordrs6 = { Remark = "person" }
[database.sales.write_through]
Orders = "Cuont"
Ordrs7 = "Count"
[database.sales.change_only_where]
Orders = { Statsu = "Draft" }
Ordrs8 = { Status = "Draft" }
[database.sales.stamp_by_layout]
Contacts = { "AI Buy" = "{person}" }
Ordrs9 = { Remark = "{person}" }
[database.sales.journal_days_by_layout]
Ordrs10 = 30
[database.sales.tables]
Ordrs11 = "Orders"
[database.sales.scripts.Count]
effect = "reads"
layout = "Orders"
carrier = { layout = "Contcts", where = { ID = "*" } }
"""
SCOPE = """
layouts = ["Orders", "Customrs"]
[database.sales.scope.Orders]
where = { Statsu1 = "x" }
key = "Nummber1"
writable = ["Remrk5"]
[database.sales.scope.Ordrs12]
where = { Status = "x" }
key = "Number"
"""
STOPS = {
    "API Strat": 'on_sign_in = { script = "API Strat" }',
    "gUsre": '[database.sales.globals]\n"Orders::gUsre" = "x"',
    "nowhere.toml": 'notes = "nowhere.toml"',
    "Nihgtly": '[schedule.nightly]\nrunbook = "Nihgtly"\ncron = "0 3 * * *"',
}
"""What nothing else can be looked at beside."""


async def test_a_wrong_name_is_found_in_every_setting_that_takes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = SALES.replace('notes = "sales.notes.toml"\n', "")
    async with company(FOLDER, tmp_path, monkeypatch, capsys) as (sales, _):
        (tmp_path / "books").mkdir()
        sales.writes({"config.toml": bare + RULES})
        status, said = await sales.checks("--live", "--all")
        wrong = [f"Ordrs{number}" for number in range(1, 12)] + [f"Remrk{number}" for number in range(1, 5)]
        others = ["Cont", "API Lgo", "AI Bye", "Nummber", "Cuont", "Statsu", "AI Buy", "Contcts"]
        missed = [name for name in wrong + others if f"'{name}'" not in said]
        assert (status, missed) == (1, []), said
        sales.writes({"config.toml": bare + SCOPE})
        status, said = await sales.checks("--live", "--all")
        missed = [n for n in ("Customrs", "Statsu1", "Nummber1", "Remrk5", "Ordrs12") if f"'{n}'" not in said]
        assert (status, missed) == (1, []), said
        for name, text in STOPS.items():
            sales.writes({"config.toml": bare + text + "\n"})
            status, said = await sales.checks("--live", "--all")
            assert status in (1, 2)
            assert name in said


async def test_what_changed_at_the_host_is_told_once_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quiet = SALES.replace('notes = "sales.notes.toml"\n', "").replace('runbooks = "books"\n', "")
    changed = tmp_path / "changed"
    shutil.copytree(FOLDER, changed, ignore=shutil.ignore_patterns("data"))
    definition = (changed / "sales.toml").read_text(encoding="utf-8")
    for old, new in (
        ("Remark = {}", "Comment = {}"),
        ('fields = ["Number", "Customer", "Remark",', 'fields = ["Number", "Customer", "Comment",'),
        ('"Orders::Remark"', '"Orders::Comment"'),
        ('Amount = { type = "number" }', "Amount = {}"),
        ('"Count" = "nothing"', '"Tally" = "nothing"\n"Sum" = "nothing"'),
        ("Region = {}", 'Region = {}\n"First Seen" = { type = "date" }'),
        ('fields = ["Number", "Name", "Region",', 'fields = ["Number", "Name", "Region", "First Seen",'),
        ("[layouts.Staff]", "[layouts.People]"),
    ):
        assert old in definition
        definition = definition.replace(old, new)
    (changed / "sales.toml").write_text(definition, encoding="utf-8")
    async with company(FOLDER, tmp_path, monkeypatch, capsys) as (sales, _):
        sales.writes({"config.toml": quiet})
        assert (await sales.checks("--live", "map"))[0] == 0
        (kept,) = (tmp_path / "filemaker-mcp" / "schema").glob("*.json")
        assert "canary" not in kept.read_text(encoding="utf-8")
        before = kept.read_text(encoding="utf-8").replace(sales.url, "")
    async with company(changed, tmp_path, monkeypatch, capsys) as (sales, _):
        sales.writes({"config.toml": quiet})
        assert (await sales.checks("--live", "map"))[0] == 0  # another port is another host
        for file in kept.parent.glob("*.json"):
            file.write_text(before, encoding="utf-8")
        status, said = await sales.checks("--live", "map")
        assert status == 0, said
        for sentence in (
            "the host has changed; this is told once.",
            "1 layout is gone: 'Staff'.",
            "1 layout is new: 'People'.",
            "1 script is gone: 'Count'.",
            "2 scripts are new: 'Tally', 'Sum'.",
            "On 'Orders' 'Remark' seems to be called 'Comment' now; 'Amount' was number and is text.",
            "On 'Customers' 'Orders::Remark' seems to be called 'Orders::Comment' now; 'First Seen' is new.",
        ):
            assert sentence in said, (sentence, said)
        status, said = await sales.checks("--live", "map")
        assert (status, said) == (0, "Checked map beside the host: nothing to look at.")


async def test_every_mistake_of_the_second_company_is_told_with_its_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: MappedShop = mapped_shop(tmp_path)
    capsys.readouterr()
    solution = next(made.solution.glob("*.toml"))
    definition = solution.read_text(encoding="utf-8")
    async with company(made.solution, tmp_path, monkeypatch, capsys) as (shop, _):
        good = f"""
[database.shop]
host = "HOST"
file = "Shop"
account = "Full Access"
password = {{ env = "MAP_PASSWORD" }}
map = "{made.map.name}"
"""
        shop.writes({"config.toml": good})
        status, said = await shop.checks("--live", "map", "scripts")
        assert status == 0, (said, definition)
        tree = json.loads(made.map.read_text(encoding="utf-8"))
        draft = {key: value for key, value in tree.items() if key != "approved"} | {"approved": False}
        mistaken = (
            good
            + '\n[database.shop.scripts."Send Reminders"]\neffect = "reads"\n[database.shop.tables]\nBiling = "Customers"\n'
        )
        shop.writes({"config.toml": mistaken})
        status, said = await shop.checks("--live", "--all")
        assert status == 1
        assert "'Send Reminders'" in said
        assert "tables names the occurrence 'Biling'" in said
        shop.writes({"config.toml": good, made.map.name: json.dumps(draft)})
        status, said = await shop.checks("map")
        assert (status, "The solution map is a draft" in said) == (1, True), said
        (facts,) = tree["solution"]["files"].values()
        facts["layouts"][0]["name"] = "Long Gone"
        shop.writes({made.map.name: json.dumps(tree)})
        status, said = await shop.checks("--live", "map")
        assert (status, "is not the host's" in said) == (1, True), said
