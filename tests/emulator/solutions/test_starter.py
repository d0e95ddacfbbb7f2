"""`filemaker-mcp emulator`: the starter that it writes, and how it refuses."""

import json
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.emulator.solutions.loader.definition import solution_schema

from ..emulated_host import code, host, rows


@pytest.mark.anyio
async def test_the_starter_can_be_served_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert main(["emulator", "--init", str(folder)]) == 0
    async with host(folder, database="Starter") as client:
        client.emulator.load()
        await client.log_in("Admin", "starter")
        [ada] = rows(await client.find("People", {"Name": "Ada"}))
        assert ada["fieldData"]["Number of Notes"] == 2
        assert ada["portalData"]["Notes"][0]["Notes::Text"] == "Two lines,\rand a comma."
        assert code(await client.create("People", {"Name": "New"})) == "0"
        answer = await client.send("GET", "layouts/People/script/Greet")
        assert answer.json()["response"] == {"scriptResult": "4 greeted", "scriptError": "101"}


@pytest.mark.anyio
async def test_a_rule_of_the_starter_hides_records_from_readers(tmp_path: Path) -> None:
    main(["emulator", "--init", str(tmp_path)])
    async with host(tmp_path, database="Starter") as client:
        await client.log_in("reader", "starter")
        response = await client.send("GET", "layouts/People/records")
        assert [row["fieldData"]["ID"] for row in rows(response)] == ["P-001", "P-002"]
        assert code(await client.send("GET", "layouts/People/records/3")) == "200"
        assert code(await client.edit("People", "1", {"Name": "x"})) == "9"
        assert code(await client.send("GET", "layouts/People/script/Greet")) == "104"


def test_the_starter_names_its_schema(tmp_path: Path) -> None:
    main(["emulator", "--init", str(tmp_path)])
    assert (tmp_path / "solution.toml").read_text("utf-8").startswith("#:schema ./solution.schema.json\n")
    assert json.loads((tmp_path / "solution.schema.json").read_text("utf-8")) == solution_schema()


def test_a_folder_in_use_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    assert main(["emulator", "--init", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--switch", "lax_value=on"], "Did you mean lax_values?"),
        (["--switch", "unknown_portal=7"], "unknown_portal is one of 116, 102, 960"),
        (["--switch", "lax_values=maybe"], "lax_values is on or off"),
        (["--control", "--host", "0.0.0.0"], "loopback"),
        (["--solution", "nowhere"], "There is no such folder"),
    ],
)
def test_a_wrong_word_is_refused_with_the_right_one(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["emulator", *words]) == 2
    assert says in capsys.readouterr().err
