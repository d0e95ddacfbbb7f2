"""How names compare: the very same wins, else the only one of the same letters, else none."""

import unicodedata

import pytest

from filemaker_mcp.server.text.near_names import folded, matched, near

COMPOSED = "Größe"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


@pytest.mark.parametrize(
    ("name", "candidates", "meant"),
    [
        ("Title", ["title", "Title", "TITLE"], "Title"),
        ("title", ["Title", "Name"], "Title"),
        ("title", ["Title", "TITLE"], None),
        (COMPOSED, [DECOMPOSED], DECOMPOSED),
        (DECOMPOSED, [COMPOSED], COMPOSED),
        (COMPOSED, [DECOMPOSED, COMPOSED], COMPOSED),
        ("GRÖSSE", [DECOMPOSED], DECOMPOSED),
        ("Secret", ["Secret "], None),
        ("Secret ", ["Secret"], None),
        ("Titel", ["Title"], None),
    ],
)
def test_a_name_means_what_is_spelled_so_else_the_only_one_that_compares_equal(
    name: str, candidates: list[str], meant: str | None
) -> None:
    assert matched(name, candidates) == meant


def test_a_name_that_means_several_is_refused_with_all_of_them() -> None:
    assert near("title", ["Name", "Title", "TITLE"])[:2] == ("Title", "TITLE")


def test_comparing_again_changes_nothing() -> None:
    for name in (COMPOSED, DECOMPOSED, "ǅ", "İstanbul", "ŉ", "ΐ"):
        assert folded(folded(name)) == folded(name)
