"""What a map says of a field, in the few words of an answer."""

from __future__ import annotations

from ..text.one_line import one_line
from .known_layout import KnownLayout
from .solution import AutoEnter, FieldFacts

MOST_PROSE = 160
WITHHELD = "uses a field that is closed"
_ENTERED = {
    "calculation": "a formula",
    "constant": "a constant",
    "serial": "a serial number",
    "generated": "itself",
}


def marks_of(known: KnownLayout, name: str) -> list[str]:
    """Only what surprises: the host tells types, lists and `required` itself."""
    facts = known.facts(name)
    if facts is None:
        return []
    marks: list[str] = []
    if facts.kind == "calculation" and not facts.stored:
        marks.append("unstored")
    if facts.auto_enter is not None:
        marks.append(entered(known, name, facts.auto_enter))
    if facts.fixed:
        marks.append("may not be changed")
    if (rules := facts.rules) is not None:
        marks += ["unique"] if rules.unique else []
        marks += (
            [f"{rules.minimum or '...'} to {rules.maximum or '...'}"]
            if rules.minimum or rules.maximum
            else []
        )
        if rules.message and known.shown(rules.message, facts, name):
            marks.append(f"rule: {quoted(rules.message)}")
        elif rules.formula:
            marks.append("rule")
    marks += [quoted(text) for text in (facts.note, facts.comment) if text and known.shown(text, facts, name)]
    return marks


def entered(known: KnownLayout, name: str, auto: AutoEnter) -> str:
    if auto.by == "lookup":
        occurrence, _, bare = auto.what.rpartition("::")
        source = f" from {auto.what}" if known.open.is_open(occurrence, bare) else ""
        return f"copied{source} when its relationship changes, and then stays"
    if auto.replaces:
        return "FileMaker refills it"
    return f"filled with {_ENTERED.get(auto.by, auto.by)}"


def in_full(known: KnownLayout, name: str, *, formulas: bool) -> dict[str, object]:
    """Formulas and rules, each withheld whole where it names something closed."""
    facts = known.facts(name)
    if facts is None:
        return {}
    told: dict[str, str] = {}
    if facts.kind == "summary" and facts.of:
        told["summary"] = f"{facts.summary} of {facts.of}" if known.shown(facts.of, facts, name) else WITHHELD
    for key, text in _formulas(facts):
        if not known.shown(text, facts, name):
            told[key] = WITHHELD
        elif formulas:
            told[key] = text
    return {key: text for key, text in told.items() if text}


def _formulas(facts: FieldFacts) -> list[tuple[str, str]]:
    texts = [("formula", facts.formula)]
    if facts.auto_enter is not None and facts.auto_enter.by in ("calculation", "constant"):
        texts.append(("enters", facts.auto_enter.what))
    if facts.rules is not None:
        texts.append(("rule", facts.rules.formula))
    return [(key, text) for key, text in texts if text]


def quoted(text: str) -> str:
    """The developer's words as data: one line, in quotes, cut."""
    line = one_line(text)
    return f"“{line if len(line) <= MOST_PROSE else line[:MOST_PROSE] + '…'}”"
