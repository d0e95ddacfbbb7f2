"""What the pages say is there: links, commands, variables, targets, settings."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from filemaker_mcp.server.__main__ import COMMANDS
from filemaker_mcp.server.config.configuration import configured, settled
from filemaker_mcp.server.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "benchmarks" / "README.md"],
    key=lambda page: str(page),
)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)
PARTED = ("journal", "state", "secret", "secrets")
"""Commands whose options belong to their parts."""
FENCED = re.compile(r"```(\w*)\n(.*?)```", re.S)
ONE = {"FILEMAKER_HOST": "fm.example.com", "FILEMAKER_DATABASE": "Sales", "FILEMAKER_USERNAME": "assistant"}
NO_SETTINGS = ("FILEMAKER_CONFIG", "FILEMAKER_LIVE_")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors(page: Path) -> set[str]:
    """The anchors that headings get, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pages
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(linked), f"{page.name} links to {target}"


@pages
def test_every_command_and_option_that_is_named_exists(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from filemaker_mcp.server.__main__ import main

    for code in CODE.findall(page.read_text("utf-8")):
        for name, rest in re.findall(r"filemaker-mcp ([a-z][a-z-]*)([^\n`|&;']*)", code):
            assert name in COMMANDS, f"{page.name} names 'filemaker-mcp {name}'"
            options = re.findall(r"(?<=\s)--[a-z][a-z-]*", rest.partition("#")[0])
            if options:
                deep = r"\s+(hold\s+[a-z]+|[a-z]+)\b"  # a part, or a part of a part
                part = re.match(deep, rest) if name in PARTED else None
                words = [name, *part[1].split()] if part else [name]
                with pytest.raises(SystemExit):
                    main([*words, "--help"])
                told = capsys.readouterr().out
                assert all(option in told for option in options), f"{page.name}: filemaker-mcp {name}{rest}"


@pages
def test_every_variable_that_is_named_is_a_setting(page: Path) -> None:
    for name in set(re.findall(r"\bFILEMAKER_[A-Z][A-Z_]*[A-Z]\b", page.read_text("utf-8"))):
        assert name.startswith(NO_SETTINGS) or "no setting" not in refusal(name), f"{page.name} names {name}"


def refusal(variable: str) -> str:
    """What is said of the variable with some content; that this does not fit is none of our business here."""
    try:
        configured(ONE | {variable: "x"})
    except ConfigurationError as refused:
        return str(refused)
    return ""


@pages
def test_every_target_of_make_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for code in CODE.findall(page.read_text("utf-8")):
        assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code)) <= targets, page.name


@pages
def test_every_configuration_that_is_shown_is_one(page: Path) -> None:
    """Completed by what an excerpt leaves out; runbooks and solutions are TOML of other kinds."""
    for language, text in FENCED.findall(page.read_text("utf-8")):
        if language == "toml" and "[database." in text:
            tree = tomllib.loads(text)
            tree.pop("extends", None)
            for database in tree["database"].values():
                database.pop("ca_file", None)  # it has to exist
                database.setdefault("host", "fm.example.com")
                database.setdefault("file", "Sales")
            assert settled(tree, None).database, f"{page.name}: {text}"


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"]({page.name})" in index, (
            f"docs/README.md does not name {page.name}"
        )


@pages
def test_every_file_of_the_project_that_is_named_is_there(page: Path) -> None:
    for name in re.findall(
        r"`((?:server|tools|tests|docs|benchmarks|bundle)/[\w./-]*)`", page.read_text(encoding="utf-8")
    ):
        assert ROOT.joinpath(name).exists(), f"{page.name} names {name}"
