"""Calculations: what they compute, and what they refuse."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filemaker_mcp.server.emulator.calculations.compiler import ExpressionError
from filemaker_mcp.server.emulator.calculations.expressions import compile_expression
from filemaker_mcp.server.emulator.values.arithmetic import Value, text_of

FIELDS: dict[str, Value] = {
    "Price": Decimal("2.50"),
    "Count": Decimal(3),
    "Name": "Müller",
    "Nothing": None,
    "Day": date(2026, 3, 9),
    "Moment": datetime(2026, 3, 9, 8, 30),  # noqa: DTZ001 - wall time
    "Clock": timedelta(hours=8),
}


class Scope:
    def field(self, name: str, repetition: int) -> Value:
        return FIELDS[name] if repetition == 1 else f"{name} {repetition}"

    def related(self, occurrence: str, name: str) -> Sequence[Value]:
        return [Decimal(each) for each in (4, 1, 3, 1)] if occurrence == "Lines" else []

    def fact(self, name: str) -> Value:
        return {"today": date(2026, 3, 10), "account": "ada", "value": Decimal(8)}.get(name)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Price * Count", "7.5"),
        ("Price * Nothing", "0"),
        ("Count / 0", "?"),
        ("7 // 2 + 7 % 2 - -1 + 2 ** 3", "13"),
        ("0.1 + 0.2", "0.3"),
        ("2 ** 9999", "?"),
        ('"a" + 1 + Name', "a1Müller"),
        ('f"{Name}: {Count}"', "Müller: 3"),
        ("Nothing + Nothing", "0"),
        ('Name == "MÜLLER" and not Nothing', "1"),
        ("Nothing == 0 or Nothing > -1", "1"),
        ('Nothing == ""', "1"),
        ("1 < Count <= 3", "1"),
        ('"ü" in Name', "1"),
        ('Name in ["Ada", "müller"]', "1"),
        ("Name not in []", "1"),
        ('"yes" if Price > 2 else "no"', "yes"),
        ("Day + 30", "04/08/2026"),
        ("Day - 9", "02/28/2026"),
        ("today() - Day", "1"),
        ("Day < today()", "1"),
        ("Nothing < today()", "0"),
        ("Moment + 3600", "03/09/2026 09:30:00"),
        ("Clock + 90", "08:01:30"),
        ("date(2026, 14, 0)", "01/31/2027"),
        ("year(Day) * 100 + month(Day)", "202603"),
        ('sum(related("Lines", "Amount"), 1)', "10"),
        ('average(related("Lines", "Amount"))', "2.25"),
        ('average(related("None", "Amount"))', ""),
        ('count(related("Lines", "Amount"), Nothing)', "4"),
        ('f"{min(related(\\"Lines\\", 1))}" if 0 else min(related("Lines", "A"))', None),
        ('max(related("Lines", "A"))', "4"),
        ('first("Lines", "A")', "4"),
        ('first("None", "A")', ""),
        ('join(unique(related("Lines", "A")), "-")', "4-1-3"),
        ("round(2.345, 2)", "2.35"),
        ("round(-2.5)", "-3"),
        ("int(-2.9) + abs(-1)", "-1"),
        ("length(Name) + number(\"12 apples\")", "18"),
        ("upper(left(Name, 2)) + lower(right(Name, 1)) + middle(Name, 3, 2)", "MÜrll"),
        ("trim('  x ') + substitute(Name, 'l', 'L')", "xMüLLer"),
        ("empty(Nothing) and any([0, 1]) and not all([0, 1])", "1"),
        ('field("Name", 2)', "Name 2"),
        ("value() * 2", "16"),
        ("account()", "ada"),
    ],
)  # fmt: skip
def test_an_expression_computes(source: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ExpressionError):
            compile_expression(source)
    else:
        assert text_of(compile_expression(source).evaluate(Scope())) == expected


@pytest.mark.parametrize(
    "source",
    [
        "", "1 +", "Name.upper()", "__import__('os')", "open('x')", "[x for x in [1]]", "lambda: 1", "Name[0]",
        "(yield)", "field(Name)", "related('Lines')", "round()", "sum(key=1)", "1j", "b'x'", "Name is None", "x := 1",
        "f'{Price:.2f}'", "round(*[1])", "'" * 3,
    ],
)  # fmt: skip
def test_what_is_no_calculation_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


def test_an_expression_knows_the_names_it_uses() -> None:
    compiled = compile_expression(
        'Price + sum(related("Lines", "Amount")) + field("Unit Price") + year(today())'
    )
    assert compiled.fields == {"Price", "Unit Price"}
    assert compiled.related == {("Lines", "Amount")}
    assert compiled.facts == {"today"}


@given(st.text(alphabet="PriceName()[]+-*/<>=., 0123456789'\"andornotif", max_size=40))
def test_any_text_is_computed_or_refused(source: str) -> None:
    try:
        compiled = compile_expression(source)
    except ExpressionError:
        return
    try:
        compiled.evaluate(Scope())
    except KeyError:
        assert not compiled.fields <= FIELDS.keys()


NESTED = "lower(" * 5_000 + "Name" + ")" * 5_000


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("int(((10**400)**400)**6)", "?"),
        ("(10**400)**400 * 0", "?"),
        ("text((10**-400)**400)", "0"),
        ("9" * 400 + " * 1", "1" + "0" * 400),
        ('length("' + "9" * 20_000 + '" + 1)', "20001"),
        ("sum(10**400, 10**400, 10**399 * 9)", None),
        ("length(" + "substitute(" * 60 + '"a"' + ',"a","aa")' * 60 + ")", "?"),
        ('substitute(Name, "", "endless")', "Müller"),
        ("left(Name, 10**400) + middle(Name, 2, 10**400)", "Müllerüller"),
        ("date(10**400, 1, 1)", "?"),
        ("Moment + 10**400", "?"),
        ("round(1, 10**9)", "?"),
        ("1 % (10**-400)", "?"),
    ],
)
def test_an_expression_is_bounded_in_what_it_makes(source: str, expected: str | None) -> None:
    shown = text_of(compile_expression(source).evaluate(Scope()))
    assert len(shown) < 30_000
    assert expected is None or shown == expected


@pytest.mark.parametrize(
    "source",
    [
        "1" + "+1" * 20_000,
        "-" * 20_000 + "1",
        "(" * 5_000 + "1" + ")" * 5_000,
        "9" * 5_000,
        "1e999",
        NESTED,
    ],
)
def test_an_expression_is_bounded_in_size(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)
