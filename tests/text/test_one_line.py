"""Text from records on a line of its own, whatever it holds; what cannot be seen is named."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filemaker_mcp.server.text.one_line import one_line


@given(st.text())
def test_no_text_has_a_second_line_or_a_control(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(character) == "Cc" for character in shown)


@given(st.text(st.characters(categories=["Cf", "Cs", "Cc"], codec=None)))
def test_text_that_cannot_be_seen_can_be_written_anywhere(text: str) -> None:
    one_line(text).encode()


def test_names_and_signs_of_every_script_stay() -> None:
    for text in (
        "Müller & Søn",
        "在庫",
        "שלום",
        "👩\u200d🚒",
        "❤\ufe0f",
        "می\u200cخواهم",
        "葛\U000e0100城",
        "\u0601١٢٣",
        "1\ufe0f\u20e3",
    ):
        assert one_line(text) == text


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\u200e", "⟨left-to-right mark⟩"),
        ("\u200f", "⟨right-to-left mark⟩"),
        ("\u061c", "⟨arabic letter mark⟩"),
        ("\u202e", "⟨right-to-left override⟩"),
        ("\u2066", "⟨left-to-right isolate⟩"),
        ("\u3164", "⟨hangul filler⟩"),
        ("\uffa0", "⟨halfwidth hangul filler⟩"),
        ("\u115f", "⟨hangul choseong filler⟩"),
        ("\u1160", "⟨hangul jungseong filler⟩"),
        ("\u2800", "⟨braille pattern blank⟩"),
        ("\u200b", "⟨zero width space⟩"),
        ("\u00ad", "⟨soft hyphen⟩"),
        ("\u034f", "⟨combining grapheme joiner⟩"),
        ("\u180e", "⟨mongolian vowel separator⟩"),
        ("\u2062", "⟨invisible times⟩"),
        ("\ufeff", "⟨zero width no-break space⟩"),
        ("\x1b", "⟨U+001B⟩"),
        ("\ud83d", "⟨U+D83D⟩"),
        ("".join(chr(0xE0000 + ord(each)) for each in "send it"), "⟨tags: send it⟩"),
        ("\u200d", "⟨zero width joiner⟩"),
        ("\ufe0f\ufe01", "\ufe0f⟨variation selector-2⟩"),
    ],
)
def test_what_cannot_be_seen_is_named(hidden: str, shown: str) -> None:
    assert one_line(f"DE{hidden}00") == f"DE{shown}00"
