"""What cannot work in the owner's rules for changes: by themselves, and held against the layouts that there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..criteria.calendar import Calendar
from ..criteria.criteria import understand
from ..dataapi.layout_meta import LayoutMeta
from ..errors import InputError
from ..text.near_names import folded, matched, near
from ..text.plain_parts import Name, names
from ..text.sentence import Sentence, say
from .access import may_run
from .field_names import closed_by, is_closed
from .rules import EVERY, Access, Policy, access_to
from .same_table import OWN
from .stamp_fields import stamp_problems
from .table_closings import layout_of_script

WRITES = (Access.EDIT, Access.DELETE)


def rule_complaints(policy: Policy) -> list[Sentence]:
    """Rules for changes that never apply, or that close what they were to leave open."""
    return [*_of_conditions(policy), *_of_scripts(policy), *_of_stamps(policy)]


def rule_mistakes(policy: Policy, known: Mapping[str, LayoutMeta], scripts: Sequence[str]) -> list[str]:
    """The same by the host's layouts; `known` has them by folded name. `scripts` are those that the account sees."""
    return [
        *_untestable(policy, known),
        *_unstampable(policy, known),
        *_unwritable(policy, known, scripts),
        *_past_scripts(policy, known),
        *_unmirrored(policy, known),
    ]


def _of_conditions(policy: Policy) -> Iterator[Sentence]:
    for layout, where in policy.change_only_where.items():
        if where and access_to(policy, layout) not in WRITES:
            yield say(
                "change_only_where names %(layout)s, where nothing may be written.", layout=Name(layout)
            )
        for setting, closing in (
            ("hidden_fields", policy.hidden_fields),
            ("mask", {where: frozenset(fields) for where, fields in policy.mask.items()}),
            ("read_only_fields", policy.read_only_fields),
        ):
            for name in where:
                if is_closed(closed_by(closing, layout), name):
                    yield (
                        say(
                            "change_only_where of %(layout)s rests on %(name)s, which %(setting)s closes: it is "
                            "compared all the same, and a new record can be made only where FileMaker fills that field.",
                            layout=Name(layout),
                            name=Name(name),
                            setting=setting,
                        )
                    )


def _of_scripts(policy: Policy) -> Iterator[Sentence]:
    for layout, through in policy.write_through.items():
        if access_to(policy, layout) not in WRITES:
            yield say("write_through names %(layout)s, where nothing may be written.", layout=Name(layout))
        if policy.scope is not None and through is not None and not may_run(policy, through.name):
            yield (
                say(
                    "A scope is set and %(name)s is not vouched for: list it in scripts with in_scope = true, "
                    "or nothing of %(layout)s is written.",
                    name=Name(through.name),
                    layout=Name(layout),
                )
            )
    writable = sorted(
        name
        for name, access in policy.access_by_layout.items()
        if access in WRITES and matched(name, policy.write_through) is None
    )
    if policy.write_through and writable:
        yield say(
            "Script triggers of %(names)s do not run: nothing in write_through writes their records by "
            "a script.",
            names=names(writable),
        )


def _of_stamps(policy: Policy) -> Iterator[Sentence]:
    for where, stamp in (("stamp", policy.stamp), *policy.stamp_by_layout.items()):
        layout = EVERY if where == "stamp" else where
        for name in stamp:
            if is_closed(closed_by(policy.read_only_fields, layout), name):
                yield say(
                    "stamp names %(name)s, which read_only_fields closes: nothing is written where it applies.",
                    name=Name(name),
                )


def _unmirrored(policy: Policy, known: Mapping[str, LayoutMeta]) -> Iterator[str]:
    name = policy.journal_table
    if not name:
        return
    meta = known.get(folded(name))
    if meta is None:
        yield f"journal_table names the layout {name!r}, which does not exist for this account.{_meant(name, (m.name for m in known.values()))}"
    elif (field := meta.fields.get("Entry")) is None or field.type != "text" or field.kind != "normal":
        yield f"journal_table {name!r} needs a text field 'Entry', and has none that can be written: nothing is mirrored."


def _unstampable(policy: Policy, known: Mapping[str, LayoutMeta]) -> Iterator[str]:
    for meta in known.values():
        if access_to(policy, meta.name) in WRITES and folded(meta.name) != folded(policy.journal_table):
            problems = stamp_problems(policy, meta, for_owner=True)
            yield from (f"{why}. Nothing is written there." for why in problems)


def _unwritable(policy: Policy, known: Mapping[str, LayoutMeta], scripts: Sequence[str]) -> Iterator[str]:
    there = {folded(each) for each in scripts}
    for layout, through in policy.write_through.items():
        if through is not None and folded(through.name) not in there:
            yield f"write_through of {layout!r} names the script {through.name!r}, which this account does not see.{_meant(through.name, scripts)}"
        if folded(layout) not in known:
            yield f"write_through names the layout {layout!r}, which does not exist for this account.{_meant(layout, (m.name for m in known.values()))}"


def _past_scripts(policy: Policy, known: Mapping[str, LayoutMeta]) -> Iterator[str]:
    """Layouts that show a table which a script writes, and of which the owner says nothing."""
    for meta in known.values():
        layout = layout_of_script(policy, meta, OWN)
        if layout and access_to(policy, meta.name) in WRITES:
            yield (
                f"{meta.name!r} shows the table whose records a script writes on {layout!r}. Nothing is written there: name {meta.name!r} in write_through, with a script or {{}}, or set its access to"
                " read."
            )


def _untestable(policy: Policy, known: Mapping[str, LayoutMeta]) -> Iterator[str]:
    for layout, where in policy.change_only_where.items():
        meta = known.get(folded(layout))
        if meta is None:
            yield f"change_only_where names the layout {layout!r}, which does not exist for this account.{_meant(layout, (m.name for m in known.values()))}"
            continue
        for name, condition in where.items():
            try:
                understand({name: condition}, None, meta, Calendar())
            except InputError as error:
                yield f"change_only_where of {layout!r}: {error.what}. Until that is mended nothing of it is changed."


def _meant(name: str, candidates: Iterable[str]) -> str:
    close = near(name, candidates, most=1)
    return f" Did you mean {close[0]!r}?" if close else ""
