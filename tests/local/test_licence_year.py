"""What came in a licence year is told beside what the licence has, warned of from half on, and begins anew on its day."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import main
from filemaker_mcp.server.local.licence_year import GIGABYTE, LicenceYear

from ..assistant import assisted

pytestmark = pytest.mark.anyio


def limits(gigabytes: float, starts: str = "01-01") -> dict[str, str]:
    return {
        "FILEMAKER_LIMITS": json.dumps(
            {"gigabytes_per_licence_year": gigabytes, "licence_year_starts": starts}
        )
    }


async def test_the_connection_tells_the_share_of_the_year_and_counts_from_its_day(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    kept = {"FILEMAKER_STATE": str(state)}
    async with assisted(kept | limits(1)) as assistant:
        await assistant.ask("find_records", layout="Invoices")
        told = (await assistant.ask("check_connection"))["licence_year"]
        assert (told["percent"], told["of"], "warning" in told) == (0, 1.0, False)
    today = date.today()  # noqa: DTZ011 -- the day of this machine, as usage has it
    with sqlite3.connect(state) as opened:
        (identity,) = next(opened.execute("SELECT DISTINCT database FROM usage"))
        beside = identity.rpartition("/")[0] + "/Another file"
        for database, day, gigabytes in (
            (beside, today.isoformat(), 0.55),
            (identity, f"{today.year - 1}-01-01", 5),
            ("http://127.0.0.1.example/Harbor", today.isoformat(), 5),
        ):
            opened.execute(
                "INSERT INTO usage VALUES (?, ?, 'find_records', '', 1, 1, ?)",
                (database, day, gigabytes * GIGABYTE),
            )
    opened.close()
    async with assisted(kept | limits(1)) as assistant:
        told = (await assistant.ask("check_connection"))["licence_year"]
        assert told["percent"] == 55
        assert told["since"] == f"{today.year}-01-01"
        assert told["warning"].startswith(
            "More than 50 per cent of the data for this licence year has come: 0.6 of 1 GB"
        )
    async with assisted(kept | limits(0.6)) as assistant:
        assert (await assistant.ask("check_connection"))["licence_year"]["warning"].startswith(
            "More than 80 per"
        )
    async with assisted(kept) as assistant:
        assert "licence_year" not in await assistant.ask("check_connection")


def test_the_year_begins_on_its_day() -> None:
    year = LicenceYear(1, 3, 15, "https://fm.example.com")
    assert year.begins(date(2026, 3, 15)) == date(2026, 3, 15)
    assert year.begins(date(2026, 3, 14)) == date(2025, 3, 15)
    assert year.begins(date(2024, 2, 29)) == date(2023, 3, 15)
    assert [bool(year.warning(share * GIGABYTE // 100, date(2026, 5, 1))) for share in (49, 50, 80)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("day", ["02-29", "13-01", "15-3", "March"])
def test_a_day_that_not_every_year_has_is_refused(
    day: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (
        ("HOST", "fm.example.com"),
        ("DATABASE", "Sales"),
        ("USERNAME", "a"),
        ("PASSWORD", "b"),
    ):
        monkeypatch.setenv(f"FILEMAKER_{name}", value)
    monkeypatch.setenv("FILEMAKER_LIMITS", limits(1, day)["FILEMAKER_LIMITS"])
    assert main(["policy"]) == 2
    assert "licence_year_starts" in capsys.readouterr().err
