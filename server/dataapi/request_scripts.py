"""Scripts that run with a request, or by themselves, and how they ended (section 9). Frozen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptCall:
    name: str
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Scripts:
    """Scripts that run with another request (section 9.1)."""

    prerequest: ScriptCall | None = None
    presort: ScriptCall | None = None
    after: ScriptCall | None = None


@dataclass(frozen=True, slots=True)
class ScriptOutcome:
    error: int
    """The last error of the run, 0 for none (section 9.1)."""
    result: str | None
    """The text of Exit Script, or None when the script ended without one."""


@dataclass(frozen=True, slots=True)
class ScriptOutcomes:
    prerequest: ScriptOutcome | None = None
    presort: ScriptOutcome | None = None
    after: ScriptOutcome | None = None
