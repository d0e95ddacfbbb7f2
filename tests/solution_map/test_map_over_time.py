"""The map held against the host as it is now, and what an owner makes of it: doctor, `learn --live`, `policy --recipe`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.emulator.serving import serving

from ..auth.program import Ended, Place
from .mapped_shop import MappedShop, approved, mapped_shop


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MappedShop:
    return mapped_shop(tmp_path_factory.mktemp("shop"))


async def run(
    made: MappedShop, home: Path, *words: str, map_file: Path | None = None, **rules: object
) -> Ended:
    emulator = made.emulator()
    async with serving(emulator.app) as url:
        place = {
            "FILEMAKER_HOST": url,
            "FILEMAKER_DATABASE": "Shop",
            "FILEMAKER_USERNAME": "Full Access",
            "FILEMAKER_PASSWORD": "map",
            "FILEMAKER_MAP": str(map_file or made.map),
        }
        given = {
            f"FILEMAKER_{n.upper()}": v if isinstance(v, str) else json.dumps(v) for n, v in rules.items()
        }
        return await Place(emulator, url, home).run(*words, **place, **given)


def changed(made: MappedShop, to: Path) -> Path:
    """The map of a time when Products had another field, and a script and a layout were not there yet."""
    tree = json.loads(made.map.read_text(encoding="utf-8"))
    shop = tree["solution"]["files"]["Shop"]
    shop["tables"]["Products"]["fields"]["Cost"] = shop["tables"]["Products"]["fields"].pop("Price")
    shop["layouts"] = [each for each in shop["layouts"] if each["name"] != "Cases"]
    shop["scripts"] = [each for each in shop["scripts"] if each["name"] != "Anything"]
    shop["scripts"].append({"name": "Gone"})
    to.write_text(json.dumps(tree), encoding="utf-8")
    return approved(to)


@pytest.mark.anyio
async def test_doctor_compares_layouts_and_scripts_once(made: MappedShop, tmp_path: Path) -> None:
    older = await run(made, tmp_path, "doctor", "--json", map_file=changed(made, tmp_path / "older.json"))
    assert older.status == 0, "a map that is older is no reason why nothing would work"
    (database,) = json.loads(older.out).values()
    stage = database["stages"][-1]
    assert (stage["stage"], stage["result"]) == ("solution map", "warning")
    assert stage["found"].startswith("5 of 7 layouts agree (not 'Products', 'Cases'")
    assert "5 of 6 scripts are known (not 'Anything')" in stage["found"]
    assert "the host does not show 'Gone'" in stage["found"]
    assert "learn" in stage["remedy"]


@pytest.mark.anyio
async def test_learn_compares_with_the_host_when_it_is_asked_to(made: MappedShop, tmp_path: Path) -> None:
    export = made.map.parent / "Shop.xml"
    ended = await run(made, tmp_path, "learn", str(export), "--live", "--output", str(tmp_path / "new.json"))
    assert ended.status == 0
    assert "7 of 7 layouts agree; 6 of 6 scripts are known" in " ".join(ended.err.split())


@pytest.mark.anyio
async def test_a_recipe_ticks_what_policy_and_map_need_and_nothing_else(
    made: MappedShop, tmp_path: Path
) -> None:
    ended = await run(
        made,
        tmp_path,
        "policy",
        "--recipe",
        access="edit",
        layouts=["Customers", "Customer Sheet", "Lines"],
        access_by_layout={"Lines": "delete"},
        hidden_fields={"Customers": ["Margin"]},
        read_only_fields={"Customers": ["Name"], "Customer Sheet": ["Name"]},
        scripts={"Close Month": {"effect": "changes", "layout": "Invoices"}},
        write_through={"Customers": "Anything"},
        journal_table="AI Log",
    )
    assert ended.status == 0
    lines = [line.strip() for line in ended.out.splitlines()]
    told = " ".join(lines)
    assert "Extended privileges: fmrest, and no other." in told
    assert "Customers: view yes, edit yes, create yes, delete no." in told
    assert "Lines: view yes, edit yes, create yes, delete yes." in told
    assert "fields modifiable: ID, City, Label" in told
    assert "Margin (for Rating)" in told
    assert "Balance Due" in told
    assert "fields no access: Key" in told
    assert "Payments: view yes, edit no, create no, delete no." in told
    assert "Customers: view only; records via it modifiable" in told
    assert "Invoices: view only (a script stands on it)" in told
    assert "Close Month: executable only" in told
    assert "Anything: executable only" in told
    assert "AI Log: view only (journal_table)" in told
    assert "Send Reminders: executable only (Close Month calls it)" in told
    for closed in ("Cases:", "Remarks:", "Products: view yes, edit yes"):
        assert closed not in told


def configured(folder: Path, map_file: Path) -> str:
    (folder / "pw").write_text("map")
    (folder / "pw").chmod(0o600)
    config = folder / "shop.toml"
    config.write_text(
        f'[database.shop]\nhost = "http://127.0.0.1:9"\nfile = "Shop"\naccount = "a"\npassword = {{ file = "pw" }}\nmap = "{map_file}"\n'
    )
    return str(config)


def test_an_export_of_another_solution_is_said_to_be_one_without_asking_the_host(
    made: MappedShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "Other.xml"
    text = (made.map.parent / "Shop.xml").read_text(encoding="utf-16")
    other.write_text(text.replace("Shop.fmp12", "Other.fmp12"), encoding="utf-16")
    config = configured(tmp_path, made.map)
    assert (
        main(["learn", str(other), "--live", "--config", config, "--output", str(tmp_path / "new.json")]) == 0
    )
    assert "This is a map of another solution: the host's file is 'Shop'." in " ".join(
        capsys.readouterr().err.split()
    )


def test_a_recipe_needs_an_approved_map(
    made: MappedShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.json"
    tree = json.loads(made.map.read_text(encoding="utf-8")) | {"approved": False}
    draft.write_text(json.dumps(tree), encoding="utf-8")
    assert main(["policy", "--recipe", "--config", configured(tmp_path, draft)]) == 2
    assert "has no approved solution map" in capsys.readouterr().err
