"""Criteria made from the records themselves, so that each hits some records and narrowly misses others."""

from __future__ import annotations

from random import Random

import pytest

from filemaker_mcp.server.emulator.model import Field, FieldType

from .checking_finds import FAMILIES, LANGUAGES, MARKS, OPERATORS, SOAK, check

CASES = 15 * SOAK
OPENINGS = ["", "", "", "=", "==", "==", '"', '"', '*"', '*"', "*", "<", ">=", "==*", '="', "= ", '=="']
CHANGES = ["", "", "", "*", "*", "@", "#", "\\", "A", "?"]


def text(chance: Random, words: list[str], marks: list[str]) -> str:
    parts = [chance.choice(words)]
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
        parts += [chance.choice(marks), chance.choice(words)]
    return (
        chance.choice(["", "", "", chance.choice(marks)]).join(["", *parts]) if chance.random() > 0.05 else ""
    )


def near(chance: Random, values: list[str]) -> str:
    """A part of a value: as it is, all escaped, or with wildcards and other changes, after an operator."""
    value = chance.choice(values)
    start = chance.choice([0, 0, chance.randint(0, len(value))])
    part = value[start : chance.choice([len(value), chance.randint(start, len(value))])]
    way = chance.random()
    if way < 0.2:
        part = "".join(f"\\{char}" for char in part)
    elif way < 0.6:
        part = "".join(changed(char, chance.choice(CHANGES)) for char in part)
    if chance.random() < 0.1:
        part += chance.choice(["..", "...", "…"]) + chance.choice(values)
    return chance.choice(OPENINGS) + part + chance.choice(["", "", "*", '"', "@", "*x*"])


def changed(char: str, change: str) -> str:
    return {"": char, "\\": f"\\{char}", "A": char.swapcase(), "?": ""}.get(change, change)


@pytest.mark.parametrize("repetitions", [1, 3])
@pytest.mark.parametrize("language", LANGUAGES)
def test_text(language: str, repetitions: int) -> None:
    for seed in range(CASES // repetitions):
        chance = Random(f"{language} {seed}")
        words = chance.sample(chance.choice(FAMILIES), k=2) + chance.sample(chance.choice(FAMILIES), k=1)
        marks = [" ", " ", *chance.sample(MARKS, k=2), chance.choice(["\r", *OPERATORS])]
        rows, later = (
            [
                [text(chance, words, marks) for _ in range(chance.randint(1, repetitions))]
                for _ in range(chance.randint(3, 8))
            ]
            for _ in range(2)
        )
        values = [text for row in [*rows, *later] for text in row]
        criteria = [near(chance, values) for _ in range(8)]
        field = Field("F", index_language=language, repetitions=repetitions)
        check(field, rows, later, [*criteria, "!"], by_line=chance.random() < 0.3)


@pytest.mark.parametrize("repetitions", [1, 2])
def test_numbers(repetitions: int) -> None:
    for seed in range(CASES):
        chance = Random(f"numbers {seed}")
        digits = [*chance.sample("0123456789", k=2), "0", "."]
        rows, later = (
            [[number(chance, digits) for _ in range(chance.randint(1, repetitions))] for _ in range(6)]
            for _ in range(2)
        )
        values = [text for row in [*rows, *later] for text in row]
        criteria = [number_criterion(chance, values) for _ in range(8)]
        check(Field("F", FieldType.NUMBER, repetitions=repetitions), rows, later, [*criteria, "?", "!"])


def number(chance: Random, digits: list[str]) -> str:
    bare = "".join(chance.choices(digits, k=chance.randint(0, 4)))
    return (
        chance.choice(["", "", "-", "$", "a", "- "])
        + bare
        + chance.choice(["", "", "", "a", ".", "0", ".0", ".5"])
    )


def number_criterion(chance: Random, values: list[str]) -> str:
    value = chance.choice(values)
    if chance.random() < 0.4:
        value = "".join(chance.choice([char, char, "*", "@", "#"]) for char in value)
    if chance.random() < 0.3:
        value += chance.choice(["..", "...", "…"]) + chance.choice(values)
    return (
        chance.choice(["", "", "=", "==", "<", "<=", ">", "≥", "*"])
        + value
        + chance.choice(["", "", "", "*", "#"])
    )


@pytest.mark.parametrize("field_type", [FieldType.DATE, FieldType.TIME, FieldType.TIMESTAMP])
def test_dates_and_times(field_type: FieldType) -> None:
    for seed in range(CASES):
        chance = Random(f"{field_type} {seed}")
        rows, later = ([[moment(chance, field_type)] for _ in range(8)] for _ in range(2))
        values = [row[0] for row in [*rows, *later]]
        criteria = [date_criterion(chance, field_type, values) for _ in range(8)]
        check(Field("F", field_type), rows, later, [*criteria, "?", "!"], iso=chance.random() < 0.3)


def moment(chance: Random, field_type: FieldType) -> str:
    if chance.random() < 0.1:
        return chance.choice(["", "soon", "02/30/2014", "25:61"])
    day = f"{chance.randint(6, 8):02d}/{chance.randint(1, 31):02d}/{chance.choice([2013, 2014, 2026])}"
    clock = f"{chance.randint(6, 9):02d}:{chance.choice([0, 15, 30]):02d}:{chance.choice([0, 0, 59]):02d}"
    if field_type is FieldType.TIME:
        return chance.choice([clock, clock, f"-{clock}", f"1{clock}", f"{clock}.5"])
    return day if field_type is FieldType.DATE else f"{day} {clock}"


def date_criterion(chance: Random, field_type: FieldType, values: list[str]) -> str:
    one = date_name(chance, field_type, values)
    if chance.random() < 0.25:
        return one + chance.choice(["..", "...", "…", " ... "]) + date_name(chance, field_type, values)
    return chance.choice(["", "", "", "=", "==", "<", "<=", ">", "≥"]) + one


def date_name(chance: Random, field_type: FieldType, values: list[str]) -> str:
    value = chance.choice(values)
    clock = chance.choice([value.split(" ")[-1], "7:15", "7:15 PM", "{7...9}:15", "*:15", "8:{0..20}:*", "7"])
    if field_type is FieldType.TIME:
        return clock
    day = chance.choice(
        [value, value.split(" ")[0], "7/{1..15}/2014", "7/*/2014", "*/{1..9}/*", "{6..7}/2014", "14"]
    )
    day = chance.choice(
        [day, day, "2014", "7/2014", "Mon", "friday", "//", "7/4/14", "2014-07-04", "{2013..2014}"]
    )
    return f"{day} {clock}" if field_type is FieldType.TIMESTAMP and chance.random() < 0.3 else day
