"""Functions and signs of FileMaker's formulas, and what the emulator's expressions call them."""

from __future__ import annotations

COMPARISONS = {
    "=": "==",
    "≠": "!=",
    "<>": "!=",
    "<": "<",
    "≤": "<=",
    "<=": "<=",
    ">": ">",
    "≥": ">=",
    ">=": ">=",
}
CALLS = {
    **{
        name: name
        for name in (
            "sum",
            "average",
            "count",
            "min",
            "max",
            "round",
            "abs",
            "int",
            "length",
            "upper",
            "lower",
            "trim",
        )
    },
    **{name: name for name in ("left", "right", "middle", "substitute", "year", "month", "day")},
    "getasnumber": "number",
    "getastext": "text",
    "isempty": "empty",
    "truncate": "int",
}
AGGREGATES = frozenset({"sum", "average", "count", "min", "max"})
FACTS = {
    "currentdate": "today()",
    "currenttimestamp": "now()",
    "currenthosttimestamp": "now()",
    "accountname": "account()",
    "accountprivilegesetname": "privilege_set()",
    "recordid": "record_id()",
    "recordmodificationcount": "mod_id()",
    "uuid": "uuid()",
}
