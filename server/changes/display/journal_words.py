"""What an entry of the journal says, in one sentence for a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...text.plain_parts import Listed, Name
from ...text.sentence import NOTHING, Sentence, marked, say
from ..journal.journal_entry import Entry

STATES = {
    "done": marked("%(count)s done"),
    "refused": marked("%(count)s refused"),
    "unknown": marked("%(count)s unknown"),
    "sent": marked("%(count)s on its way"),
    "open": marked("%(count)s not sent"),
}


def words_of(entry: Entry, called: Callable[[str], str] = str) -> Sentence:
    """Empty where the event says it all, and of facts that another program wrote: `journal verify` names their entry. `called` is how
    callers are named."""
    try:
        return _words_of(entry, called)
    except (TypeError, ValueError, AttributeError):
        return NOTHING


def _words_of(entry: Entry, called: Callable[[str], str]) -> Sentence:
    facts = entry.facts
    match entry.event:
        case "refused":
            return Sentence(
                "%(first)s. %(next)s", {"first": str(facts.get("asked")), "next": _said(facts, "why")}
            )
        case "planned":
            return say(
                "%(heading)s, for %(person)s",
                heading=_said(facts, "heading"),
                person=called(entry.who.caller.id),
            )
        case "agreed":
            return _agreement(facts)
        case "adopted":
            return say(
                "%(count)s plans, jobs and script runs of %(person)s belong to %(other)s",
                count=_number(facts, "number"),
                person=_said(facts, "from"),
                other=_said(facts, "to"),
            )
        case "declined" | "reopened":
            how = Sentence("%(text)s", {"text": _said(facts, "how") or ""})
            if "person" not in facts:
                return how
            return Sentence(
                "%(all)s", {"all": Listed((how, say("by %(person)s", person=called(_said(facts, "person")))))}
            )
        case "missed":
            return say(
                "%(times)s of the schedule %(schedule)s, since %(why)s",
                times=_said(facts, "times"),
                schedule=Name(facts.get("schedule")),
                why=_said(facts, "why"),
            )
        case "emergency key":
            return Sentence(
                "%(key)s, %(scopes)s: %(reason)s",
                {
                    "key": Name(facts.get("key")),
                    "scopes": Listed(tuple(map(str, facts.get("scopes", ())))),
                    "reason": _said(facts, "reason"),
                },
            )
        case "ended":
            return _outcomes(facts)
        case "mirroring":
            return say("its outcomes go into the owner's table")
        case "mirrored":
            return say("%(count)s outcomes are in the owner's table", count=len(facts.get("states", {})))
        case _:
            return _of_records(entry)


def _of_records(entry: Entry) -> Sentence:
    """Of what was erased, held or broken off."""
    facts = entry.facts
    match entry.event:
        case "erased":
            return say(
                "contents of %(count)s entries (%(reason)s)",
                count=_number(facts, "contents"),
                reason=_said(facts, "because"),
            )
        case "forgetting":
            return say("begun")
        case "forgotten" if facts.get("refused"):
            return say("refused: something was held or under way")
        case "forgotten":
            return say(
                "with %(plans)s plans, %(jobs)s jobs and %(files)s files",
                plans=_number(facts, "plans"),
                jobs=_number(facts, "jobs"),
                files=_number(facts, "files"),
            )
        case "held":
            return say("%(hold)s stands", hold=_said(facts, "hold"))
        case "let go":
            return say("%(hold)s holds nothing any more", hold=_said(facts, "hold"))
        case "interrupted":
            return say("its process ended in the middle; %(outcomes)s", outcomes=_outcomes(facts))
        case _:
            return NOTHING


def _said(facts: dict[str, Any], name: str) -> str:
    found = facts.get(name)
    return found if isinstance(found, str) else str(found)


def _number(facts: dict[str, Any], name: str) -> int:
    return int(facts.get(name) or 0)


def _outcomes(facts: dict[str, Any]) -> Sentence:
    counts = dict(facts.get("outcomes", {})).items()
    told = (say(STATES.get(str(state), "%(count)s " + str(state)), count=int(n)) for state, n in counts)
    return Sentence("%(all)s", {"all": Listed(tuple(told))})


def _agreement(facts: dict[str, Any]) -> Sentence:
    """By whom, and how much they were shown."""
    if facts.get("pages", 1) <= 1:
        return say("by %(person)s", person=_said(facts, "by"))
    return say(
        "by %(person)s, %(opened)s of %(pages)s pages opened, %(shown)s of %(records)s records shown",
        person=_said(facts, "by"),
        opened=len(facts.get("pages_opened", ())),
        pages=_number(facts, "pages"),
        shown=_number(facts, "shown"),
        records=_number(facts, "records"),
    )
