"""Words of SQL, pandas, Mongo and OData are answered with the word that is used here."""

from __future__ import annotations

from typing import Any

import pytest

from ..assistant import assisted

pytestmark = pytest.mark.anyio

IN = {"layout": "Invoices", "field": "Customer ID"}


def where(condition: object) -> dict[str, Any]:
    return {"layout": "Customers", "where": {"ID": condition}}


def measured(measure: object) -> dict[str, Any]:
    return {"layout": "Invoices", "measures": [measure], "group_by": ["Status"]}


def grouped(group: object) -> dict[str, Any]:
    return {"layout": "Invoices", "group_by": [group]}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("find_records", where({"in": ["C-0001"]}), "Did you mean 'any_of'"),
    ("find_records", where({"not_in": ["C-0001"]}), "Did you mean 'not'"),
    ("find_records", where({"$nin": ["C-0001"]}), "Did you mean 'not'"),
    ("find_records", where({"$in": IN}), "Did you mean 'in'"),
    ("find_records", where({"exists": IN}), "Did you mean 'in'"),
    ("find_records", where({"not_exists": IN}), "Did you mean 'not_in'"),
    ("find_records", where({"isin": IN}), "Did you mean 'in'"),
    ("find_records", where({"in": {"from": "Invoices", "field": "Customer ID"}}), "Did you mean 'layout'"),
    ("find_records", where({"in": {"layout": "Invoices", "select": "Customer ID"}}), "Did you mean 'field'"),
    (
        "find_records",
        where({"in": {"layout": "Invoices", "filter": {}, "field": "ID"}}),
        "Did you mean 'where'",
    ),
    ("find_records", where({"startswith": "C"}), "Did you mean 'starts_with'"),
    ("find_records", where({"gt": {"field": "Name", "add": {"days": 1}}}), '"plus"'),
    ("summarize_records", grouped({"field": "Total", "bins": [0, 100]}), "Did you mean 'bands'"),
    ("summarize_records", grouped({"field": "Total", "boundaries": [0, 100]}), "Did you mean 'bands'"),
    ("summarize_records", grouped({"field": "Due Date", "aging": [30]}), "Did you mean 'age'"),
    ("summarize_records", grouped({"field": "Date", "freq": "month"}), "Did you mean 'by'"),
    ("summarize_records", grouped({"field": "Date", "date_trunc": "month"}), "Did you mean 'by'"),
    ("summarize_records", grouped({"field": "Date", "by": "MS"}), "Did you mean month"),
    ("summarize_records", grouped({"field": "Date", "by": "dayofweek"}), "Did you mean weekday"),
    ("summarize_records", grouped({"field": "Status", "case_sensitive": True}), "Did you mean 'exact'"),
    ("summarize_records", grouped({"column": "Status"}), "Did you mean 'field'"),
    ("summarize_records", measured({"sum": {"average": ["Total", "Total"]}}), "takes a field"),
    ("summarize_records", measured({"running": {"median": "Paid Amount"}}), "adds up a sum"),
    ("summarize_records", measured({"over": "sum Total"}), '{"running": "sum Total"}'),
    ("summarize_records", {**grouped("Status"), "having": {"count": {"$gt": 1}}}, "Did you mean 'gt'"),
    ("summarize_records", {**grouped("Status"), "order_by": ["count"]}, "did you mean 'sort'"),
    ("summarize_records", {**grouped("Status"), "limit": 3}, "did you mean 'top'"),
    ("find_records", {"layout": "Invoices", "filter": {"Status": "Paid"}}, "did you mean 'where'"),
    ("find_records", {"layout": "Invoices", "$filter": "Status eq 'Paid'"}, "did you mean 'where'"),
    ("find_records", {"layout": "Invoices", "select": ["Status"]}, "did you mean 'fields'"),
    ("find_records", {"layout": "Invoices", "skip": 3}, "did you mean 'offset'"),
    ("find_records", where({"$gte": "C"}), "Did you mean 'gte'"),
    ("find_records", where({"isnull": True}), "Did you mean 'empty'"),
    ("find_records", where({"notnull": True}), "Did you mean '{\"empty\": false}'"),
    ("find_records", where({"$exists": True}), "Did you mean '{\"empty\": false}'"),
    ("find_records", where({"left_anti": IN}), "Did you mean 'not_in'"),
    ("find_records", where({"semi_join": IN}), "Did you mean 'in'"),
    ("find_records", where({"date_range": ["a", "b"]}), "Did you mean 'between'"),
    (
        "find_records",
        {"layout": "Customers", "where": {"$or": [{"City": "Kiel"}]}},
        "A list of objects means any",
    ),
    (
        "find_records",
        {"layout": "Invoices", "where": {"Date": {"gt": {"field": "Due Date", "offset": 3}}}},
        '"plus"',
    ),
    ("summarize_records", grouped({"field": "Total", "ntile": 4}), "Did you mean 'bands'"),
    ("summarize_records", grouped({"field": "Date", "floor": "month"}), "Did you mean 'by'"),
    ("summarize_records", grouped({"$month": "Date"}), 'Write {"field": "Date", "by": "month"}'),
    ("summarize_records", grouped("month(Date)"), 'Write {"field": "Date", "by": "month"}'),
    ("summarize_records", grouped("Date by Month"), 'Write {"field": "Date", "by": "month"}'),
    ("summarize_records", grouped("Date:quarter"), 'Write {"field": "Date", "by": "quarter"}'),
    ("summarize_records", measured({"moving": "count", "window": 3}), "Did you mean 'periods'"),
    ("summarize_records", measured({"share": "Total", "partition_by": "Status"}), "Did you mean 'of'"),
    ("summarize_records", measured({"first": "Status", "order_by": "Date"}), "Did you mean 'by'"),
    ("summarize_records", measured({"percentile": "Total", "q": 90}), "Did you mean 'p'"),
    ("summarize_records", measured({"sum": "Total", "alias": "x"}), "Did you mean 'as'"),
    ("summarize_records", measured({"field": "Total", "agg": "mean"}), 'Write {"average": "Total"}'),
    ("summarize_records", measured({"lag": "Total"}), "compare sets each figure beside"),
    ("summarize_records", measured({"row_number": "Total"}), "top_each"),
    ("summarize_records", measured({"weighted_avg": "Total"}), '"ratio"'),
    ("summarize_records", measured({"churn": "Customer ID"}), "'lost Customer ID' needs a group by day"),
    ("summarize_records", measured({"first_time": "Customer ID"}), "'new Customer ID' needs a group by day"),
    ("summarize_records", {**grouped("Status"), "aggregations": ["count"]}, "did you mean 'measures'"),
    ("summarize_records", {**grouped("Status"), "partition_by": "Status"}, "did you mean 'top_each'"),
    ("summarize_records", {**grouped("Status"), "versus": "last year"}, "did you mean 'compare'"),
    ("find_records", {"layout": "Invoices", "$expand": "Lines"}, "did you mean 'portals'"),
]
TAKEN: list[object] = [
    {"avg": "Total"}, {"nunique": "Customer ID"}, {"std": "Paid Amount"}, {"cumsum": "sum Paid Amount"},
    {"rolling": "count", "periods": 3}, {"percent": "Paid Amount"}, {"divide": ["sum Paid Amount", "count"]},
    {"argmax": "Status", "by": "Date"}, {"$sum": "Paid Amount"}, {"sum": {"datediff": ["Date", "Due Date"]}},
]  # fmt: skip
BAD: list[tuple[dict[str, Any], str]] = [
    (grouped({"field": "Paid Amount", "bands": [100, 0]}), "numbers that ascend"),
    (grouped({"field": "Paid Amount", "bands": ["a"]}), "numbers that ascend"),
    (grouped({"field": "Status", "age": [30]}), "only dates have an age"),
    (grouped({"field": "Due Date", "age": [1.5]}), "whole days"),
    (grouped({"field": "Due Date", "bands": [1]}), "only numbers have bands"),
    (grouped({"field": "Date", "by": "hour"}), "only timestamps and times have hours"),
    (measured({"moving": "count", "periods": 3}), "needs a group by day"),
    (measured({"running": {"running": "count"}}), "measures of one group"),
    (measured({"share": "Paid Amount", "of": "Status"}), "a group above"),
    (
        {"layout": "Invoices", "where": {"Shipped At": {"gt": {"field": "Date", "plus": 3}}}},
        "cannot be added",
    ),
    ({"layout": "Invoices", "top_each": 3, "group_by": ["Status"]}, "two groups"),
    (
        {"layout": "Invoices", "where": {"Customer ID": {"in": {"found_set": "set-zzzzz", "field": "ID"}}}},
        "no found set",
    ),
]


