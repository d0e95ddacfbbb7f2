"""Further results, field values and names that nobody means well with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

FURTHER_RESULTS: dict[str, str] = {
    "a million names": json.dumps({f"n{n}": n for n in range(1_000_000)}),
    "one name a hundred thousand times": "{" + ",".join('"a":1' for _ in range(100_000)) + "}",
    "a million empty lists": "[" + "[]," * 1_000_000 + "[]]",
    "100,000 rows of different columns": json.dumps([{f"c{n}": n} for n in range(100_000)]),
    "a text of 9 MB": json.dumps("x" * 9_000_000),
    "a text of a million backslashes": json.dumps("\\" * 1_000_000),
    "half of what it began": '{"a": [1, 2, {"b": "c',
    "an exponent of a thousand digits": '{"n": 1e' + "9" * 1_000 + "}",
    "a minus and no number": '{"n": -}',
    "the smallest number a hundred thousand times": "[" + ",".join(["1e-400"] * 100_000) + "]",
    "braces without end": "{" * 500_000,
    "names nested 5,000 deep": '{"a":' * 5_000 + "1" + "}" * 5_000,
    "lists and objects in turn, 4,000 deep": '[{"a":' * 2_000 + "1" + "}]" * 2_000,
    "nested 500 deep in the last of 10,000 rows": "["
    + '{"a":1},' * 9_999
    + '{"a":'
    + "[" * 500
    + "]" * 500
    + "}]",
    "10,000 rows nested 90 deep": "[" + ",".join(["[" * 90 + "]" * 90] * 10_000) + "]",
    "a text that is nested 5,000 deep": json.dumps("[" * 5_000 + "]" * 5_000),
    "more ends than beginnings": "[" * 300 + "]" * 5_000,
}
FURTHER_VALUES: dict[str, bytes] = {
    "a text of 3 MB": b'"' + b"x" * 3_000_000 + b'"',
    "a million line ends": b'"' + b"\\r" * 1_000_000 + b'"',
    "a number of a million digits": b"9" * 1_000_000,
    "a fraction of a million digits": b"0." + b"1" * 1_000_000,
    "300,000 marks of direction": b'"' + b"\\u202e" * 300_000 + b'"',
    "300,000 combining marks": b'"' + b"\\u0301" * 300_000 + b'"',
    "half emojis without end": b'"' + b"\\ud83d" * 300_000 + b'"',
    "minus zero": b"-0.0e-400",
    "a formula": b'"=HYPERLINK(\\"http://example.net\\")"',
    "zeros": b'"' + b"\\u0000" * 100_000 + b'"',
}
DEEP: Any = json.loads('{"not":' * 90 + "1" + "}" * 90)
FURTHER_NAMES: dict[str, tuple[str, Mapping[str, Any]]] = {
    "a layout of 10 MB": ("find_records", {"layout": "x" * 10_000_000}),
    "a layout of 70,000 letters": ("describe_layout", {"layout": "Tasks" * 14_000}),
    "a field of 1 MB": ("find_records", {"layout": "Tasks", "fields": ["Title" * 200_000]}),
    "50,000 fields": ("find_records", {"layout": "Tasks", "fields": [f"Titel {n}" for n in range(50_000)]}),
    "50,000 times one field": ("find_records", {"layout": "Tasks", "fields": ["Title"] * 50_000}),
    "20,000 criteria": (
        "find_records",
        {"layout": "Tasks", "where": {f"Titel {n}": "x" for n in range(20_000)}},
    ),
    "20,000 alternatives": (
        "find_records",
        {"layout": "Tasks", "where": {"Title": [f"x{n}" for n in range(20_000)]}},
    ),
    "20,000 requests": (
        "find_records",
        {"layout": "Tasks", "where": [{"Title": f"x{n}"} for n in range(20_000)]},
    ),
    "criteria nested 90 deep": ("find_records", {"layout": "Tasks", "where": {"Title": DEEP}}),
    "a number of 100,000 digits": ("find_records", {"layout": "Tasks", "where": {"Done": "9" * 100_000}}),
    "an exponent of nine digits": (
        "find_records",
        {"layout": "Tasks", "where": {"Done": {"gt": "1e-300000000"}}},
    ),
    "a date of 1 MB": ("find_records", {"layout": "Tasks", "where": {"Due": "2026-01-" * 120_000}}),
    "a pattern of 1 MB": ("find_records", {"layout": "Tasks", "where": {"Title": "*@#" * 330_000}}),
    "an id of 1 MB": ("get_record", {"layout": "Tasks", "id": "1" * 1_000_000}),
    "50,000 ids": (
        "edit_records",
        {"layout": "Tasks", "ids": [str(n) for n in range(50_000)], "values": {"Title": "x"}},
    ),
    "20,000 records": (
        "create_records",
        {"layout": "Tasks", "records": [{"Titel": "x"} for _ in range(20_000)]},
    ),
    "20,000 records that fit": (
        "create_records",
        {"layout": "Tasks", "records": [{"Title": f"x{n}"} for n in range(20_000)]},
    ),
    "5,000 records that fit": (
        "create_records",
        {"layout": "Tasks", "records": [{"Title": f"x{n}", "Priority": "High"} for n in range(5_000)]},
    ),
    "200 records with long texts": (
        "edit_records",
        {
            "layout": "Tasks",
            "ids": [str(n) for n in range(1, 201)],
            "values": {"Title": "x" * 5_000, "Priority": "High"},
        },
    ),
    "a text of 5 MB in an edit": (
        "edit_records",
        {"layout": "Tasks", "ids": ["1"], "values": {"Title": "x" * 5_000_000}},
    ),
    "a new record with a text of 900,000 letters": (
        "create_records",
        {"layout": "Tasks", "records": [{"Title": "\u202e=x" * 300_000}]},
    ),
    "9,000 ids": (
        "edit_records",
        {"layout": "Tasks", "ids": [str(n) for n in range(9_000)], "values": {"Title": "x"}},
    ),
    "4,900 requests": (
        "find_records",
        {"layout": "Tasks", "where": [{"Title": f"x{n}"} for n in range(4_900)]},
    ),
    "a pattern of 19,000 letters": ("find_records", {"layout": "Tasks", "where": {"Title": "*@#" * 6_333}}),
    "a file of 300 bytes": ("read_container", {"file": "é" * 150 + ".csv"}),
    "a file of 1 MB": ("read_container", {"file": "x" * 1_000_000}),
    "a file above the folder": ("read_container", {"file": "../" * 100_000 + "etc/passwd"}),
    "a file whose name ends early": ("read_container", {"file": "prices\x00.csv"}),
    "a file on two lines": ("read_container", {"file": "prices\r\n.csv"}),
    "a file that is the folder": ("read_container", {"file": "."}),
    "a file from home": ("read_container", {"file": "~root/prices.csv"}),
    "a file by its address": ("read_container", {"file": "file:///etc/passwd"}),
    "a file of another system": ("read_container", {"file": "C:\\Windows\\..\\CON"}),
    "a file turned round": ("read_container", {"file": "prices\u202evsc.exe"}),
    "a file of 255 bytes": ("read_container", {"file": "x" * 251 + ".csv"}),
    "a file in 9,000 folders": ("read_container", {"file": "a/" * 9_000 + "x.csv"}),
    "a script of 1 MB": ("run_script", {"script": "Echo" * 250_000}),
    "a parameter of 5 MB": ("run_script", {"script": "Echo", "parameter": "x" * 5_000_000}),
    "a change of 1 MB": ("apply_change", {"change_id": "x" * 1_000_000}),
    "a job of 1 MB": ("check_job", {"job": "x" * 1_000_000}),
    "a search of 1 MB": ("list_layouts", {"search": "x" * 1_000_000}),
    "1,000 measures": (
        "summarize_records",
        {"layout": "Tasks", "measures": [f"sum Done{n}" for n in range(1_000)]},
    ),
    "1,000 groups": ("summarize_records", {"layout": "Tasks", "group_by": ["Title"] * 1_000}),
}
