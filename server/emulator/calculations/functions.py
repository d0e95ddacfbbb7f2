"""The functions that calculations may call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from ..values.arithmetic import Value, bounded, bounded_text, is_empty, is_less, is_true, number_of, text_of


@dataclass(frozen=True)
class Function:
    run: Callable[[list[Value]], Value]
    fewest: int = 1
    most: int = 1


def _flat(arguments: Iterable[Value]) -> list[Value]:
    """The arguments and the members of those that are lists, without the empty ones."""
    flat: list[Value] = []
    for argument in arguments:
        if isinstance(argument, Sequence) and not isinstance(argument, str):
            flat.extend(_flat(argument))
        elif not is_empty(argument):
            flat.append(argument)
    return flat


def _sum(arguments: list[Value]) -> Value:
    return bounded(sum((number_of(each) for each in _flat(arguments)), Decimal(0)))


def _average(arguments: list[Value]) -> Value:
    values = _flat(arguments)
    return sum((number_of(each) for each in values), Decimal(0)) / len(values) if values else None


def _least(arguments: list[Value]) -> Value:
    least: Value = None
    for each in _flat(arguments):
        least = each if least is None or is_less(each, least) else least
    return least


def _greatest(arguments: list[Value]) -> Value:
    greatest: Value = None
    for each in _flat(arguments):
        greatest = each if greatest is None or is_less(greatest, each) else greatest
    return greatest


def _round(arguments: list[Value]) -> Value:
    places = int(number_of(arguments[1])) if len(arguments) > 1 else 0
    if abs(places) > 100:
        raise ArithmeticError("too many places")
    return number_of(arguments[0]).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _date(arguments: list[Value]) -> Value:
    year, month, day = (int(number_of(each)) for each in arguments)
    # FileMaker's Date lets months and days run over.
    month += 12 * year - 1
    return date(month // 12, month % 12 + 1, 1) + timedelta(days=day - 1)


def _part(name: str) -> Callable[[list[Value]], Value]:
    def run(arguments: list[Value]) -> Value:
        moment = arguments[0]
        return Decimal(int(getattr(moment, name))) if isinstance(moment, (date, datetime)) else None

    return run


def _middle(arguments: list[Value]) -> Value:
    start = max(int(number_of(arguments[1])), 1) - 1
    return text_of(arguments[0])[start : start + max(int(number_of(arguments[2])), 0)]


def _left(arguments: list[Value]) -> Value:
    return text_of(arguments[0])[: max(int(number_of(arguments[1])), 0)]


def _right(arguments: list[Value]) -> Value:
    count = max(int(number_of(arguments[1])), 0)
    return text_of(arguments[0])[-count:] if count else ""


def _join(arguments: list[Value]) -> Value:
    separator = text_of(arguments[1]) if len(arguments) > 1 else "\r"
    texts = [text_of(each) for each in _flat(arguments[:1])]
    bounded_text(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _substitute(arguments: list[Value]) -> Value:
    text, wanted, replacement = (text_of(each) for each in arguments)
    if not wanted:
        return text  # FileMaker looks for nothing where nothing is named
    bounded_text(len(text) + text.count(wanted) * max(len(replacement) - len(wanted), 0))
    return text.replace(wanted, replacement)


def _unique(arguments: list[Value]) -> Value:
    found: dict[str, Value] = {}
    for each in _flat(arguments):
        found.setdefault(text_of(each).casefold(), each)
    return list(found.values())


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "sum": Function(_sum, 1, 99),
        "average": Function(_average, 1, 99),
        "count": Function(lambda arguments: Decimal(len(_flat(arguments))), 1, 99),
        "min": Function(_least, 1, 99),
        "max": Function(_greatest, 1, 99),
        "round": Function(_round, 1, 2),
        "abs": Function(lambda arguments: abs(number_of(arguments[0]))),
        "int": Function(lambda arguments: Decimal(int(number_of(arguments[0])))),
        "number": Function(lambda arguments: number_of(arguments[0])),
        "text": Function(lambda arguments: text_of(arguments[0])),
        "length": Function(lambda arguments: Decimal(len(text_of(arguments[0])))),
        "upper": Function(lambda arguments: text_of(arguments[0]).upper()),
        "lower": Function(lambda arguments: text_of(arguments[0]).lower()),
        "trim": Function(lambda arguments: text_of(arguments[0]).strip(" ")),
        "left": Function(_left, 2, 2),
        "right": Function(_right, 2, 2),
        "middle": Function(_middle, 3, 3),
        "substitute": Function(_substitute, 3, 3),
        "join": Function(_join, 1, 2),
        "unique": Function(_unique),
        "empty": Function(lambda arguments: is_empty(arguments[0])),
        "any": Function(lambda arguments: any(is_true(each) for each in _flat(arguments))),
        "all": Function(lambda arguments: all(is_true(each) for each in _flat(arguments))),
        "date": Function(_date, 3, 3),
        "year": Function(_part("year")),
        "month": Function(_part("month")),
        "day": Function(_part("day")),
    }
)