async def test_words_of_other_languages_are_answered_with_the_right_one() -> None:
    assert len(REFUSED) + len(TAKEN) > 60
    async with assisted() as assistant:
        for tool, arguments, words in REFUSED:
            assert words in await assistant.refused(tool, **arguments), arguments
        few = await assistant.ask("summarize_records", layout="Invoices", where={"Date": "2025-03"})
        for measure in TAKEN:
            await assistant.ask(
                "summarize_records",
                found_set=few["found_set"],
                measures=[measure],
                group_by=[{"field": "Date", "by": "month"}],
            )


async def test_what_cannot_be_meant_is_refused_with_what_to_do() -> None:
    async with assisted() as assistant:
        for arguments, words in BAD:
            assert words in await assistant.refused("summarize_records", **arguments), arguments


async def test_a_found_set_is_its_own_callers_and_questions_stand_three_deep_at_most() -> None:
    async with assisted() as assistant:
        deep: object = "Berlin"
        for _ in range(5):
            deep = {"in": {"layout": "Customers", "where": {"City": deep}, "field": "City"}}
        assert "deep in one another" in await assistant.refused(
            "find_records", layout="Customers", where={"City": deep}
        )
        none = await assistant.ask("find_records", layout="Customers", where={"City": "Atlantis"})
        assert none["found"] == 0
        nobody = {"in": {"layout": "Customers", "where": {"City": "Atlantis"}, "field": "ID"}}
        answer = await assistant.ask("find_records", layout="Customers", where={"ID": nobody}, limit=1)
        assert answer["found"] == 0
        everybody = {"not_in": {"layout": "Customers", "where": {"City": "Atlantis"}, "field": "ID"}}
        every = await assistant.ask("find_records", layout="Customers", where={"ID": everybody}, limit=1)
        assert every["found"] == (await assistant.ask("find_records", layout="Customers", limit=1))["found"]
