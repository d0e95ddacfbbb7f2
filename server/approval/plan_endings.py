"""Why there is nothing to decide about a plan any more, as a page says it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..changes.consent.agreements import AN_HOUR, Standing
from ..pages.page_language import Language
from .plan_question import PlanQuestion


def ending_of(question: PlanQuestion, standing: Standing, say: Callable[..., str]) -> tuple[str, str] | None:
    """Why the plan cannot be decided about any more, as a heading and a sentence."""
    glance = standing.glance
    if glance is None:
        if standing.replaced_by:
            return (
                say("This plan was replaced"),
                say(
                    "The assistant added a step. The plan is called %(id)s now, and you are asked about it anew.",
                    id=standing.replaced_by,
                ),
            )
        return say("This plan is not there any more"), say("Ask the assistant to try again.")
    if glance.digest != question.plan.digest:
        return (
            say("This plan is not what it was"),
            say("It was altered after it was planned. Nothing of it is carried out."),
        )
    if glance.approved_by:
        return say("You agreed"), say("The plan was agreed to, by %(person)s.", person=glance.approved_by)
    if not glance.is_untouched:
        return say("This plan was carried out"), say("There is nothing left to decide.")
    if standing.is_expired:
        return (
            say("This plan has expired"),
            say("A plan lasts a day. Ask the assistant to plan it again."),
        )
    return None


def refusal_words(
    question: PlanQuestion, language: Language, standing: Standing | None, called: Callable[[str], str]
) -> list[str]:
    """That somebody said no; with `standing` where that was before. `called`: a person as the page names them."""
    words = [language.text("The assistant is told that you did not agree.")]
    if standing is not None and standing.declined is not None:
        at = standing.declined
        times = {"time": _clock(at), "end": _clock(at + AN_HOUR)}
        by = standing.declined_by
        is_own = by in ("", question.answers_as)
        words = [
            *(words if is_own else ()),
            language.text("You said no at %(time)s; until %(end)s it is not asked again.", **times)
            if is_own
            else language.text(
                "%(person)s said no at %(time)s; until %(end)s it is not asked again.",
                person=called(by),
                **times,
            ),
        ]
    return words


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M")
