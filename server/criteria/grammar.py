"""Criteria in words, for whoever writes them. The first answer of a server tells them, so that nothing else is loaded for it."""

from __future__ import annotations

WAYS_ACROSS = (
    '{"layout": "Orders", "where": {...}, "field": "Customer ID"} or {"found_set": "set-x", "field": "ID"}'
)
"""How a condition names other records."""
GRAMMAR = (
    "where: {field: condition} joins with and; a list of such objects means any of them; omit (same shape) leaves out. "
    "A plain value means is, null empty, a list any_of. Conditions: is, not, contains, starts_with, ends_with, words, gt, gte, "
    "lt, lte, between [a, b], any_of, empty, duplicate, invalid, case_exact, raw (FileMaker's own find syntax); in and not_in "
    f"compare with other records: {WAYS_ACROSS}. All values but raw are literal. "
    "Dates: 2026-03-09, 2026-03, today-30d, last_friday, this_/last_/next_ + "
    "day|week|month|quarter|year|fiscal_year, month_to_date, last_7_days. Another field: "
    '{"gt": {"field": "Order Date", "plus": {"days": 30}}}. Key "text" searches all text fields. Related fields are '
    "Table::Field, or Portal::Field by the portal's name; repetitions Field(2). not on related rows means no row."
)
"""For the server's instructions and for refusals."""
