"""A column of many different values has its index made in SQL, value by value as Python would make it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest

from filemaker_mcp.server.emulator.find_language.find import matches, parse
from filemaker_mcp.server.emulator.model import Field, FieldType, Table
from filemaker_mcp.server.emulator.store.sort_order import place_of
from filemaker_mcp.server.emulator.store.store import SortKey, Store

TODAY = date(2026, 11, 22)
COUNT = 21_000

ODD = {
    FieldType.TEXT: ["", "ä", "Ä", "a\rb", "A B", "~", "\x7f", "x\x01", "-", "1,5"],
    FieldType.NUMBER: ["", "0", "00", "0.5", ".5", "5.", "-3", "1e5", "12a", "1.2.3", "1" * 400, "1" * 402, "9.99", "1 000"],
    FieldType.DATE: ["", "02/29/2024", "02/29/2023", "12/31/2014", "00/10/2014", "13/01/2014", "01/01/0001", "01/01/4001", "soon", "1/2/2014"],
    FieldType.TIMESTAMP: ["", "02/29/2024 10:00:00", "01/01/0001 00:00:00", "01/02/2014 24:00:00", "01/02/2014", "01/02/2014 10:00:00.5", "x"],
    FieldType.TIME: ["", "10:00", "37:00:00", "-1:00", "noon"],
}  # fmt: skip
MADE: dict[FieldType, Callable[[random.Random], str]] = {
    FieldType.TEXT: lambda chance: f"Key {chance.randrange(10**6)} x",
    FieldType.NUMBER: lambda chance: (
        f"{chance.randrange(10**8) / 10 ** chance.randrange(1, 5):.{chance.randrange(5)}f}"
    ),
    FieldType.DATE: lambda chance: (
        f"{chance.randrange(1, 13):02d}/{chance.randrange(1, 32):02d}/{chance.randrange(1, 4002):04d}"
    ),
    FieldType.TIMESTAMP: lambda chance: (
        f"{chance.randrange(1, 13):02d}/{chance.randrange(1, 32):02d}/{chance.randrange(1, 4002):04d}"
        f" {chance.randrange(25):02d}:{chance.randrange(60):02d}:{chance.randrange(60):02d}"
    ),
    FieldType.TIME: lambda chance: (
        f"{chance.randrange(40):02d}:{chance.randrange(60):02d}:{chance.randrange(60):02d}"
    ),
}
CRITERIA = {
    FieldType.TEXT: ["==Key 1*", "=", "*", "!", "==a\rb", ">key 9"],
    FieldType.NUMBER: ["100...2000", "=", "?", "<1", ">=99999", "*5"],
    FieldType.DATE: ["2014", "=", "?", "<1/1/0005", "2/2024", ">=1/1/3990"],
    FieldType.TIMESTAMP: ["2014", "=", "?", "<1/1/0005", "2/2024"],
    FieldType.TIME: ["1:00...2:00", "=", "?", ">24:00"],
}


@pytest.mark.parametrize(
    ("field_type", "language"), [*((each, "English") for each in MADE), (FieldType.TEXT, "Unicode")]
)
def test_finds_and_sorts_are_those_of_a_look_at_every_value(field_type: FieldType, language: str) -> None:
    chance = random.Random(str(field_type))
    made = {MADE[field_type](chance) for _ in range(COUNT * 5 // 4)}
    assert len(made) >= COUNT
    texts = [*ODD[field_type], *sorted(made)[:COUNT], *sorted(made)[:50]]
    chance.shuffle(texts)
    field = Field("F", field_type, index_language=language)
    store = Store([Table("T", {"F": field})])
    store.load("T", [{"F": text} for text in texts])
    for criterion in CRITERIA[field_type]:
        meaning = parse(criterion, field, today=TODAY)
        found = set(store.matching("T", "F", None, meaning))
        if criterion != "!":
            assert found == {at for at, text in enumerate(texts, 1) if matches(meaning, field, text)}, (
                criterion
            )
    expected = sorted(range(1, len(texts) + 1), key=lambda at: (place_of(field, texts[at - 1]), at))
    assert store.sorted("T", None, [SortKey("F")]) == expected
    store.close()
