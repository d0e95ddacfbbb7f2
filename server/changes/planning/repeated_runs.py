"""Leaves script runs that were made already out of a plan, unless they are to be repeated."""

from __future__ import annotations

from dataclasses import replace

from ...errors import Forbidden
from ...policy import Approval, Policy
from ...text.plain_parts import Listed, Name
from ...text.sentence import Sentence, in_a_row, marked, say
from ..display.plan_display import which_of
from ..journal.script_log import EarlierRun, ScriptLog
from ..plans.item import Item
from ..plans.plan import Who
from ..plans.step import Step

NAMED = 10
ONCE_MORE = say("repeat: true runs what ran before once more.")


async def without_repetitions(
    script_log: ScriptLog, policy: Policy, step: Step, who: Who, *, window: float | None, repeat: bool
) -> Step:
    """The step with the runs that are new; with `repeat` also those that were made before, marked as such.

    `window` is the script's own: seconds in which it is not run again, None for ever. Raises Forbidden to repeat one that the owner lets run once, where nobody is asked to agree.
    """
    earlier = [(item, await script_log.earlier(step, item, who, window)) for item in step.items]
    known = [(item, run) for item, run in earlier if run is not None]
    if not known:
        return step
    if not repeat:
        rest = tuple(item for item, run in earlier if run is None)
        text = in_a_row((say(_left_out(step, known), what=_counted(step, known)), ONCE_MORE))
        return replace(step, items=rest, notes=(*step.notes, text))
    if window is None and policy.approval is Approval.CLIENT:
        raise Forbidden(
            f"{_counted(step, known)}, and the owner lets {step.script!r} run once",
            advice="Nothing was run now. Only the owner can open it (run_once in the settings).",
        )
    items = tuple(replace(item, again=True) if run is not None else item for item, run in earlier)
    warning = say("%(what)s, and once more now.", what=_counted(step, known))
    return replace(step, items=items, warnings=(*step.warnings, warning), overrides=window is None)


def _counted(step: Step, known: list[tuple[Item, EarlierRun]]) -> Sentence:
    if len(known) == 1 and known[0][0].record_id is None:
        return say(
            "The script %(script)s ran with this parameter %(when)s",
            script=Name(step.script),
            when=known[0][1].when,
        )
    named = [Sentence("%(what)s (%(how)s)", {"what": which_of(item), "how": run.when}) for item, run in known]
    return say(
        "For %(known)s of %(all)s records the script %(script)s ran with this parameter already (%(records)s)",
        known=len(known),
        all=len(step.items),
        script=Name(step.script),
        records=Listed.of(named, NAMED, "; "),
    )


def _left_out(step: Step, known: list[tuple[Item, EarlierRun]]) -> str:
    if len(known) < len(step.items):
        return marked("%(what)s and these are left out.")
    if len(known) == 1:
        return marked("%(what)s and was not run again.")
    return marked("%(what)s and was not run again for any of them.")
