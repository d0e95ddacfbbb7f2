"""Criteria find what they say, no more and no less: random records and criteria against a matcher that shares nothing with either side."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from filemaker_mcp.server.criteria.criteria import understand
from filemaker_mcp.server.errors import InputError

from .host import Host, table
from .invoice_layout import CALENDAR
from .reference import LANGUAGES, Row, Where, fold, meets

FIELDS = table(
    English="text",
    Neutral=("text", "Default"),
    Exact=("text", "Unicode"),
    Total="number",
    Limit="number",
    Day="date",
)
TODAY = CALENDAR.today()
SOAK = int(os.environ.get("FILEMAKER_SOAK", "0")) // 200
"""`make soak` tries some ten times as many."""

SIGNS = "@*#?!=<>≤≥\"~\\.…/{},-'“”"
TEXT = (
    st.text(alphabet="aA@*\n", max_size=3)
    | st.text(alphabet="éÉe#7?. ", max_size=3)
    | st.text(alphabet="ab AbÉéèß日本🙂\n0127" + SIGNS, max_size=8)
)
SOME_TEXT = TEXT.filter(lambda text: bool(text.strip()))
NUMBER = st.integers(-3, 3) | st.decimals(-2, 2, places=1) | st.decimals(-500, 500, places=2)
DAY = st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days)) | st.integers(-70, 70).map(
    lambda days: TODAY + timedelta(days=days)
)
ROWS = st.lists(
    st.builds(
        Row,
        English=TEXT,
        Neutral=TEXT,
        Exact=TEXT,
        Total=st.none() | NUMBER,
        Limit=st.none() | NUMBER,
        Day=st.none() | DAY,
    ),
    min_size=1,
    max_size=25,
)


def one(keys: list[str], values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.tuples(st.sampled_from(keys), values).map(lambda pair: {pair[0]: pair[1]})


@st.composite
def bounds(draw: st.DrawFn, values: st.SearchStrategy[object]) -> object:
    low, high = draw(values), draw(values)
    if not low < high:  # type: ignore[operator] -- numbers or ISO dates, both of which have an order
        low, high = high, low
    if low == high:
        return {"gte": low, "lte": high}
    return {draw(st.sampled_from(["gt", "gte"])): low, draw(st.sampled_from(["lt", "lte"])): high}


TEXTS = (
    TEXT
    | one(["is", "case_exact"], TEXT)
    | one(["contains", "starts_with", "ends_with"], SOME_TEXT)
    | st.tuples(SOME_TEXT, SOME_TEXT).map(lambda pair: {"contains": pair[0], "starts_with": pair[1]})
    | one(["empty"], st.booleans())
)
ISO = DAY.map(lambda day: day.isoformat())
COMPARE = ["is", "gt", "gte", "lt", "lte"]
NUMBERS = (
    NUMBER
    | one(COMPARE, NUMBER)
    | bounds(NUMBER)
    | one(COMPARE, st.just({"field": "Limit"}))
    | one(["empty"], st.booleans())
)
DAYS = ISO | one(COMPARE, ISO) | DAY.map(lambda day: f"{day:%Y-%m}") | st.none()


@st.composite
def objects(draw: st.DrawFn) -> dict[str, object]:
    where: dict[str, object] = {}
    for name in draw(
        st.lists(st.sampled_from([*LANGUAGES, "Total", "Day"]), min_size=1, max_size=3, unique=True)
    ):
        kind = TEXTS if name in LANGUAGES else NUMBERS if name == "Total" else DAYS
        shapes = (
            kind,
            one(["not"], kind),
            st.lists(kind, min_size=1, max_size=3),
            one(["not"], st.lists(kind, min_size=1, max_size=2)),
        )
        where[name] = draw(st.one_of(*shapes))
    return where


CRITERIA = st.lists(objects(), min_size=1, max_size=3)


@settings(max_examples=150 * SOAK or 60, deadline=None)
@given(ROWS, CRITERIA, st.none() | CRITERIA)
def test_criteria_find_exactly_what_a_reference_matcher_finds(
    rows: list[Row], where: Where, omit: Where | None
) -> None:
    host = Host(FIELDS, [row.stored for row in rows], TODAY)
    try:
        criteria = understand(where, omit, host.layout, CALENDAR)
    except (
        InputError
    ) as error:  # more find requests than one question may spread into: refused, and nothing to compare
        assume("find requests" not in str(error))
        raise
    expected = {
        number
        for number, row in enumerate(rows, start=1)
        if meets(row, where) and not (omit is not None and meets(row, omit))
    }
    assert host.of(criteria) == expected, criteria


@settings(max_examples=100 * SOAK or 40, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=20), TEXT, st.sampled_from(LANGUAGES))
def test_is_finds_the_equal_case_exact_the_identical_and_empty_text_the_empty(
    texts: list[str], wanted: str, field: str
) -> None:
    host = Host(FIELDS, [{field: text.replace("\n", "\r")} for text in [*texts, wanted]], TODAY)
    rows = dict(enumerate([*texts, wanted], start=1))
    equal = {n for n, text in rows.items() if fold(text, field) == fold(wanted, field)}
    identical = {n for n, text in rows.items() if text == wanted}
    assert host.of(understand({field: wanted}, None, host.layout, CALENDAR)) == equal
    assert host.of(understand({field: {"case_exact": wanted}}, None, host.layout, CALENDAR)) == identical
    empty = host.of(understand({field: ""}, None, host.layout, CALENDAR))
    assert empty == host.of(understand({field: None}, None, host.layout, CALENDAR))
    assert empty == {n for n, text in rows.items() if text == ""}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"English": {"words": "anna smi"}}, {1, 2}),
        ({"English": {"words": "a@b.org"}}, {3}),
        ({"English": {"contains": "*"}}, {4}),
        ({"English": {"starts_with": "=="}}, {5}),
        ({"English": {"is": "smith, ANNA"}}, {2}),
        ({"English": {"gt": 5}}, {6}),
        ({"English": {"duplicate": True}}, {7, 8}),
        ({"text": "smith"}, {1, 2}),
        ({"Total": {"invalid": True}}, {2, 3}),
        ({"Total": {"starts_with": 12}}, {1, 2, 4}),
        ({"Day": {"invalid": True}}, {5}),
        ({"Day": {"not": "this_month"}}, {1, 2, 3, 4, 5, 7, 8}),
    ],
)
def test_the_rest_of_the_language_finds_what_it_says(where: object, found: set[int]) -> None:
    rows = [
        {"English": "Anna Smith", "Total": "12.5"},
        {"English": "Smith, Anna", "Total": "12 EUR"},
        {"English": "a@b.org", "Total": "none"},
        {"English": "2 * 3", "Total": "120"},
        {"English": "== x", "Day": "soon"},
        {"English": "10", "Day": f"{TODAY:%m/%d/%Y}"},
        {"English": "twice"},
        {"English": "TWICE"},
    ]
    host = Host(FIELDS, rows, TODAY)
    assert host.of(understand(where, None, host.layout, CALENDAR)) == found
