"""What a number is, and what becomes of JSON that holds something else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from filemaker_mcp.server.text.exact_json import exact_json, legible
from filemaker_mcp.server.text.numbers import number_in

NUMBERS = ["0", "-0", "12.50", " 7 ", "+3", ".5", "5.", "1e400", "1E-400", "9" * 401, "-1.5e+12"]
NO_NUMBERS = [
    *("", "12 kg", "1,5", "１２", "٣", "0x10", "1e401", "1e-401", "9" * 402, "1e", "--1", "NaN", "Infinity"),
    *("1.5e-9999999999", "1e300000000", "1" * 5_000, "0." + "0" * 900 + "1", "1_000", "\u00b2"),
]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_keeps_its_digits(text: str) -> None:
    assert number_in(text) == Decimal(text.strip())


@pytest.mark.parametrize("text", NO_NUMBERS, ids=lambda text: text[:12])
def test_text_that_filemaker_would_not_hold_as_a_number_is_none(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize("text", ["1.5e-9999999999", "1e-300000000", "1e999999999", "1" * 5_000, "1e401"])
def test_a_number_in_json_that_nobody_can_hold_stays_the_text_it_is(text: str) -> None:
    assert exact_json(f'{{"n": {text}}}') == {"n": text}


def test_a_number_in_json_keeps_every_digit() -> None:
    assert exact_json(b"[0.1, 1e400, 12345678901234567890.5, 7]") == [
        Decimal("0.1"),
        Decimal("1e400"),
        Decimal("12345678901234567890.5"),
        7,
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r'"a \ud83d b"', "a \ufffd b"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (r'"\\ud83d"', r"\ud83d"),
        (r'"\\\ud83d"', "\\\ufffd"),
        (r'"\u0041"', "A"),
    ],
)
def test_half_an_emoji_becomes_the_sign_for_what_cannot_be_shown(written: str, read: str) -> None:
    assert exact_json(written) == read


def test_bytes_that_are_no_utf8_become_signs_and_a_mark_in_front_is_passed_over() -> None:
    assert legible(b'\xef\xbb\xbf"\xed\xa0\xbd"') == '"\ufffd\ufffd\ufffd"'


def test_nesting_without_end_is_no_json() -> None:
    with pytest.raises(ValueError, match="nested"):
        exact_json("[" * 100_000)
