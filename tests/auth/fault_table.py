"""Writes what is said of each fault into the documentation: `python -m tests.auth.fault_table`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from .faults import FAULTS, Fault
from .network_faults import NETWORK_FAULTS, Prepared, prepared
from .workplace import Stand

PAGE = Path(__file__).parents[2] / "docs" / "signing-in.md"
HEADINGS = (
    "The way to the host",
    "The file and its account",
    "Claris ID",
    "Identity providers",
    "OttoFMS",
    "Token services",
)
PREFIXES = {
    "Claris ID": HEADINGS[2],
    "Provider": HEADINGS[3],
    "OttoFMS": HEADINGS[4],
    "Token service": HEADINGS[5],
}
FILE_STAGES = ("database", "sign-in", "privilege", "layouts", "data")
BEGIN, END = "<!-- faults: written by tests/auth/fault_table.py -->", "<!-- /faults -->"


@dataclass(frozen=True)
class Row:
    fault: str
    stage: str
    said: str
    remedy: str

    @property
    def heading(self) -> str:
        """Whose matter it is."""
        prefix = self.fault.partition(":")[0]
        if prefix in PREFIXES:
            return PREFIXES[prefix]
        return HEADINGS[1] if self.stage.partition(" ")[0] in FILE_STAGES else HEADINGS[0]

    @property
    def advice(self) -> str:
        return _plain(self.remedy)

    def line(self) -> str:
        return f"- *{self.fault}*, {self.stage}: {_plain(self.said)}"


async def row_of(fault: Fault, folder: Path) -> Row:
    """The row of a fault inside the pretended internet, through an MCP client. Any other tool must be refused as well,
    in words of ours, and no session may be left."""
    stand = Stand(folder)
    fault.arrange(stand)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAULT_SHELF", "not the shelf")
        async with stand.assistant(fault.environment, fault.file) as assistant:
            arguments = {"data_sources": True} if fault.data_sources else {}
            stages = await assistant.stages(**arguments)
            found = await assistant.call("find_records", layout="Sales")
    assert bool(found.is_error) is not fault.only_warns
    assert "did not foresee" not in assistant.heard[-1]
    assert stand.emulator.open_sessions == 0
    return told(fault.name, stages, warns=fault.only_warns)


async def network_row_of(fault: Prepared, folder: Path) -> Row:
    """The row of a fault of the network, over real sockets."""
    async with prepared(fault, folder) as assistant:
        return told(fault.name, await assistant.stages(), warns=False)


def told(name: str, stages: Sequence[Mapping[str, Any]], *, warns: bool) -> Row:
    """What was said of the one stage that is not well."""
    result = "warning" if warns else "failed"
    stage = next((stage for stage in stages if stage["result"] == result), None)
    assert stage is not None, f"{name}: nothing {result} in {stages}"
    step = f" ({stage['step']})" if "step" in stage else ""
    earlier = [other for other in stages if other is not stage and other["result"] == "warning" and not warns]
    found = " ".join([*(f"{other['found']}. {other['remedy']}" for other in earlier), stage["found"]])
    return Row(name, f"{stage['stage']}{step}", found, stage.get("remedy", ""))


async def rows() -> list[Row]:
    made: list[Row] = []
    for fault in NETWORK_FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            made.append(await network_row_of(fault, Path(folder)))
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            made.append(await row_of(fault, Path(folder)))
    return made


def by_remedy(made: Sequence[Row]) -> str:
    """Under whose matter it is, each remedy once, and below it everything that it mends."""
    parts: list[str] = []
    for heading in HEADINGS:
        parts.append(f"### {heading}")
        rows = [row for row in made if row.heading == heading]
        for remedy in dict.fromkeys(row.advice for row in rows):
            lines = "\n".join(row.line() for row in rows if row.advice == remedy)
            parts.append(f"{remedy}\n\n{lines}")
    return "\n\n".join(parts)


def with_rows(text: str, made: Sequence[Row]) -> str:
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{by_remedy(made)}\n\n{END}{after}"


def _plain(text: str) -> str:
    text = re.sub(r"port \d+", "port 443", text)
    text = re.sub(r"(.)\1{60,}", r"\1...", text)
    return text.replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(with_rows(PAGE.read_text(encoding="utf-8"), anyio.run(rows)), encoding="utf-8")
