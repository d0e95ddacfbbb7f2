"""What the owner says about a script, applied: parameters checked before anything is sent, results told apart."""

import contextlib
import json
import tomllib

import pytest

from filemaker_mcp.server.app.declared_scripts import declared_scripts
from filemaker_mcp.server.config.configuration import settled
from filemaker_mcp.server.dataapi.request_scripts import ScriptOutcome
from filemaker_mcp.server.errors import ConfigurationError, InputError
from filemaker_mcp.server.scripts.governed_script import GovernedScript
from filemaker_mcp.server.scripts.json_path import NOTHING
from filemaker_mcp.server.scripts.parameter import check_schema, text_of
from filemaker_mcp.server.scripts.portions import portion
from filemaker_mcp.server.scripts.record_parameter import fields_named, filled, lacking
from filemaker_mcp.server.scripts.script_result import Ending, read


def declared(text: str) -> GovernedScript:
    tree = tomllib.loads(
        f'[database.sales]\nhost = "fm"\nfile = "Sales"\n[database.sales.scripts.Post]\n{text}'
    )
    return declared_scripts(settled(tree, None).database["sales"])["Post"]


@pytest.mark.parametrize(
    ("rules", "error", "result", "ending"),
    [
        ("", 0, None, Ending.NO_RESULT),
        ("", 0, "done", Ending.RESULT),
        ("", 101, "3 posted", Ending.RESULT),
        ("", 101, None, Ending.SCRIPT_ERROR),
        ("", 3, "done", Ending.SCRIPT_ERROR),
        ("ok_errors = [0]", 101, "3 posted", Ending.SCRIPT_ERROR),
        ("ok_errors = [0, 3]", 3, None, Ending.NO_RESULT),
        ("", 0, '{"ok": false, "message": "closed"}', Ending.FAILURE),
        ("", 0, '{"success": 0}', Ending.FAILURE),
        ("", 0, '{"error": "no such month"}', Ending.FAILURE),
        ("", 0, '{"error": 0, "rows": []}', Ending.RESULT),
        ("", 0, '{"ok": true}', Ending.RESULT),
        ('result = { success = "state.fine" }', 0, '{"state": {"fine": "1"}}', Ending.RESULT),
        ('result = { success = "state.fine" }', 0, '{"state": {"fine": "no"}}', Ending.FAILURE),
        ('result = { success = "state.fine" }', 0, '{"state": {}}', Ending.FAILURE),
        ('result = { success = "state.fine" }', 0, "<html>Gateway</html>", Ending.FAILURE),
        ('result = { success = "state.fine" }', 0, None, Ending.FAILURE),
        ('result = { success = "state.fine" }', 0, '{"ok": false, "state": {"fine": true}}', Ending.RESULT),
    ],
)
def test_a_result_is_read_by_the_owners_rules(
    rules: str, error: int, result: str | None, ending: Ending
) -> None:
    assert read(declared(rules), ScriptOutcome(error, result)).ending is ending


def test_a_failure_is_told_in_the_scripts_own_words() -> None:
    said = read(
        declared('result = { success = "ok", message = "info[0].text" }'),
        ScriptOutcome(0, '{"ok": 0, "info": [{"text": "The month is closed."}]}'),
    ).said
    assert said == "The script ran and reports that it failed: The month is closed."


SCHEMA = """parameter = { type = "object", required = ["month"], additionalProperties = false, properties = { \
month = { type = "string", pattern = "^\\\\d{4}-\\\\d{2}$" } } }"""


@pytest.mark.parametrize(
    ("parameter", "complaint"),
    [
        ({"month": "2026-13-01"}, "month"),
        ({"mnth": "2026-01"}, "mnth"),
        ({}, "month"),
        (None, "needs one"),
        ("January", "January"),
        ({"month": "x" * 100_000}, "breaks the rule 'pattern'"),
    ],
)
def test_a_parameter_that_does_not_fit_its_schema_is_refused_shortly(
    parameter: object, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint) as refused:
        text_of(declared(SCHEMA), parameter)
    assert len(str(refused.value)) < 600
    assert "Nothing was sent" in str(refused.value)


SLOW = [
    r"^(\w+\s?)*$",
    r"^(a+)+$",
    r"(x+x+)+y",
    r"^([a-z]|[a-z0-9])+!$",
    r"(.*a){25}",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"^(a|a)*$",
    r"^(x|xx)+y$",
    r"(\s*\w\s*)*;",
    r"^(\w+,?)+$",
    r"^([^,]*)*z$",
    r"^(?:(?:w|o|r|d| )*)*!$",
]


