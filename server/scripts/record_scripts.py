"""The owner's scripts that write records in the assistant's stead: sent, and their answers read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..changes.applying.item_request import write_of
from ..changes.duties.save_request import Saved
from ..changes.plans.item import Item
from ..changes.plans.step import Step, StepKind
from ..dataapi.request_scripts import ScriptCall
from ..dataapi.write import Write
from ..database.database import Database
from ..database.owner_scripts import ThroughSave
from ..errors import OutcomeUnknown
from ..text.near_names import matched
from .governed_script import Governed, GovernedScript
from .parameter import LONGEST_IN_ADDRESS, encoded_length
from .script_result import read


class RecordScripts:
    """What the owner says of such a script among `scripts` (carrier, timeout, result) holds here too."""

    def __init__(self, database: Database, governed: Governed) -> None:
        self._database = database
        self._governed = governed

    async def run(self, step: Step, item: Item, parameter: str) -> Saved:
        name = matched(step.through, self._governed)
        script = GovernedScript(step.through) if name is None else self._governed[name]
        is_long = item.record_id is None and encoded_length(parameter) > LONGEST_IN_ADDRESS
        carrier = script.carrier if is_long else None
        save = ThroughSave(
            ScriptCall(step.through, parameter),
            None if name is None else script.timeout,
            None if carrier is None else carrier.layout,
            None if carrier is None else carrier.criteria,
        )
        write: Write | None = None if step.kind is StepKind.DELETE else write_of(item)
        outcome = await self._database.save_through(
            step.layout, save, write, record_id=item.record_id, mod_id=item.mod_id, own=item.own
        )
        if outcome is None:
            raise OutcomeUnknown(
                f"The carrier of {step.through!r} matched no record, and whether FileMaker ran the script is not known"
            )
        result = read(script, outcome)
        document: object = result.document
        if not isinstance(document, Mapping):
            return Saved(result.said, is_read=False)
        told = cast("Mapping[str, Any]", document)
        record_id = next((told[name] for name in ("id", "recordId") if told.get(name) not in (None, "")), "")
        return Saved(result.said, str(record_id))
