"""Whatever stands in the way is named for what it is, with a remedy, to an assistant that asks; and written down so."""

from __future__ import annotations

from pathlib import Path

import pytest

from .fault_table import BEGIN, END, PAGE, Row, network_row_of, row_of
from .faults import FAULTS, Fault
from .network_faults import NETWORK_FAULTS, Prepared

pytestmark = pytest.mark.anyio

SECRETS = ("cash", "shelf", "dk_", "Analytical", "密码", "xxxx", "0000")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def check(row: Row, stage: str, cause: str) -> None:
    assert row.stage == stage
    assert cause.casefold() in f"{row.said} {row.remedy}".casefold()
    assert row.remedy, "there is always something to do"
    page = PAGE.read_text(encoding="utf-8")
    under = page.partition(f"### {row.heading}\n")[2].partition("\n### ")[0].partition(f"\n{row.advice}\n")[2]
    assert row.line() in under, "run python -m tests.auth.fault_table"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_is_named(fault: Fault, tmp_path: Path) -> None:
    row = await row_of(fault, tmp_path)
    check(row, fault.stage, fault.cause)
    assert not any(secret in f"{row.said} {row.remedy}" for secret in SECRETS)


@pytest.mark.parametrize("fault", NETWORK_FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_of_the_network_is_named(fault: Prepared, tmp_path: Path) -> None:
    check(await network_row_of(fault, tmp_path), fault.stage, fault.cause)


def test_the_table_holds_every_fault_and_at_least_thirty() -> None:
    lines = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].splitlines()
    faults = [line for line in lines if line.startswith("- *")]
    assert len(faults) == len(FAULTS) + len(NETWORK_FAULTS)
    assert len(faults) >= 30


def test_no_remedy_is_written_twice() -> None:
    lines = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].splitlines()
    remedies = [line for line in lines if line and not line.startswith(("- *", "### "))]
    assert len(remedies) == len(set(remedies))
