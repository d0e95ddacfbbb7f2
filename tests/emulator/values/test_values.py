"""Values on the wire and in the store, as section 8 of the Data API reference has them; cases 6, 18 and 19 of section 15."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filemaker_mcp.server.emulator.model import FieldType
from filemaker_mcp.server.emulator.store.keys import number_key
from filemaker_mcp.server.emulator.values.readings import as_date, as_number, as_time, as_timestamp
from filemaker_mcp.server.emulator.values.values import BadValue, digits, from_input, to_json

TEXT, NUMBER, DATE, TIME, STAMP = (
    FieldType.TEXT,
    FieldType.NUMBER,
    FieldType.DATE,
    FieldType.TIME,
    FieldType.TIMESTAMP,
)
LONG = "1234567890123456789012345678901234567890123456789012345678"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"),
        ("1A", "1"),
        ("A1", "1"),
        ("A", None),
        ("", None),
        ("$0.50", "0.5"),
        (".5", "0.5"),
        ("-3", "-3"),
        ("1,234.5", "1234.5"),
        ("1.2.3", "1.23"),
        ("5.", "5"),
        ("-0", "0"),
        ("1" + "0" * 400, "1E+400"),
        ("1" + "0" * 401, None),
        ("0." + "0" * 400 + "1", None),
    ],
)
def test_a_number_is_read_as_filemaker_reads_it(text: str, number: str | None) -> None:
    assert as_number(text) == (None if number is None else Decimal(number))


def test_only_the_first_400_digits_of_a_number_count() -> None:
    assert as_number("0." + "1" * 400) == as_number("0." + "1" * 400 + "7")
    assert as_number("0." + "1" * 399) != as_number("0." + "1" * 400)


def test_dates_and_times_are_read_within_filemakers_calendar() -> None:
    assert as_date("2/29/2024") == date(2024, 2, 29)
    assert [as_date(text) for text in ("2/29/2023", "1/1/4001", "2024-01-01", "1/1/24", "")] == [None] * 5
    assert as_time("37:30:00") == timedelta(hours=37, minutes=30)
    assert as_time("-1:00:00.5") == -timedelta(hours=1, milliseconds=500)
    assert as_time("12:00:00 AM") == timedelta(0)
    assert [as_time(text) for text in ("1:60", "13:00 PM", "x", "")] == [None] * 4
    assert as_timestamp("2/22/2022 9:15:55 PM") == datetime(2022, 2, 22, 21, 15, 55)  # noqa: DTZ001 - the host's wall time
    assert as_timestamp("2/22/2022 24:00:00") is None


@pytest.mark.parametrize(
    ("field_type", "text", "dateformats", "value"),
    [
        (TEXT, "007", 0, "007"),
        (TEXT, "a\rb", 0, "a\rb"),
        (NUMBER, "7", 0, 7),
        (NUMBER, LONG, 0, int(LONG)),
        (NUMBER, "0.50", 0, Decimal("0.50")),
        (NUMBER, ".5", 0, Decimal("0.5")),
        (NUMBER, "", 0, ""),
        (NUMBER, "25abc", 0, "25abc"),
        (NUMBER, "1 000", 0, "1 000"),
        (DATE, "03/09/2024", 0, "03/09/2024"),
        (DATE, "03/09/2024", 1, "09.03.2024"),
        (DATE, "03/09/2024", 2, "2024-03-09"),
        (DATE, "", 2, ""),
        (DATE, "soon", 2, "soon"),
        (TIME, "37:30:00", 0, "37:30:00"),
        (TIME, "-1:30:00.25", 0, "-01:30:00.25"),
        (STAMP, "03/09/2024 07:05:00", 0, "03/09/2024 07:05:00"),
        (STAMP, "03/09/2024 07:05:00", 1, "09.03.2024 07:05:00"),
        (STAMP, "03/09/2024 07:05:00", 2, "2024-03-09T07:05:00"),
    ],
)
def test_a_stored_text_is_answered_by_its_type(
    field_type: FieldType, text: str, dateformats: int, value: object
) -> None:
    answer = to_json(field_type, text, dateformats, "dd.MM.yyyy")
    assert (answer, type(answer)) == (value, type(value))


def test_the_digits_of_a_number_are_exact() -> None:
    tiny = to_json(NUMBER, "0.00000000010")
    assert isinstance(tiny, Decimal)
    assert digits(tiny) == "0.00000000010"
    assert digits(int(LONG)) == LONG


@pytest.mark.parametrize(
    ("field_type", "value", "dateformats", "stored"),
    [
        (TEXT, "a\nb\r\nc", 0, "a\rb\rc"),
        (TEXT, 667, 0, "667"),
        (TEXT, "\ud800x", 0, "?x"),
        (NUMBER, 667, 0, "667"),
        (NUMBER, "667", 0, "667"),
        (NUMBER, 0.1, 0, "0.1"),
        (NUMBER, Decimal("1E+3"), 0, "1000"),
        (NUMBER, "25abc", 0, "25abc"),
        (DATE, "2/22/2022", 0, "02/22/2022"),
        (DATE, "2024-12-25", 2, "12/25/2024"),
        (DATE, "1.2.2022", 1, "02/01/2022"),
        (DATE, "", 0, ""),
        (DATE, "2/22/22", 0, "02/22/2022"),
        (DATE, "2/22/60", 0, "02/22/1960"),
        (TIME, "9:15:55", 0, "09:15:55"),
        (TIME, "9:15:55 PM", 0, "21:15:55"),
        (TIME, "37:30:00", 0, "37:30:00"),
        (STAMP, "2/22/2022 9:15:55 PM", 0, "02/22/2022 21:15:55"),
        (STAMP, "2024-12-25 08:30:00", 2, "12/25/2024 08:30:00"),
    ],
)
def test_a_sent_value_is_stored_in_one_form(
    field_type: FieldType, value: object, dateformats: int, stored: str
) -> None:
    today = date(2026, 11, 22)
    assert from_input(field_type, value, dateformats, file_format="d.M.yyyy", today=today) == stored


@pytest.mark.parametrize(
    ("field_type", "value", "dateformats", "code"),
    [
        (DATE, "2024-12-25", 0, 500),
        (DATE, "12/25/2024", 2, 500),
        (DATE, "2/30/2024", 0, 500),
        (DATE, "2/22/22", 0, 500),
        (DATE, 5, 0, 500),
        (STAMP, "2024-12-25T08:30:00", 2, 500),
        (STAMP, "12/25/2024 25:00", 0, 500),
        (TIME, "9:75", 0, 501),
        (TIME, "soon", 0, 501),
        (NUMBER, float("inf"), 0, 502),
        (NUMBER, Decimal("1E+401"), 0, 502),
        (TEXT, None, 0, 960),
        (TEXT, ["x"], 0, 960),
        (NUMBER, True, 0, 960),
    ],
)
def test_a_value_that_the_type_cannot_hold_is_refused(
    field_type: FieldType, value: object, dateformats: int, code: int
) -> None:
    with pytest.raises(BadValue) as refused:
        from_input(field_type, value, dateformats)
    assert refused.value.code == code


def test_booleans_are_one_and_zero_only_in_lax_mode() -> None:
    assert (from_input(NUMBER, True, lax=True), from_input(TEXT, False, lax=True)) == ("1", "0")


@given(st.decimals(allow_nan=False, allow_infinity=False), st.decimals(allow_nan=False, allow_infinity=False))
def test_number_keys_sort_as_the_numbers_do(one: Decimal, other: Decimal) -> None:
    if max(abs(one.adjusted()), abs(other.adjusted())) > 400:
        return
    assert (number_key(one) < number_key(other)) == (one < other)
    assert (number_key(one) == number_key(other)) == (one == other)


@given(st.integers(-(10**20), 10**20), st.integers(-(10**20), 10**20))
def test_the_keys_of_whole_numbers_sort_as_they_do_however_they_are_held(one: int, other: int) -> None:
    assert (number_key(one) < number_key(Decimal(other))) == (one < other)


@given(st.dates(max_value=date(4000, 12, 31)), st.sampled_from([0, 1, 2]))
def test_a_date_survives_the_way_through_the_store_in_every_format(day: date, dateformats: int) -> None:
    stored = day.strftime("%m/%d/") + f"{day.year:04d}"
    wire = to_json(DATE, stored, dateformats, "dd.MM.yyyy")
    assert from_input(DATE, wire, dateformats, file_format="dd.MM.yyyy") == stored
    assert as_date(stored) == day
