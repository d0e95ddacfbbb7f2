"""What a map says of the scripts that the owner listed: what each does, its steps, and where a declaration is too mild."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..dataapi.menu_item import MenuItem
from ..policy import Policy, ScriptEffect, may_run
from ..text.near_names import folded
from ..text.one_line import one_line
from .atlas import Atlas
from .map_view import MapView
from .open_tables import OpenTables
from .script_facts import Deed, ScriptFacts

MOST_DEEDS = 6
MOST_STEPS = 80
CHANGING, LEAVING = ("changes", "accounts"), ("reaches",)


def script_facts(view: MapView | None, name: str, layouts: Sequence[MenuItem]) -> dict[str, object]:
    """For the listing of a script that may run; empty where the map does not know it."""
    if view is None or not (scripts := view.atlas.scripts_named(name)):
        return {}
    opened = view.open_to(layouts)
    told: dict[str, object] = {"does": _does(view, name, opened)}
    if folded(name) in view.shows_steps and not view.is_scoped and len(scripts) == 1:
        told["steps"] = _steps(view, scripts[0], opened)
    return told


def _does(view: MapView, name: str, opened: OpenTables) -> str:
    """One line, by the map of its date."""
    own = view.atlas.scripts_named(name)
    called = [each for each in view.atlas.called_by(name) if each not in own]
    words: list[str] = []
    deeds = [deed for each in own for deed in each.deeds]
    words += _told(deeds, opened, is_scoped=view.is_scoped)
    names = [each.name for each in called if may_run(view.policy, each.name)]
    if names:
        words.append(f"calls {', '.join(names)}")
    if len(names) < len(called):
        words.append("calls scripts that are not listed")
    further = dict.fromkeys(deed.effect for each in called for deed in each.deeds)
    words += [f"{_EFFECTS[effect]} in what it calls" for effect in further]
    if any(each.calls_unknown for each in (*own, *called)):
        words.append("calls a script that nobody can foresee")
    goes = [layout for each in own for layout in each.goes if view.atlas.layout(layout) in opened.layouts]
    if goes:
        words.append(f"goes to {', '.join(dict.fromkeys(goes))}")
    if any(each.parameter for each in own):
        words.append("uses its parameter")
    if any(each.result for each in own):
        words.append("gives a result")
    if any(each.full_access for each in own):
        words.append("runs with full access")
    return f"{'; '.join(words) or 'only looks'} (solution map of {view.date})"


_EFFECTS = {
    "changes": "changes records",
    "reaches": "leaves FileMaker",
    "accounts": "touches accounts",
    "asks": "needs a person",
}


def _told(deeds: Iterable[Deed], opened: OpenTables, *, is_scoped: bool) -> list[str]:
    """The steps that do something, with fields and tables only where they are open."""
    words: dict[str, None] = {}
    for deed in deeds:
        what = one_line(deed.what)
        if is_scoped or not opened.names_nothing_closed(what, ""):
            what = _EFFECTS[deed.effect]
        elif deed.effect != "changes":
            what = f"{_EFFECTS[deed.effect]} ({what})"
        words[what] = None
    shown = list(words)[:MOST_DEEDS]
    return shown + ([f"{len(words) - MOST_DEEDS} more such steps"] if len(words) > MOST_DEEDS else [])


def _steps(view: MapView, script: ScriptFacts, opened: OpenTables) -> list[str]:
    """Its steps as text; one that names something closed is told by its name alone."""
    closed = _closed_names(view, opened)
    lines: list[str] = []
    for step in script.steps[:MOST_STEPS]:
        name, _, detail = step.partition(" [")
        is_shown = opened.names_nothing_closed(step, "") and not (closed and closed.search(detail))
        lines.append(one_line(step if is_shown else f"{name} [withheld]"))
    more = len(script.steps) - MOST_STEPS
    return [*lines, f"... {more} more steps"] if more > 0 else lines


def _closed_names(view: MapView, opened: OpenTables) -> re.Pattern[str] | None:
    """Layouts that are closed and scripts that may not run."""
    open_layouts = {folded(each.name) for each in opened.layouts}
    names = {each.name for each in view.atlas.facts.layouts if folded(each.name) not in open_layouts}
    names |= {each.name for each in view.atlas.facts.scripts if not may_run(view.policy, each.name)}
    words = "|".join(map(re.escape, sorted(filter(None, names), key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None


def mild_declarations(atlas: Atlas, policy: Policy) -> list[str]:
    """For the owner: scripts whose declared effect is less than what the map knows of them, by all that they call."""
    found: list[str] = []
    for name, rule in policy.scripts.items():
        if name == "*" or rule.effect is ScriptEffect.REACHES_OUTSIDE or not atlas.scripts_named(name):
            continue
        wanted = LEAVING if rule.effect is ScriptEffect.CHANGES else (*LEAVING, *CHANGING)
        scripts = atlas.called_by(name)
        worst = next(
            (
                (each, deed)
                for effect in wanted
                for each in scripts
                for deed in each.deeds
                if deed.effect == effect
            ),
            None,
        )
        declared = f"The script {name!r} is declared {rule.effect.value!r}, and by the map of {atlas.date}"
        if worst is not None:
            script, deed = worst
            place = (
                f"step {deed.step}"
                if script in atlas.scripts_named(name)
                else f"step {deed.step} of {script.name!r}, which it calls"
            )
            found.append(f"{declared} it {_EFFECTS[deed.effect]}: {place}, {deed.what}.")
        elif rule.effect is ScriptEffect.READS and any(each.calls_unknown for each in scripts):
            found.append(
                f"{declared} it calls a script by a name that is computed, or one of another file: nobody can tell what it does."
            )
    return found
