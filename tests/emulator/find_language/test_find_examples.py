"""The examples of the Data API reference, sections 7.3 to 7.5, and cases 24 and 33 of section 15."""

from __future__ import annotations

from datetime import date

import pytest

from filemaker_mcp.server.emulator.find_language.find import BadCriterion, matches, parse
from filemaker_mcp.server.emulator.model import Field, FieldType

TODAY = date(2026, 11, 22)
ENGLISH = Field("Text")
FRENCH = Field("Text", index_language="French")
DEFAULT = Field("Text", index_language="Default")
UNICODE = Field("Text", index_language="Unicode")
JAPANESE = Field("Text", index_language="Japanese")
NUMBER = Field("Number", FieldType.NUMBER)
DATE = Field("Date", FieldType.DATE)
TIME = Field("Time", FieldType.TIME)
STAMP = Field("Stamp", FieldType.TIMESTAMP)


def found(criterion: str, values: list[str], field: Field = ENGLISH, *, iso_dates: bool = False) -> list[str]:
    meaning = parse(criterion, field, today=TODAY, iso_dates=iso_dates)
    return [value for value in values if matches(meaning, field, value)]


def code(criterion: str, field: Field) -> int:
    with pytest.raises(BadCriterion) as refused:
        parse(criterion, field, today=TODAY)
    return refused.value.code


EXAMPLES: list[tuple[str, Field, list[str], list[str]]] = [
    ("Chris Smith", ENGLISH, ["Smith Chris", "Chris Smithson", "Smith Christenson"], ["Chris", "Smith"]),
    ("=Chris", ENGLISH, ["Smith Chris", "chris"], ["Chrissie"]),
    ("==Chris", ENGLISH, ["Chris", "CHRIS"], ["Smith Chris", "Chris "]),
    ('"Spring"', ENGLISH, ["Springville", "in spring"], ["ColdSpring"]),
    ('", Ltd."', ENGLISH, ["Foo, Ltd."], ["Foo Ltd.", "Foo, Ltd"]),
    ("@on", ENGLISH, ["Don", "Ron", "Mr Don"], ["Bron", "on"]),
    ('"@"', ENGLISH, ["ada@example.org", "@"], ["ada"]),
    ('"?"', ENGLISH, ["why?"], ["why"]),
    ('"   "', ENGLISH, ["a   b"], ["a  b"]),
    ("*phan*", ENGLISH, ["Stephanie"], ["Stefanie"]),
    ("S*", ENGLISH, ["Stephanie", "Ms Smith"], ["Ada"]),
    ('*"phan"', ENGLISH, ["Stephanie"], ["Stefanie"]),
    (r"joey\@abc.net", ENGLISH, ["joey@abc.net"], ["joey abc.net", "joey@xyz.net"]),
    (r"==ada\@example.org", ENGLISH, ["ada@example.org"], ["ada@example.org.uk"]),
    ("==go-x-20260601T101112.123", ENGLISH, ["go-x-20260601T101112.123"], ["go-x-20260601T101112"]),
    ("==X*t05*", ENGLISH, ["X Test05 and more"], ["Y Test05"]),
    ("==abc*", ENGLISH, ["ABC, d-e"], ["x abc"]),
    ("==*abc", ENGLISH, ["x-abc"], ["abc."]),
    ("==*abc*", ENGLISH, ["x abc, y"], ["x ab c"]),
    ("John", ENGLISH, ["John Doe", "John Smith"], ["Jane"]),
    ("John*", ENGLISH, ["John Doe", "John Smith"], ["Jane"]),
    ("òpera", ENGLISH, ["òpera", "opera", "Opera"], []),
    ('"òpera"', ENGLISH, ["òpera", "Òpera"], ["opera"]),
    ("demande", FRENCH, ["demandé"], []),
    ("demande", DEFAULT, ["Demande"], ["demandé"]),
    ("a", UNICODE, ["a"], ["A", ".a"]),
    ("中", JAPANESE, ["日本橋中洲", "中央区", "東京 中洲"], ["日本橋"]),  # recorded: FMDataAPI's postal codes
    ("=中央区", JAPANESE, ["中央区", "東京都 中央区"], ["東京都中央区", "中央区役所"]),
    ("橋中", JAPANESE, ["日本橋中洲"], ["橋 中"]),
    ("中*町", JAPANESE, ["日本橋中之町"], ["日本橋中洲"]),
    ('"中洲"', JAPANESE, ["日本橋中洲", "中洲1丁目"], ["中 洲"]),
    ("丁目", JAPANESE, ["中洲1丁目"], ["中洲1丁"]),
    ("tower", JAPANESE, ["東京tower", "Tower"], ["mytower"]),
    ("ｶﾅ", JAPANESE, ["ひらがなカナ"], ["ｶ ﾅ"]),
    ("中", ENGLISH, ["日本橋中洲"], ["日本橋"]),
    ("中", UNICODE, ["中洲"], ["日本橋中洲"]),
    ("=", ENGLISH, [""], ["x", " "]),
    ("==", ENGLISH, [""], ["x"]),
    ("*", ENGLISH, ["x"], [""]),
    ("a...c", ENGLISH, ["a", "bee", "x bee"], ["cee", "zed"]),
    (">=m", ENGLISH, ["m", "zed"], ["bee"]),
    ("<m", ENGLISH, ["bee"], ["m", "zed"]),
    ("1", NUMBER, ["1", "1A", "A1"], ["A", "11", ""]),
    ("0.50", NUMBER, [".5", "$0.50"], ["5"]),
    ("20", NUMBER, ["20", "20.0"], ["201"]),
    ("##", NUMBER, ["30"], ["3", "300"]),
    ("#3", NUMBER, ["53", "43"], ["3", "34"]),
    ("?", NUMBER, ["A"], ["1A", ""]),
    (">5", NUMBER, ["5.5"], ["5"]),
    (">=5.5", NUMBER, ["5.5"], ["5.4"]),
    ("≤5", NUMBER, ["5", "-1"], ["6", ""]),
    ("1...3", NUMBER, ["1", "2", "3"], ["0.5", "4"]),
    ("1..3", NUMBER, ["1", "3"], ["4"]),
    ("1…3", NUMBER, ["1", "3"], ["4"]),
    ("2014", DATE, ["01/01/2014", "12/31/2014"], ["01/01/2015"]),
    ("3/2014", DATE, ["03/01/2014", "03/31/2014"], ["04/01/2014"]),
    ("3/*/2014", DATE, ["03/01/2014"], ["04/01/2014"]),
    ("7/{1..15}/2014", DATE, ["07/01/2014", "07/15/2014"], ["07/16/2014", "07/01/2015"]),
    ("Mon..Fri", DATE, ["07/04/2014"], ["07/05/2014"]),
    ("Friday", DATE, ["07/04/2014"], ["07/05/2014"]),
    ("//", DATE, ["11/22/2026"], ["11/21/2026"]),
    ("?", DATE, ["13/45/2020", "soon"], ["11/22/2026", ""]),
    ("7/4/2014", DATE, ["07/04/2014", "7/4/2014"], ["04/07/2014"]),
    ("7.4.2014", DATE, ["07/04/2014"], ["04/07/2014"]),  # `1.1.2001` found its record on a live host (24u)
    ("7-4-2014", DATE, ["07/04/2014"], ["04/07/2014"]),
    ("7 4 2014 10:00", STAMP, ["07/04/2014 10:00:00"], ["07/04/2014 10:00:01"]),
    ("7.{1..15}.2014", DATE, ["07/01/2014", "07/15/2014"], ["07/16/2014", "07/01/2015"]),
    (">=7/4/2014", DATE, ["07/04/2014"], ["07/03/2014"]),
    ("7/4/2014", STAMP, ["07/04/2014 00:00:00", "07/04/2014 23:59:59.9"], ["07/05/2014 00:00:00"]),
    ("7/4/2014 10:00", STAMP, ["07/04/2014 10:00:00"], ["07/04/2014 10:00:01"]),
    ("12:30...17:30", TIME, ["12:30:00", "17:30:00"], ["17:30:01"]),
    ("{7...9}:15", TIME, ["07:15:00", "09:15:00"], ["10:15:00", "07:16:00"]),
    ("10:30 PM", TIME, ["22:30:00"], ["10:30:00"]),
    (">24:00", TIME, ["37:30:00"], ["23:00:00"]),
]
"""Criterion, field, values that it finds, values that it does not."""


