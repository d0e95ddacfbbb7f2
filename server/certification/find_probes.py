"""Finding, sorting, paging and reading values: what recordings and live suites have settled."""

from __future__ import annotations

from decimal import Decimal

from .behaviour import Behaviour, NotSeen
from .scratch import Scratch


async def _no_match(scratch: Scratch) -> str:
    return (await scratch.find({})).verdict


async def _no_criteria(scratch: Scratch) -> str:
    answer = await scratch.first.ask("POST", ("layouts", scratch.layout, "_find"), {"query": [{}]})
    return answer.verdict


async def _unknown_field(scratch: Scratch) -> str:
    return (await scratch.find({"fmcertify nowhere": "1"})).verdict


async def _unknown_parameter(scratch: Scratch) -> str:
    await scratch.create()
    return (await scratch.find({}, _limit=1)).verdict


async def _missing_record(scratch: Scratch) -> str:
    return (await scratch.first.ask("GET", scratch.record_path("999999999999"))).verdict


async def _missing_layout(scratch: Scratch) -> str:
    return (await scratch.first.ask("GET", ("layouts", "fmcertify nowhere", "records"))).verdict


async def _texts(scratch: Scratch) -> str:
    """`==` whole, by the beginning of words, and with a wildcard, of three texts."""
    text = scratch.needed("text")
    for value in ("alpha", "alpha beta", "alphabet"):
        await scratch.create({text: value})
    counts = [
        await scratch.count({text: criterion}) for criterion in ("==alpha", "alpha", "=alpha", "==*bet*")
    ]
    return " ".join(counts)


async def _numbers(scratch: Scratch) -> str:
    number = scratch.needed("number")
    for value in range(1, 6):
        await scratch.create({number: value})
    criteria = ("3", "2...4", ">4", "<=2", "*", "=")
    return " ".join([await scratch.count({number: criterion}) for criterion in criteria])


async def _omit(scratch: Scratch) -> str:
    number = scratch.needed("number")
    for value in range(1, 5):
        await scratch.create({number: value})
    return await scratch.count({}, {number: "2", "omit": "true"})


async def _order(scratch: Scratch) -> str:
    number = scratch.needed("number")
    for value in (2, 4, 1, 3):
        await scratch.create({number: value})
    sort = [{"fieldName": number, "sortOrder": "descend"}]
    answer = await scratch.find({}, sort=sort, offset=2, limit=2)
    return " ".join(str(each["fieldData"][number]) for each in answer.records)


async def _counts(scratch: Scratch) -> str:
    for _ in range(3):
        await scratch.create()
    told = (await scratch.find({}, limit=2)).response.get("dataInfo")
    if told is None:
        raise NotSeen("this version counts no records")
    return f"{told.get('foundCount')} found, {told.get('returnedCount')} returned"


async def _date(scratch: Scratch) -> str:
    date = scratch.needed("date")
    record = await scratch.create({date: "2/9/2024"})
    is_padded = await scratch.value(record, date) == "02/09/2024"
    return (
        f"{'as MM/DD/YYYY' if is_padded else 'otherwise'}, found {await scratch.count({date: '02/09/2024'})}"
    )


async def _iso_date(scratch: Scratch) -> str:
    answer = await scratch.create_answer({scratch.needed("date"): "2024-02-09"})
    return answer.verdict


async def _timestamp(scratch: Scratch) -> str:
    stamp = scratch.needed("timestamp")
    record = await scratch.create({stamp: "2/22/2022 9:15:55 PM"})
    return (
        "as MM/DD/YYYY HH:MM:SS"
        if await scratch.value(record, stamp) == "02/22/2022 21:15:55"
        else "otherwise"
    )


async def _long_time(scratch: Scratch) -> str:
    time = scratch.needed("time")
    record = await scratch.create({time: "37:30:00"})
    return "kept" if await scratch.value(record, time) == "37:30:00" else "otherwise"


async def _number_forms(scratch: Scratch) -> str:
    """A plain number is one in JSON, with every digit; what holds letters is a text; nothing is an empty text."""
    number = scratch.needed("number")
    told: list[str] = []
    for sent, kept in (("0.1", Decimal("0.1")), ("9" * 30, int("9" * 30)), ("25abc", "25abc"), ("", "")):
        read = await scratch.value(await scratch.create({number: sent}), number)
        told.append("kept" if read == kept else "otherwise")
    return " ".join(told)


async def _line_ends(scratch: Scratch) -> str:
    text = scratch.needed("text")
    read = await scratch.value(await scratch.create({text: "one\rtwo"}), text)
    return {"one\rtwo": "CR", "one\ntwo": "LF"}.get(str(read), "otherwise")


FINDS = (
    Behaviour("no_match", "7.2", "A find that finds nothing", _no_match, "401, HTTP 500"),
    Behaviour("no_criteria", "7.2", "A find without criteria", _no_criteria, "400, HTTP 500"),
    Behaviour(
        "unknown_field", "7.2", "A find in a field that is not on the layout", _unknown_field, "102, HTTP 500"
    ),
    Behaviour(
        "unknown_parameter",
        "7.1",
        "A parameter that a find does not know",
        _unknown_parameter,
        "960, HTTP 400",
    ),
    Behaviour("missing_record", "6.5", "A record id that no record has", _missing_record, "101, HTTP 500"),
    Behaviour("missing_layout", "5.3", "A layout that does not exist", _missing_layout, "105, HTTP 500"),
    Behaviour(
        "texts",
        "7.3",
        "Three texts found whole, by beginnings of words, by words, by a wildcard",
        _texts,
        "1 3 2 2",
    ),
    Behaviour(
        "numbers", "7.3", "Numbers found by value, range, comparison, any and none", _numbers, "1 3 1 2 5 0"
    ),
    Behaviour("omit", "7.2", "An omit request takes its matches away", _omit, "3"),
    Behaviour("order", "7.1", "Sorted, then cut by offset and limit", _order, "3 2"),
    Behaviour("found_counts", "7.6", "How many are found and returned", _counts, "3 found, 2 returned"),
    Behaviour(
        "date",
        "8.1",
        "A date without leading zeros, as it is answered and found",
        _date,
        "as MM/DD/YYYY, found 1",
    ),
    Behaviour("iso_date", "8.2", "An ISO date without dateformats", _iso_date, "500, HTTP 500"),
    Behaviour("timestamp", "8.2", "A timestamp with PM", _timestamp, "as MM/DD/YYYY HH:MM:SS"),
    Behaviour("long_time", "8.1", "A time over 24 hours", _long_time, "kept"),
    Behaviour(
        "number_forms",
        "8.1",
        "0.1, thirty digits, a number with letters, no number",
        _number_forms,
        "kept kept kept kept",
    ),
    Behaviour("line_ends", "8.1", "How a line ends in a text", _line_ends, "CR"),
)
