"""The owner's scripts that write records in the assistant's stead, and what each changed record is stamped with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.request_scripts import ScriptCall
from ..dataapi.write import Write
from ..errors import Changed, ConfigurationError, Forbidden
from ..policy import Policy, check_script, check_table, through_of
from ..policy.stamp_fields import (
    Fill,
    Reached,
    reached_by,
    related_stamp_problems,
    stamp_problems,
    stamped,
)
from .script_calls import ScriptCalls

AGAIN = "Plan the change again."


def no_stamp(stamp: Mapping[str, str]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class ThroughSave:
    """One record as the owner's script is to write it."""

    call: ScriptCall
    timeout: float | None = None
    layout: str | None = None
    """Where the carrier finds."""
    carrier: Mapping[str, str] | None = None
    """For a parameter of a new record that is too long for an address: a find that always matches."""


class OwnerScripts:
    def __init__(self, policy: Policy, script_calls: ScriptCalls) -> None:
        self._policy = policy
        self._script_calls = script_calls

    async def check_planned(self, meta: LayoutMeta) -> str:
        """The script that writes a layout's records; empty where they are written directly. Raises NameUnknown where FileMaker
        has no such script, ConfigurationError where a stamp cannot be written, Forbidden where the layout is closed as
        `check_table` says."""
        check_table(self._policy, meta)
        _refuse(stamp_problems(self._policy, meta))
        through = through_of(self._policy, meta.name)
        if through is None:
            return ""
        if self._policy.scope is not None:
            check_script(self._policy, through.name)
        await self._script_calls.check_there(through.name)
        return through.name

    def check_stamps(self, meta: LayoutMeta, reached: Iterable[Reached]) -> None:
        """Raises ConfigurationError where related records cannot be stamped."""
        if self._policy.stamp or self._policy.stamp_by_layout:
            _refuse(related_stamp_problems(self._policy, meta, reached))

    def stamped(self, meta: LayoutMeta, write: Write, fill: Fill) -> Write:
        """With the stamps of the record and of its related records. Raises ConfigurationError."""
        if fill is no_stamp:
            return write
        self.check_stamps(meta, reached_by(meta, write))
        return stamped(self._policy, meta, write, fill)

    def check_call(self, layout: str, call: ScriptCall) -> None:
        """Raises Forbidden for a script that does not write the layout's records."""
        through = through_of(self._policy, layout)
        if through is None or through.name != call.name:
            raise Forbidden(
                f"The owner's settings do not let {call.name!r} write records of {layout!r} any more",
                changed=Changed.NOTHING,
                advice=AGAIN,
            )

    def check_direct(self, layout: str, *, deletes: bool = False) -> None:
        """Raises Forbidden for what the owner's script has to write."""
        through = through_of(self._policy, layout)
        if through is not None and (through.deletes or not deletes):
            raise Forbidden(
                f"Records of {layout!r} are written by the owner's script {through.name!r}, and not directly",
                changed=Changed.NOTHING,
                advice=AGAIN,
            )


def _refuse(problems: Iterable[str]) -> None:
    problem = next(iter(problems), "")
    if problem:
        raise ConfigurationError(
            problem, advice="Nothing was planned. The owner corrects `stamp`, or sets `stamp_by_layout`."
        )