@pytest.mark.parametrize("pattern", SLOW)
@pytest.mark.parametrize("text", ["a" * 60 + "?", "x" * 50_000, "word " * 2_000 + "\x01"], ids=len)
def test_a_pattern_of_the_owner_takes_no_longer_than_the_text_is(pattern: str, text: str) -> None:
    """Each of them takes Python's own engine hours; the run would not end."""
    for schema in (
        {"type": "string", "pattern": pattern},
        {"patternProperties": {pattern: False}, "additionalProperties": {"type": "string"}},
        {"propertyNames": {"pattern": pattern}},
    ):
        script = GovernedScript("Slow", schema=schema)
        value: object = text if "type" in schema else {text: "x"}
        with contextlib.suppress(InputError):
            text_of(script, value)


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        ({"pattern": "(?=x)y"}, "look-around"),
        ({"properties": {"a": {"pattern": r"(a)\1"}}}, "back references"),
        ({"patternProperties": {"(": {}}}, "not a 'regex'"),
        ({"pattern": r"(\w{500}){500}"}, "too large"),
        ({"patternProperties": {"a": {}}, "unevaluatedProperties": False}, "use additionalProperties"),
    ],
)
def test_a_pattern_that_cannot_be_checked_in_bounded_time_is_refused_at_the_start(
    schema: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        check_schema(schema)


def test_names_that_a_pattern_lets_in_are_let_in_and_others_are_not() -> None:
    schema = {"patternProperties": {"^n_": {"type": "integer"}}, "additionalProperties": False}
    check_schema(schema)
    script = GovernedScript("Patterned", schema=schema)
    assert text_of(script, {"n_1": 1}) == '{"n_1":1}'
    for wrong in ({"n_1": "x"}, {"m": 1}):
        with pytest.raises(InputError):
            text_of(script, wrong)


def test_json_given_as_text_is_checked_as_json_and_sent_as_text() -> None:
    text = '{ "month" : "2026-01" }'
    assert text_of(declared(SCHEMA), text) == text
    assert text_of(declared(SCHEMA), {"month": "2026-01"}) == '{"month":"2026-01"}'


def test_a_script_that_takes_none_gets_none() -> None:
    assert text_of(declared("parameter = false"), None) is None
    with pytest.raises(InputError, match="takes no parameter"):
        text_of(declared("parameter = false"), "x")


def test_a_parameter_too_long_for_an_address_needs_a_carrier() -> None:
    long = "ü" * 301
    with pytest.raises(InputError, match="1806 characters in an address"):
        text_of(declared(""), long)
    assert text_of(declared('carrier = { layout = "API One", where = { One = "1" } }'), long) == long


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('parameter = { type = "strng" }', "no JSON schema"),
        ('parameter = { "$ref" = "http://127.0.0.1:9/schema.json" }', "elsewhere"),
        ('result = { success = "a..b" }', "not a path"),
        ("timeout = 0", "timeout"),
        ('effect = "read"', "effect"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused_at_the_start(text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        declared(text)


def test_a_parameter_is_built_from_a_records_fields() -> None:
    template = {"id": {"field": "ID"}, "lines": [{"amount": {"field": "Total"}}], "kind": "first"}
    assert fields_named(template) == ["ID", "Total"]
    assert filled(template, {"ID": "7", "Total": 12}) == {
        "id": "7",
        "lines": [{"amount": 12}],
        "kind": "first",
    }
    assert filled({"field": "Total"}, {"Total": 12}) == "12"
    with pytest.raises(InputError, match="'Total'"):
        filled(template, {"ID": "7"})
    assert lacking(("ID", "Email"), {"ID": "7", "Email": " "}) == ["Email"]


def test_a_table_is_shown_as_columns_and_rows_and_goes_on_where_it_stopped() -> None:
    rows = [{"n": n, "text": "x" * 100} for n in range(400)]
    script = declared('result = { rows = "data.rows", message = "note" }')
    reading = read(script, ScriptOutcome(0, json.dumps({"ok": True, "data": {"rows": rows}})))
    first = portion(reading.document, reading.text, rows_at=script.result.rows)
    assert first["columns"] == ["n", "text"]
    assert first["result"] == {"ok": True}
    assert first["found"] == 400
    assert len(json.dumps(first)) < 17_500
    offset = first["next_offset"]
    assert isinstance(offset, int)
    second = portion(reading.document, reading.text, rows_at=script.result.rows, offset=offset)
    assert str(second["rows"]).startswith(f"[[{offset},")


def test_a_long_text_comes_in_pieces_that_make_it_whole() -> None:
    text = "".join(chr(0x100 + n % 500) for n in range(30_000))
    offset, pieces = 0, ""
    while True:
        piece = portion(NOTHING, text, rows_at=None, offset=offset)
        pieces += str(piece["result"])
        if "next_offset" not in piece:
            break
        offset = int(str(piece["next_offset"]))
    assert pieces == text
