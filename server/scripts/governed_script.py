"""A script as the owner declared it: what it may be given, where it runs, and how its result is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..dataapi.contents import Value
from ..errors import NameUnknown
from ..policy import Policy, ScriptEffect, check_script, may_run
from ..text.near_names import matched, near
from .json_path import JsonPath

Schema = Mapping[str, Any] | bool


@dataclass(frozen=True, slots=True)
class Carrier:
    """A find that always matches, whose body carries a parameter that is too long for an address (section 9.1)."""

    layout: str
    criteria: Mapping[str, str]
    """In FileMaker's own find syntax, as the owner wrote them."""


@dataclass(frozen=True, slots=True)
class ResultRule:
    """How a result that is JSON tells success, rows and a message; None where the owner said nothing."""

    success: JsonPath | None = None
    rows: JsonPath | None = None
    message: JsonPath | None = None


@dataclass(frozen=True, slots=True)
class GovernedScript:
    name: str
    effect: ScriptEffect = ScriptEffect.CHANGES
    description: str = ""
    schema: Schema | None = None
    """JSON schema of the parameter; None: any text or JSON."""
    layout: str | None = None
    """The layout on which it runs; None: the caller names one."""
    globals: Mapping[str, Value | JsonPath] = field(default_factory=dict[str, Value | JsonPath])
    """Global field -> its value, or where the parameter has it."""
    timeout: float = 3600.0
    """Seconds until its answer is given up."""
    required: tuple[str, ...] = ()
    """Fields that a record must have filled before it is run for that record."""
    carrier: Carrier | None = None
    ok_errors: frozenset[int] | None = None
    """Last errors that mean success; None: 0, and 101 with a result (a loop that ran off the last record)."""
    result: ResultRule = field(default_factory=ResultRule)
    run_once: float | None = 600.0
    """Seconds in which it is not run again with the same parameter for the same record; None: never again."""

    @property
    def reads(self) -> bool:
        return self.effect is ScriptEffect.READS


Governed = Mapping[str, GovernedScript]


def open_scripts(governed: Governed, policy: Policy) -> list[GovernedScript]:
    """Those that this assistant may run; the others do not exist for it."""
    return [script for name, script in governed.items() if may_run(policy, name)]


def governed_script(governed: Governed, policy: Policy, name: str) -> GovernedScript:
    """The script by that name, as `near_names.matched` compares. Raises Forbidden for one that is listed but closed, NameUnknown for any other."""
    by_name = {script.name: script for script in governed.values()}
    own = matched(name, by_name)
    found = None if own is None else by_name[own]
    if found is None:
        names = [script.name for script in open_scripts(governed, policy)]
        raise NameUnknown(
            "script",
            name,
            where="among those that the owner allows",
            near=near(name, names),
            advice="Nothing was run. list_scripts shows those that may run.",
        )
    check_script(policy, found.name)
    return found