@pytest.mark.parametrize(("criterion", "field", "hits", "misses"), EXAMPLES)
def test_a_criterion_finds_what_the_reference_says(
    criterion: str, field: Field, hits: list[str], misses: list[str]
) -> None:
    assert found(criterion, hits + misses, field) == hits


def test_wildcards_and_ranges_on_numbers_count_as_on_a_live_host() -> None:
    halves = [f"{i}.5" for i in range(11)]
    counts = {
        pattern: len(found(pattern, halves, NUMBER)) for pattern in ("==5", "==5.5", "==5*", "==*5", "==*5*")
    }
    assert counts == {"==5": 0, "==5.5": 1, "==5*": 1, "==*5": 11, "==*5*": 11}
    assert found("==*0", [str(i) for i in range(11)], NUMBER) == ["0", "10"]


def test_ranges_of_times_and_timestamps_are_inclusive() -> None:
    hours = [f"{hour:02d}:00:00" for hour in range(11)]
    assert len(found("00:01:00...07:01:59", hours, TIME)) == 7
    stamps = [f"01/01/2023 {hour}" for hour in hours]
    assert len(found("01/01/2023 05:00:00...01/01/2023 11:00:00", stamps, STAMP)) == 6


def test_iso_dates_are_understood_only_when_the_request_says_so() -> None:
    assert found("2014-07-04", ["07/04/2014"], DATE, iso_dates=True) == ["07/04/2014"]
    assert code("2014-07-04", DATE) == 500


@pytest.mark.parametrize(
    ("criterion", "field", "expected"),
    [
        ("99/99/2014", DATE, 500),
        ("soon", DATE, 500),
        ("soon", STAMP, 500),
        ("soon", TIME, 501),
        ("abc", NUMBER, 508),
        (">", NUMBER, 508),
        ("1...", NUMBER, 508),
        (">", ENGLISH, 508),
        ("x", Field("Photo", FieldType.CONTAINER), 508),
    ],
)
def test_a_criterion_that_cannot_be_meant_is_refused(criterion: str, field: Field, expected: int) -> None:
    assert code(criterion, field) == expected
