"""Finding through the store and its indexes, held against the slow reference matcher over random data."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from filemaker_mcp.server.emulator.model import Field, FieldType

from .checking_finds import FAMILIES, LANGUAGES, MARKS, OPERATORS, SOAK, WORDS, check


def mixed(*alphabets: list[str], most: int = 6) -> st.SearchStrategy[str]:
    parts = st.one_of(*map(st.sampled_from, alphabets), st.text(max_size=2))
    return st.lists(parts, max_size=most).map("".join)


texts = st.one_of(mixed(WORDS, MARKS), mixed(WORDS, [" "]), mixed(WORDS, MARKS, OPERATORS), st.just(""))
text_criteria = st.one_of(
    mixed(WORDS, OPERATORS, MARKS), mixed(WORDS, OPERATORS, most=3), mixed(WORDS, [" "], most=3)
)
OPENINGS = ["", "", "=", "==", "==", '"', '"', '*"', '*"', "*", "<", ">=", "==*"]


@st.composite
def near(draw: st.DrawFn, values: list[str]) -> str:
    """A criterion made from a value: a part of it, with some characters turned into wildcards, escaped, or changed."""
    value = draw(st.sampled_from(values))
    start = draw(st.integers(0, min(3, len(value))) | st.just(0))
    end = draw(st.integers(start, len(value)) | st.just(len(value)))
    changes = draw(
        st.just([]) | st.lists(st.sampled_from(["", "", "*", "*", "@", "#", "\\", "A", "?"]), max_size=12)
    )
    if draw(st.integers(0, 3)) == 0:
        changes = ["\\"] * len(value)
    parts: list[str] = []
    for at, char in enumerate(value[start:end]):
        change = changes[at] if at < len(changes) else ""
        parts.append(
            {"": char, "\\": f"\\{char}", "A": char.swapcase(), "?": ""}.get(
                change, change if change else char
            )
        )
    return draw(st.sampled_from(OPENINGS)) + "".join(parts) + draw(st.sampled_from(["", "", "*", '"', "@"]))


@st.composite
def text_cases(draw: st.DrawFn, repetitions: int = 1) -> tuple[list[list[str]], list[list[str]], list[str]]:
    """Records of few different words, so that criteria made from them hit some and narrowly miss others."""
    own = [
        word
        for family in draw(st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=2))
        for word in family
    ]
    marks = draw(st.lists(st.sampled_from(MARKS), min_size=1, max_size=2))
    values = st.one_of(
        st.sampled_from(own), mixed(own, marks), mixed(own, [" "], most=4), mixed(own, ["\r"], most=4), texts
    )
    rows, later = draw(lists(values, repetitions, 3)), draw(lists(values, repetitions))
    known = [text for row in [*rows, *later] for text in row] or ["x"]
    criteria = draw(st.lists(near(known), min_size=4, max_size=8)) + draw(st.lists(text_criteria, max_size=3))
    return rows, later, criteria


numbers = st.one_of(
    st.decimals(-1000, 1000, places=2).map(str),
    st.integers(-20, 60).map(str),
    st.sampled_from(
        ["", "A", "1A", "A1", "$0.50", ".5", "0.5", "0.50", "-0", "1 000", "--1", "25abc", "5.", "."]
    ),
    mixed(["1", "2", "5", "0", ".", "-", "a", " "]),
)
number_criteria = st.one_of(
    numbers,
    st.builds(
        "{}{}".format, st.sampled_from(["<", "<=", "≤", ">", ">=", "≥", "=", "==", "> ", "<="]), numbers
    ),
    st.builds("{}{}{}".format, numbers, st.sampled_from(["...", "..", "…"]), numbers),
    mixed(["1", "2", "5", "0", ".", "-", "*", "@", "#", "=="], most=4),
    mixed(["1", "5", " ", "a"], OPERATORS),
)

days = st.dates(date(2013, 1, 1), date(2015, 12, 31)).map(
    lambda day: f"{day.month:02d}/{day.day:02d}/{day.year}"
)
clocks = st.one_of(
    st.builds("{:02d}:{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
    st.sampled_from(
        ["07:15:00", "07:15", "37:30:00", "-01:00:00", "7:15 PM", "12:00 am", "00:00:00.5", "10", "9:75"]
    ),
)
odd = st.sampled_from(
    ["", "soon", "13/45/2014", "02/29/2013", "2014-02-03", "1/1/14", "1/2/3", "1/1/4001", "//"]
)
stored_dates = {
    FieldType.DATE: st.one_of(days, odd),
    FieldType.TIME: st.one_of(clocks, odd),
    FieldType.TIMESTAMP: st.one_of(st.builds("{} {}".format, days, clocks), days, odd),
}
components = st.one_of(
    st.integers(0, 40).map(str),
    st.sampled_from(["*", "{1..15}", "{ 3 ... 7 }", "{2…9}", "{5..2}", "2014", "14", ""]),
)
named = st.one_of(
    days,
    odd,
    clocks,
    st.sampled_from(["2014", "3/2014", "Mon", "friday", "//", "14", "2014-07-04", "// 10:00", "2014 10:00"]),
    st.builds("{}/{}/{}".format, components, components, components),
    st.builds("{}/{}".format, components, components),
    st.builds("{1}{0}{2}{0}{3}".format, st.sampled_from(".- "), components, components, components),
    st.builds("{}:{}".format, components, components),
    st.builds(
        "{} {}".format, st.one_of(days, st.just("7/{1..15}/2014")), st.one_of(clocks, st.just("{7...9}:15"))
    ),
)
date_criteria = st.one_of(
    named,
    st.builds("{}{}".format, st.sampled_from(["<", "<=", ">", "≥", "=", "==", "> "]), named),
    st.builds("{}{}{}".format, named, st.sampled_from(["...", "..", "…", " ... "]), named),
    mixed(["1", "2014", "/", "{", "}", "*", "..", " ", ":"]),
    st.sampled_from(["=", "==", "*", "?", "**", "Mon..Fri", "sat...mon", "Mon..2014"]),
)


def lists(
    values: st.SearchStrategy[str], repetitions: int = 1, least: int = 0
) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(values, min_size=1, max_size=repetitions), min_size=least, max_size=8)


@settings(max_examples=25 * SOAK, deadline=None)
@given(st.sampled_from(LANGUAGES), text_cases(), st.booleans())
def test_text_is_found_as_the_reference_finds_it(
    language: str, case: tuple[list[list[str]], list[list[str]], list[str]], by_line: bool
) -> None:
    rows, later, criteria = case
    check(Field("F", index_language=language), rows, later, [*criteria, "!"], by_line=by_line)


@settings(max_examples=10 * SOAK, deadline=None)
@given(st.sampled_from(LANGUAGES), text_cases(repetitions=3))
@example("English", ([["が-Chris"], ["が'Chris"], ["が.Chris"]], [], ["\\-Chris", "\\'Chris", "\\.Chris"]))
def test_repetitions_of_text_are_found_together_and_one_by_one(
    language: str, case: tuple[list[list[str]], list[list[str]], list[str]]
) -> None:
    rows, later, criteria = case
    check(Field("F", index_language=language, repetitions=3), rows, later, [*criteria, "!"])


@settings(max_examples=15 * SOAK, deadline=None)
@given(lists(texts), st.data())
def test_what_stands_in_a_record_finds_it_again_once_it_is_escaped(
    rows: list[list[str]], data: st.DataObject
) -> None:
    values = [text for row in rows for text in row if text and not text.isspace()]
    if values:
        escaped = "".join(f"\\{char}" for char in data.draw(st.sampled_from(values)))
        check(Field("F"), rows, [], [f"=={escaped}", f"=={escaped}*", f"==*{escaped}", escaped])


@settings(max_examples=20 * SOAK, deadline=None)
@given(st.integers(1, 2), st.data(), st.lists(number_criteria, max_size=8))
def test_numbers_are_found_as_the_reference_finds_them(
    repetitions: int, data: st.DataObject, criteria: list[str]
) -> None:
    rows, later = data.draw(lists(numbers, repetitions)), data.draw(lists(numbers, repetitions))
    check(Field("F", FieldType.NUMBER, repetitions=repetitions), rows, later, [*criteria, "?", "!"])


@settings(max_examples=25 * SOAK, deadline=None)
@given(st.sampled_from(list(stored_dates)), st.data(), st.lists(date_criteria, max_size=8), st.booleans())
def test_dates_and_times_are_found_as_the_reference_finds_them(
    field_type: FieldType, data: st.DataObject, criteria: list[str], iso: bool
) -> None:
    values = stored_dates[field_type]
    check(
        Field("F", field_type),
        data.draw(lists(values)),
        data.draw(lists(values)),
        [*criteria, "?", "!"],
        iso=iso,
    )
