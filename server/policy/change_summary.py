"""What a policy says of scripts and changes, in sentences for its owner."""

from __future__ import annotations

from ..text.plain_parts import Listed, Name, Part
from ..text.sentence import Sentence, marked, say
from .access import may_run
from .rules import EVERY, Approval, Confirm, Policy, ScriptEffect, ThroughScript
from .summary_parts import all_of, field_sentences, listed

CONFIRM = {
    Confirm.ALWAYS: marked("Every change is planned and shown first, and carried out by a second call."),
    Confirm.BULK: marked(
        "Deletes and changes of several records are planned and shown first; one record is changed at once."
    ),
    Confirm.NEVER: marked("Changes are carried out at once, without a plan being shown."),
}
EFFECTS = {
    ScriptEffect.READS: marked("reads: %(scripts)s"),
    ScriptEffect.CHANGES: marked("changes: %(scripts)s"),
    ScriptEffect.REACHES_OUTSIDE: marked("reaches outside: %(scripts)s"),
}


def script_sentences(policy: Policy) -> list[Sentence]:
    running = {name: rule for name, rule in policy.scripts.items() if may_run(policy, name)}
    if not running:
        return [say("It runs no script.")]
    by_effect: dict[ScriptEffect, list[Part]] = {}
    for name, rule in running.items():
        by_effect.setdefault(rule.effect, []).append(say("every other") if name == EVERY else Name(name))
    parts = [say(EFFECTS[effect], scripts=Listed(tuple(names))) for effect, names in by_effect.items()]
    return [say("It runs scripts: %(scripts)s.", scripts=Listed(tuple(parts), "; "))]


def change_sentences(policy: Policy) -> list[Sentence]:
    sentences = [say(CONFIRM[policy.confirm]), _agrees(policy, policy.approval)]
    sentences += [
        say("On %(layout)s: %(rule)s", layout=Name(layout), rule=_agrees(policy, each))
        for layout, each in policy.approval_by_layout.items()
    ]
    sentences += field_sentences(
        marked("It asks a person before it writes %(fields)s on %(layout)s."), policy.approval_by_field
    )
    sentences += [_through(layout, through) for layout, through in policy.write_through.items()]
    sentences.append(
        say("On every other layout no script trigger runs when it changes a record: the Data API runs none.")
        if policy.write_through
        else say(
            "No script trigger of a layout runs when it changes a record: the Data API runs none, unless write_through names a "
            "script."
        )
    )
    if policy.stamp:
        sentences.append(
            say("Each record that it creates or edits is stamped in %(fields)s.", fields=listed(policy.stamp))
        )
    sentences += [
        say("On %(layout)s it stamps %(fields)s.", layout=Name(layout), fields=listed(stamp))
        if stamp
        else say("On %(layout)s it stamps nothing.", layout=Name(layout))
        for layout, stamp in policy.stamp_by_layout.items()
    ]
    if policy.journal_table:
        sentences.append(
            say(
                "The outcome of each record is mirrored into %(layout)s, whose table it does not write itself.",
                layout=Name(policy.journal_table),
            )
        )
    sentences += [
        say(
            "On %(layout)s it changes only records whose %(conditions)s, before and after, and none of them through other "
            "layouts of that table.",
            layout=Name(layout),
            conditions=all_of(
                say("%(field)s is %(value)s", field=Name(name), value=repr(condition))
                for name, condition in where.items()
            ),
        )
        if where
        else say("On %(layout)s no condition limits which records it changes.", layout=Name(layout))
        for layout, where in policy.change_only_where.items()
    ]
    most = policy.max_records_per_change
    sentences.append(
        say("At most %(most)s records in one change.", most=most)
        if policy.max_records_per_day is None
        else say(
            "At most %(most)s records in one change, and %(daily)s a day.",
            most=most,
            daily=policy.max_records_per_day,
        )
    )
    sentences += [
        say("A lost new record on %(layout)s is looked for by %(key)s.", layout=Name(layout), key=Name(key))
        for layout, key in policy.keys.items()
    ]
    if policy.skip_validation:
        sentences.append(
            say("Validation may be set aside on %(layouts)s.", layouts=listed(policy.skip_validation))
        )
    return sentences


def _agrees(policy: Policy, approval: Approval) -> Sentence:
    match approval:
        case Approval.BY_RISK:
            return say(
                "A person agrees to deletes, scripts that reach outside, and changes of more than %(count)s records. For smaller "
                "changes this server asks nobody; the client may ask, or may not.",
                count=policy.bulk_limit,
            )
        case Approval.CLIENT:
            return say("This server asks nobody before a change; the client may ask, or may not.")
        case Approval.PERSON:
            return say("A person agrees to every change.")


def _through(layout: str, through: ThroughScript | None) -> Sentence:
    if through is None:
        return say(
            "Records of %(layout)s are written directly, also where a script writes those of another layout of that table.",
            layout=Name(layout),
        )
    message = (
        marked(
            "Records of %(layout)s are written by the owner's script %(script)s, which also deletes them, and not through other "
            "layouts of that table."
        )
        if through.deletes
        else marked(
            "Records of %(layout)s are written by the owner's script %(script)s, and not through other layouts of that table."
        )
    )
    return say(message, layout=Name(layout), script=Name(through.name))
