"""Whose change it is: what is written into FileMaker beside each record, and what is said of it in the plan."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from ...database.database import Database
from ...policy import Policy, ScriptEffect, is_visible, showing, through_of
from ...policy.stamp_fields import Fill, stamp_on
from ...text.plain_parts import Listed, Name
from ...text.sentence import Sentence, marked, say
from ..plans.plan import Who
from ..plans.step import Step, StepKind

PROMISED = "mirror"
"""In the facts of an execution that began while the owner wanted its outcomes mirrored."""
WRITTEN = frozenset({StepKind.CREATE, StepKind.EDIT})
UNSTAMPED = {
    StepKind.DUPLICATE: marked("A copy carries no stamp: the Data API takes no fields with it."),
    StepKind.UPLOAD: marked("A file carries no stamp: the Data API takes no fields with it."),
    StepKind.DELETE: marked("A delete carries no stamp: the Data API takes no fields with it."),
}
PAST_SCRIPT = {
    StepKind.UPLOAD: marked("A file goes past the owner's script %(script)s, directly."),
    StepKind.DELETE: marked("A delete goes past the owner's script %(script)s, directly."),
}
Stamp = tuple[Mapping[str, str], frozenset[str]]
"""Field -> template, and the fields among them that are shown."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Of one plan and the person for whom it is carried out."""

    plan: str
    who: Who

    def fill(self, now: datetime) -> Fill:
        """What fills a stamp. `now` is the moment by the owner's time zone."""
        return partial(self.filled, now=now.replace(tzinfo=None).isoformat(timespec="seconds"))

    def filled(self, stamp: Mapping[str, str], now: str) -> dict[str, str]:
        """Each template with what it stands for."""
        caller = self.who.caller
        places = {"person": caller.id, "client": self.who.client, "account": caller.account}
        places |= {"plan": self.plan, "now": now}
        return {name: template.format(**places) for name, template in stamp.items()}


async def signed(database: Database, who: Who, steps: Sequence[Step]) -> list[Step]:
    """The steps as a plan keeps them: with the script that writes their records, what is told of it and of the stamp, what decides
    now what is shown of their layouts, the stage, and whether another person has to agree."""
    policy = database.policy
    return [
        replace(
            _signed(policy, who, step, await _stamp(database, step)),
            seen=showing(policy, step.layout),
            stage=policy.stage,
            four_eyes=policy.four_eyes,
        )
        for step in steps
    ]


async def _stamp(database: Database, step: Step) -> Stamp:
    """What each record of the step is stamped with, and which of these fields the assistant may know."""
    policy = database.policy
    is_stamped = step.kind in WRITTEN or step.kind in UNSTAMPED
    if not is_stamped or not (policy.stamp or policy.stamp_by_layout):
        return {}, frozenset()
    meta = await database.layout(step.layout)
    stamp = stamp_on(policy, meta)
    return stamp, frozenset(name for name in stamp if is_visible(policy, meta, name))


def _signed(policy: Policy, who: Who, step: Step, stamp: Stamp) -> Step:
    through = through_of(policy, step.layout)
    notes: list[str] = []
    warnings: list[str] = []
    is_through = through is not None and (
        step.kind in WRITTEN or (step.kind is StepKind.DELETE and through.deletes)
    )
    effect = step.effect
    if through is not None and is_through:
        warnings.append(
            say(
                "Each record is written by the owner's script %(name)s. What it does beside that is not "
                "seen here and cannot be taken back.",
                name=Name(through.name),
            )
        )
        rule = policy.scripts.get(through.name)
        if rule is not None and rule.effect is ScriptEffect.REACHES_OUTSIDE:
            effect = rule.effect.value
    elif through is not None and step.kind in PAST_SCRIPT:
        warnings.append(say(PAST_SCRIPT[step.kind], script=Name(through.name)))
    templates, told = stamp
    if templates and step.kind in WRITTEN:
        notes.append(
            _stamp_note(Signature("[the id of this plan]", who).filled(templates, "[the moment]"), told)
        )
    elif templates and step.kind in UNSTAMPED:
        notes.append(say(UNSTAMPED[step.kind]))
    if not notes and not warnings:
        return step
    name = through.name if through is not None and is_through else ""
    return replace(
        step, through=name, effect=effect, notes=(*step.notes, *notes), warnings=(*step.warnings, *warnings)
    )


def _stamp_note(stamp: Mapping[str, str], told: Container[str]) -> Sentence:
    named = Listed.of(
        Sentence("%(name)s = %(text)s", {"name": Name(name), "text": text})
        for name, text in stamp.items()
        if name in told
    )
    if all(name in told for name in stamp):
        return say("Each record is stamped: %(fields)s.", fields=named)
    if not named.parts:
        return say("Each record is stamped in fields that are not shown here.")
    return say("Each record is stamped: %(fields)s, and in fields that are not shown here.", fields=named)
