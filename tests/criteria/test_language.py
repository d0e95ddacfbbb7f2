"""What criteria are understood to mean, as find requests."""

from __future__ import annotations

import pytest

from filemaker_mcp.server.criteria.criteria import Criteria, understand
from filemaker_mcp.server.criteria.grammar import GRAMMAR
from filemaker_mcp.server.errors import InputError, NameUnknown
from filemaker_mcp.server.text.sentence import neutral

from .invoice_layout import CALENDAR, INVOICES


def read(where: object, omit: object = None) -> Criteria:
    return understand(where, omit, INVOICES, CALENDAR)


def sent(criteria: Criteria) -> list[str]:
    return [
        ("omit " if request.omit else "") + ", ".join(f"{k}: {v}" for k, v in request.criteria.items())
        for leg in criteria.legs
        for request in leg.requests
    ]


def test_a_plain_value_is_the_whole_content_with_operators_escaped() -> None:
    assert sent(read({"Status": "a@b.com *!"})) == [r"Status: ==a\@b.com \*\!"]


def test_conditions_of_one_object_stand_in_one_request_and_objects_in_a_list_in_several() -> None:
    assert sent(read({"Status": "paid", "Total": {"gte": 500}})) == ["Status: ==paid, Total: >=500"]
    assert sent(read([{"Status": "paid"}, {"Total": 1}])) == ["Status: ==paid", "Total: =1"]


def test_a_list_of_values_becomes_requests_beside_the_other_conditions() -> None:
    assert sent(read({"Status": ["new", "open"], "Total": 5})) == [
        "Status: ==new, Total: =5",
        "Status: ==open, Total: =5",
    ]


def test_null_and_empty_text_mean_empty() -> None:
    assert (
        sent(read({"Date": None}))
        == sent(read({"Date": ""}))
        == sent(read({"Date": {"empty": True}}))
        == ["Date: ="]
    )
    assert sent(read({"Date": {"not": None}})) == ["Date: *"]


def test_two_bounds_become_one_range_and_a_strict_end_is_left_out() -> None:
    assert sent(read({"Total": {"gte": 5, "lte": 10}})) == ["Total: 5...10"]
    assert sent(read({"Total": {"gt": 5, "lte": 10.50}})) == ["Total: 5...10.5", "omit Total: =5"]


def test_a_strict_bound_on_related_rows_is_tested_here_and_said() -> None:
    criteria = read({"Lines::Qty": {"gt": 1, "lt": 3}})
    assert sent(criteria) == ["Lines::Qty: 1...3"]
    assert criteria.residual is not None
    assert "checked here" in criteria.understood


def test_not_is_an_omit_request() -> None:
    criteria = read({"Status": {"not": "paid"}, "Total": {"gt": 0}})
    assert sent(criteria) == ["Total: >0", "omit Status: ==paid"]
    assert criteria.understood == 'Status is not "paid" and Total > 0'


def test_alternatives_with_something_left_out_become_finds_of_their_own() -> None:
    criteria = read([{"Status": {"not": "x"}}, {"Notes": {"not": "y"}}, {"Total": 1}])
    assert [sent(Criteria((leg,), (), neutral(""))) for leg in criteria.legs] == [
        ["omit Status: ==x", "Total: =1"],
        ["omit Notes: ==y"],
    ]


def test_two_expressions_on_one_field_are_a_find_minus_a_find() -> None:
    criteria = read({"Notes": {"contains": "a", "ends_with": "b"}})
    (leg,) = criteria.legs
    assert sent(criteria) == ["Notes: ==*a*"]
    assert sent(Criteria(leg.minus, (), neutral(""))) == ["Notes: ==*a*", "omit Notes: ==*b"]


def test_omit_applies_to_every_alternative() -> None:
    assert sent(read([{"Status": "a"}, {"Status": "b"}], {"Total": 0})) == [
        "Status: ==a",
        "Status: ==b",
        "omit Total: =0",
    ]


def test_text_searches_every_text_field_but_globals() -> None:
    criteria = read({"text": "acme", "Total": 3})
    assert len(criteria.requests) == 5
    assert all(request.criteria["Total"] == "=3" for request in criteria.requests)
    assert criteria.understood == 'any of 5 text fields contains "acme" and Total is 3'


def test_dates_go_out_in_us_order_with_their_bounds_said() -> None:
    criteria = read({"Date": "last_quarter", "Created": {"lt": "today-60d"}})
    assert sent(criteria) == ["Date: 07/01/2026...09/30/2026, Created: <09/24/2026 00:00:00"]
    assert criteria.understood == (
        "Date is last_quarter (2026-07-01 to 2026-09-30) and Created before today-60d (2026-09-24)"
    )
    assert criteria.today == "2026-11-23 (Europe/Berlin)"


def test_fields_compare_with_fields_here() -> None:
    criteria = read({"Total": {"gt": {"field": "limit"}}})
    assert criteria.legs[0].requests == ()
    assert criteria.understood == "Total > Limit (compared here)"


def test_a_repetition_is_named_as_filemaker_names_it() -> None:
    assert sent(read({"Phone(2)": {"starts_with": "+49"}})) == ["Phone(2): ==+49*"]


def test_names_may_differ_in_case_when_that_leaves_one_field() -> None:
    assert sent(read({"status": "x"})) == ["Status: ==x"]


def test_the_grammar_is_short_enough_to_stand_in_the_instructions() -> None:
    assert len(GRAMMAR) <= 900


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"Photo": "x"}, "container"),
        ({"gTitle": "x"}, "global"),
        ({"Sum of Total": 5}, "summary"),
        ({"Total": {"words": "x"}}, "does not fit"),
        ({"Date": {"contains": "2026"}}, "does not fit"),
        ({"Total": {"gtt": 1}}, "'gt'"),
        ({"Total": "12 EUR"}, "holds numbers"),
        ({"Total": True}, "holds numbers"),
        ({"Date": "2026-02-30"}, "no possible date"),
        ({"Date": "soon"}, "last_quarter"),
        ({"Date": 5}, "holds dates"),
        ({"Date": {"between": ["2026-03-01", "2026-01-01"]}}, "Nothing lies between"),
        ({"Total": {"gt": 5, "lt": 5}}, "Nothing lies between"),
        ({"Total": {"gt": 5, "gte": 5}}, "both gt and gte"),
        ({"Total": {"between": [1]}}, "two bounds"),
        ({"Total": []}, "any_of"),
        ({"Total": {}}, "empty"),
        ([], "empty list"),
        ("Status = 1", "object or a list"),
        ({"Status": {"contains": ""}}, "needs some text"),
        ({"Total": {"gt": None}}, "bound"),
        ({"Status": [str(n) for n in range(5000)]}, "5,000 find requests; 500"),
        ({"Status": {"gt": {"field": "Lines::Item"}}}, "portal"),
        ({"Start": "25"}, "HH:MM"),
        ({"Phone(9)": "x"}, "3 repetition"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_way_to_write_it(where: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(where)


def test_an_unknown_field_is_refused_with_near_matches() -> None:
    with pytest.raises(NameUnknown, match=r"Did you mean 'Status'") as refused:
        read({"Stauts": 1})
    assert refused.value.near[0] == "Status"
    with pytest.raises(NameUnknown, match="Lines::Qty"):
        read({"Qty": 1})
