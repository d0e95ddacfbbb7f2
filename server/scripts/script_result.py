"""What a run of a script came to: its last error, a result that reports failure, or a result; all told apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from ..codes import MEANINGS
from ..dataapi.request_scripts import ScriptOutcome
from ..text.exact_json import exact_json, is_deeper
from ..text.lowered_first import lowered_first
from .governed_script import GovernedScript
from .json_path import NOTHING

DEEPEST = 100
"""Objects and lists inside one another; a deeper result is text, which MCP clients can read."""
CUT = 300
"""Characters of a message that are repeated in a sentence."""
LONGEST_MESSAGE = 4_000


class Ending(StrEnum):
    RESULT = "result"
    NO_RESULT = "no result"
    SCRIPT_ERROR = "script error"
    """It ran, and its last error is none of those that mean success."""
    FAILURE = "failure reported"
    """It ran, and its result says that it failed."""


@dataclass(frozen=True, slots=True)
class ScriptResult:
    ending: Ending
    error: int
    text: str | None
    """The result as it came."""
    document: Any = None
    """The result as JSON, or NOTHING when it is no JSON."""
    message: str = ""
    """What the script says, by the owner's rule; for a failure also by common names."""

    @property
    def succeeded(self) -> bool:
        return self.ending in (Ending.RESULT, Ending.NO_RESULT)

    @property
    def said(self) -> str:
        """One sentence about a failure."""
        if self.ending is Ending.SCRIPT_ERROR:
            meaning = MEANINGS.get(self.error)
            known = f" ({lowered_first(meaning)})" if meaning else ""
            told = f" Its result: {_cut(self.text)}." if self.text else ""
            return f"The script ran and ended with FileMaker error {self.error}{known}.{told}"
        if self.ending is Ending.FAILURE:
            return f"The script ran and reports that it failed: {_cut(self.message or self.text or 'it does not say why').rstrip('.')}."
        return ""


def read(script: GovernedScript, outcome: ScriptOutcome) -> ScriptResult:
    """The owner's rules applied to what FileMaker answered."""
    document = _document(outcome.result)
    rule = script.result
    message = _text(rule.message.find(document)) if rule.message is not None else ""
    if not _is_ok(script, outcome):
        return ScriptResult(Ending.SCRIPT_ERROR, outcome.error, outcome.result, document, message)
    if outcome.result is None and rule.success is None:
        return ScriptResult(Ending.NO_RESULT, outcome.error, None, NOTHING, message)
    if rule.success is not None:
        found = rule.success.find(document)
        # A result without the sign of success that the owner expects is no success.
        failed = found is NOTHING or not _means_yes(found)
        if failed and not message and found is NOTHING:
            message = f"the result has no {rule.success.text!r}"
    else:
        failed = _reports_failure(document)
    if failed:
        return ScriptResult(
            Ending.FAILURE, outcome.error, outcome.result, document, message or _own_message(document)
        )
    return ScriptResult(Ending.RESULT, outcome.error, outcome.result, document, message)


def _is_ok(script: GovernedScript, outcome: ScriptOutcome) -> bool:
    if script.ok_errors is not None:
        return outcome.error in script.ok_errors
    # Section 9.1 [O]: a loop that ends by running off the last record reports 101 and has succeeded.
    return outcome.error == 0 or (outcome.error == 101 and outcome.result is not None)


def is_json(result: str) -> bool:
    """By how it begins."""
    return (result[:1_000].lstrip() or result.lstrip())[:1] in ("{", "[")


def _document(result: str | None) -> Any:
    """Objects and lists only: a result such as `42` or `true` is text like any other."""
    if result is None or not is_json(result):
        return NOTHING
    try:
        document = exact_json(result)
    except ValueError:
        return NOTHING
    return NOTHING if is_deeper(document, DEEPEST) else document


def _reports_failure(document: Any) -> bool:
    if not isinstance(document, Mapping):
        return False
    fields = cast("Mapping[str, Any]", document)
    if any(name in fields and not _means_yes(fields[name]) for name in ("ok", "success")):
        return True
    return _means_yes(fields.get("error"))


def _means_yes(value: object) -> bool:
    """As FileMaker people write it in JSON: true, 1, "1", "ok" mean yes; false, null, 0, "0", "", "false", "no" and nothing mean no."""
    if isinstance(value, str):
        return value.strip().casefold() not in ("", "0", "false", "no", "null", "none")
    return bool(value)


def _own_message(document: Any) -> str:
    if isinstance(document, Mapping):
        fields = cast("Mapping[str, Any]", document)
        for name in ("message", "error", "reason", "errorMessage"):
            if _means_yes(fields.get(name)) and fields[name] is not True:
                return _text(fields[name])
    return ""


def _text(value: object) -> str:
    if value is NOTHING or value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:LONGEST_MESSAGE]


def _cut(text: str | None) -> str:
    text = text or ""
    short = " ".join(text[: 2 * CUT].split())
    if len(text) <= 2 * CUT and len(short) <= CUT:
        return short
    return f"{short[:CUT]} ... ({len(text)} characters)"
