"""Scripts as steps of a plan: one run, or one for each record of a found set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ..changes.plans.item import Item
from ..changes.plans.labels import label_of
from ..changes.plans.marks import marks_of
from ..changes.plans.step import Step, StepKind
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.record import Record
from ..database.conversion import unknown_field
from ..errors import InputError
from ..text.plain_parts import Listed, Name, names
from ..text.sentence import Sentence, say
from .governed_script import GovernedScript
from .parameter import text_of
from .record_parameter import fields_named, filled, lacking


def single_step(script: GovernedScript, layout: str, parameter: object) -> Step:
    """One run. Raises InputError for a parameter that does not fit."""
    item = Item(parameter=text_of(script, parameter))
    return Step(
        StepKind.RUN,
        layout,
        (item,),
        warnings=_lasting(script),
        script=script.name,
        effect=script.effect.value,
    )


def record_step(
    script: GovernedScript,
    meta: LayoutMeta,
    records: Sequence[Record],
    template: object,
    *,
    how: str,
    also: Sequence[str] = (),
    notes: Sequence[str] = (),
    runbook: str = "",
    key: str | None = None,
    by: Sequence[str] = (),
) -> Step:
    """One run for each record, with a parameter made from its fields. Records that lack what is required, or whose parameter
    does not fit, are left out and named. `also` are further fields that must still be as they were when it runs,
    `by` those by which the records were chosen; `key` is the owner-named key field."""
    named = fields_named(template)
    stands_on = not named
    if stands_on:
        _check_stands(script, meta, template)
    used = list(dict.fromkeys((*named, *script.required, *also)))
    for name in used:
        found = meta.field_named(name)
        if found is None:
            raise unknown_field(name, meta)
        if found.is_disguised:
            raise InputError(
                f"The parameter takes {name!r}, and the owner hides what it holds", advice="Nothing was run."
            )
    items: list[Item] = []
    left_out: list[str] = []
    for record in records:
        label = label_of(meta, record.fields)
        missing = lacking(script.required, record.fields)
        if missing:
            left_out.append(
                say(
                    "%(record)s: %(fields)s is empty",
                    record=f"{record.record_id} {label}",
                    fields=Listed.of(missing),
                )
            )
            continue
        try:
            text = text_of(script, filled(template, record.fields))
        except InputError as error:
            left_out.append(
                Sentence("%(label)s: %(why)s", {"label": f"{record.record_id} {label}", "why": error.what})
            )
            continue
        before = {name: record.fields.get(name, "") for name in used}
        items.append(
            Item(
                record_id=record.record_id,
                label=label,
                before=before,
                parameter=text,
                stands_on=stands_on,
                marks=marks_of(meta, record.fields, key),
                chosen_by={name: record.fields[name] for name in by if name in record.fields},
            )
        )
    if not items:
        raise InputError(
            f"There is no record for which {script.name!r} can run"
            + (f": {'; '.join(left_out[:5])}" if left_out else ""),
            advice="Nothing was run.",
        )
    return Step(
        StepKind.RUN,
        meta.name,
        tuple(items),
        how,
        warnings=(*_lasting(script), *_alike(items)),
        notes=(*notes, *left_out),
        script=script.name,
        effect=script.effect.value,
        runbook=runbook,
    )


def _lasting(script: GovernedScript) -> tuple[str, ...]:
    return (
        ()
        if script.reads
        else (say("What the script %(name)s does cannot be taken back.", name=Name(script.name)),)
    )


def _alike(items: Sequence[Item]) -> tuple[str, ...]:
    """Two records from which the same parameter was made bring the same run twice."""
    counts = Counter(item.parameter for item in items if not item.stands_on)
    twice = [str(text) for text, count in counts.items() if count > 1]
    if not twice:
        return ()
    runs = sum(counts[text] for text in twice)
    few = names(text[:60] for text in twice[:5])
    return (
        say(
            "%(runs)s of these runs share their parameter with another one: %(parameters)s.",
            runs=runs,
            parameters=few,
        ),
    )


def _check_stands(script: GovernedScript, meta: LayoutMeta, template: object) -> None:
    """Whether a script whose parameter takes no field can be run on each record. Raises InputError."""
    in_braces = re.findall(r"\{([^{}]+)\}", template) if isinstance(template, str) else []
    meant = next((name for name in in_braces if meta.field_named(name) is not None), None)
    if meant is not None:
        raise InputError(
            f"The parameter would be the text {template!r} for every record",
            advice=f'Nothing was run. Write {{"field": "{meant}"}} where the value of the record belongs.',
        )
    if script.layout not in (None, meta.name):
        raise InputError(
            f"Nothing tells the script {script.name!r} which record it is for: it runs on {script.layout!r}, "
            f"and the records are of {meta.name!r}",
            advice='Nothing was run. Put {"field": "Name"} of a field that names the record into the parameter.',
        )
