"""Whoever reads `(section 6.2 [O])` finds that section: what is cited is in `docs/reference/`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADING = re.compile(r"^#+ (\d+(?:\.\d+)?)\.? ", re.MULTILINE)
CITED = re.compile(r"\bsections? (\d+(?:\.\d+)?(?:(?:, | and | to |, and )\d+(?:\.\d+)?)*)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CITING = sorted(
    path
    for top in ("server", "tools", "tests", "docs")
    for path in ROOT.joinpath(top).rglob("*")
    if path.suffix in (".py", ".md", ".toml") and "reference" not in path.parts and path != Path(__file__)
)


def sections(name: str) -> set[str]:
    return set(HEADING.findall(ROOT.joinpath("docs", "reference", name).read_text(encoding="utf-8")))


def is_about_claris(path: Path, line: str) -> bool:
    return "Claris" in line or bool({"claris", "cognito"} & set(path.parts)) or "claris" in path.stem


def is_about_exports(path: Path) -> bool:
    return "solution_map" in path.parts or path.stem == "map"


def unknown(paths: list[Path]) -> list[str]:
    """Every citation of a section that no reference has, with its place."""
    data_api, claris = sections("data-api.md"), sections("claris-id.md")
    exports, odata = sections("saxml.md"), sections("odata.md")
    missing: list[str] = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            known = data_api | claris if is_about_claris(path, line) else data_api
            if is_about_exports(path):
                known = odata if "OData" in line else exports
            cited = [each for match in CITED.finditer(line) for each in NUMBER.findall(match.group(1))]
            missing += [f"{path.name}:{number}: section {each}" for each in cited if each not in known]
    return missing


def test_every_section_that_is_cited_exists() -> None:
    assert unknown(CITING) == []


def test_the_matrix_of_the_emulator_names_sections_that_exist() -> None:
    text = ROOT.joinpath("docs", "emulator.md").read_text(encoding="utf-8")
    assert "reference/data-api.md" in text
    rows = [line.rstrip(" |").rsplit("|", 1)[-1] for line in text.splitlines() if line.startswith("| ")]
    cited = [number for row in rows for number in NUMBER.findall(row) if re.search(r"\d [DOUI]\b", row)]
    assert len(cited) > 60
    assert [number for number in cited if number not in sections("data-api.md")] == []


@pytest.mark.parametrize("text", ["(section 6.99 [O])", "sections 6.1 and 77", "section 40, rule 4"])
def test_a_section_that_does_not_exist_is_noticed(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"As it is {text}.", encoding="utf-8")
    assert len(unknown([page])) == 1
