"""Text from records on a line of its own, whatever it holds."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from filemaker_mcp.server.text.one_line import one_line


@given(st.text())
def test_no_text_has_a_second_line_or_a_control(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(character) == "Cc" for character in shown)


def test_names_and_signs_of_every_script_stay() -> None:
    for text in ("Müller & Søn", "在庫", "שלום\u200f", "👩\u200d🚒", "می\u200cخواهم"):
        assert one_line(text) == text
