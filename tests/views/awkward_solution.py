"""A solution whose names and contents would be markup, addresses and endless numbers if anybody took them for that."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

from filemaker_mcp.server.emulator.app import Emulator

LAYOUT = "Sales <script>alert(1)<b>"
MARKUP = "<img src=x onerror=\"document.title='gone'\">"
HOSTILE = (
    MARKUP,
    "</script><script>document.title='gone'</script>",
    "\u202egnp.exe",
    "before\x00after \x1b[31m",
    "javascript:alert(1)",
    "=HYPERLINK(A1)",
    "<svg onload=fetch('https://example.com')>",
)
QUOTED = json.dumps(MARKUP)
MONTHS = ("2025-01", "2025-02", "2025-04", "2025-05")
"""March has no sale."""
HUGE = "1" + "0" * 30

SOLUTION = f"""
name = "Awkward"

[tables.Sales.fields]
No = {{}}
Day = {{ type = "date" }}
Region = {{}}
Amount = {{ type = "number" }}
Huge = {{ type = "number" }}
{QUOTED} = {{}}
Note = {{}}

[layouts.'{LAYOUT}']
occurrence = "Sales"
fields = ["No", "Day", "Region", "Amount", "Huge", {QUOTED}, "Note"]

[privilege_sets."Data Entry"]
extended = ["fmrest"]
layouts = {{ "*" = "edit" }}
fields = {{ "*" = {{ "*" = "edit" }} }}
records = {{ "*" = {{ view = "yes", edit = "yes", create = "yes", delete = "yes" }} }}

[[accounts]]
name = "assistant"
password = "demo"
privilege_set = "Data Entry"
"""
ENVIRONMENT = {
    "FILEMAKER_DATABASE": "Awkward",
    "FILEMAKER_APPROVAL": "person",
    "FILEMAKER_APPROVAL_PAGE": "false",
    "FILEMAKER_APPROVAL_SECONDS": "0.05",
    "FILEMAKER_SCRIPTS": "",
}


def awkward(folder: Path) -> Emulator:
    """Twelve sales of each month, and one of today."""
    solution = folder / "awkward"
    (solution / "data").mkdir(parents=True)
    (solution / "awkward.toml").write_text(SOLUTION, encoding="utf-8")
    days = [f"{month}-{day:02}" for month in MONTHS for day in range(1, 13)]
    days.append(date.today().isoformat())  # noqa: DTZ011 -- the product's own clock is this machine's
    with (solution / "data" / "Sales.csv").open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["No", "Day", "Region", "Amount", "Huge", MARKUP, "Note"])
        for number, day in enumerate(days, start=1):
            region = HOSTILE[number % len(HOSTILE)]
            amount = ("0.1", "0.2", "-3.5", "1200.05")[number % 4]
            long = "Long text. " * 40 if number == 1 else ""
            rows.writerow([f"S-{number:03}", day, region, amount, HUGE, region, long])
    return Emulator([solution])
