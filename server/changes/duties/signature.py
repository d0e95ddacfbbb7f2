"""Whose change it is: what is written into FileMaker beside each record, and what is said of it in the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ...policy import Policy, ScriptEffect, stamp_of, through_of
from ..plans.plan import Step, StepKind, Who

PROMISED = "mirror"
"""In the facts of an execution that began while the owner wanted its outcomes mirrored."""
WRITTEN = frozenset({StepKind.CREATE, StepKind.EDIT})
UNSTAMPED = {
    StepKind.DUPLICATE: "A copy",
    StepKind.UPLOAD: "A file",
    StepKind.DELETE: "A delete",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """Of one plan and the person for whom it is carried out."""

    plan: str
    who: Who

    def stamp(self, policy: Policy, layout: str, now: datetime) -> dict[str, str]:
        """Field -> text for a record of the layout. `now` is the moment by the owner's time zone."""
        moment = now.replace(tzinfo=None).isoformat(timespec="seconds")
        return self.filled(stamp_of(policy, layout), moment)

    def filled(self, stamp: Mapping[str, str], now: str) -> dict[str, str]:
        """Each template with what it stands for."""
        caller = self.who.caller
        places = {"person": caller.id, "client": self.who.client, "account": caller.account}
        places |= {"plan": self.plan, "now": now}
        return {name: template.format(**places) for name, template in stamp.items()}


def signed(policy: Policy, who: Who, steps: Sequence[Step]) -> list[Step]:
    """The steps with the script that writes their records, and what is told of it and of the stamp."""
    return [_signed(policy, who, step) for step in steps]


def _signed(policy: Policy, who: Who, step: Step) -> Step:
    through = through_of(policy, step.layout)
    notes: list[str] = []
    warnings: list[str] = []
    is_through = through is not None and (
        step.kind in WRITTEN or (step.kind is StepKind.DELETE and through.deletes)
    )
    effect = step.effect
    if through is not None and is_through:
        warnings.append(
            f"Each record is written by the owner's script {through.name!r}. What it does beside that is not seen here and cannot"
            " be taken back."
        )
        rule = policy.scripts.get(through.name)
        if rule is not None and rule.effect is ScriptEffect.REACHES_OUTSIDE:
            effect = rule.effect.value
    elif through is not None and step.kind in (StepKind.DELETE, StepKind.UPLOAD):
        warnings.append(f"{UNSTAMPED[step.kind]} goes past the owner's script {through.name!r}, directly.")
    stamp = stamp_of(policy, step.layout)
    if stamp and step.kind in WRITTEN:
        texts = Signature("[the id of this plan]", who).filled(stamp, "[the moment]")
        notes.append(f"Each record is stamped: {', '.join(f'{n!r} = {text}' for n, text in texts.items())}.")
    elif stamp and step.kind in UNSTAMPED:
        notes.append(f"{UNSTAMPED[step.kind]} carries no stamp: the Data API takes no fields with it.")
    if not notes and not warnings:
        return step
    name = through.name if through is not None and is_through else ""
    return replace(
        step, through=name, effect=effect, notes=(*step.notes, *notes), warnings=(*step.warnings, *warnings)
    )
