"""Addresses that open exactly these records in FileMaker Pro or Go, or in WebDirect, by a short script of the owner's.

`fmp://HOST/FILE?script=NAME&param=TEXT` is Claris' own form (Claris help, "Opening files using a URL"); the account that the person
signs in with needs the extended privilege `fmurlscript`. An account or a password never stands in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ...dataapi.contents import Value
from ...dataapi.record import Record
from ...policy import Policy, key_of, may_read
from ...text.facts import Facts
from ..plans.item import Item
from ..plans.outcome import ItemState, Outcome
from ..plans.plan import Plan
from ..plans.progress import Progress
from ..plans.step import StepKind

LONGEST = 2_000
"""Characters of an address; more records than fit have none."""
NAME = "open_in_filemaker"

Named = tuple[str, Value]
"""A record's id and what its key holds; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class RecordLinks:
    """For one database. Without a script there are none."""

    policy: Policy
    host: str
    """Without scheme and port: FileMaker has its own."""
    file: str
    script: str
    web: bool = False
    """WebDirect in place of Pro and Go."""

    def of_records(self, layout: str, records: Sequence[Record]) -> Facts:
        """The part of an answer that opens these records; nothing where they do not fit into an address."""
        key = key_of(self.policy, layout) or ""
        link = self._link(layout, [(record.record_id, record.fields.get(key, "")) for record in records])
        return {NAME: link} if link else {}

    def of_plan(self, plan: Plan) -> Facts:
        """The records that a plan would change."""
        return self._told(plan, (((item, None) for item in step.items) for step in plan.steps))

    def of_change(self, progress: Progress) -> Facts:
        """Those that it changed, with the ones it made and without those that are gone."""
        pairs = zip(progress.plan.steps, progress.outcomes, strict=True)
        return self._told(progress.plan, (zip(step.items, outcomes, strict=True) for step, outcomes in pairs))

    def _told(self, plan: Plan, steps: Iterable[Iterable[tuple[Item, Outcome | None]]]) -> Facts:
        if not self.script:
            return {}
        by_layout: dict[str, dict[str, Value]] = {}
        for step, pairs in zip(plan.steps, steps, strict=True):
            if step.kind is StepKind.EXPORT or not may_read(self.policy, step.layout):
                continue
            key = key_of(self.policy, step.layout) or ""
            for item, outcome in pairs:
                if len(by_layout.get(step.layout, ())) > LONGEST:
                    break
                is_gone = (
                    step.kind is StepKind.DELETE and outcome is not None and outcome.state is ItemState.DONE
                )
                record_id = (outcome and outcome.record_id) or item.record_id
                if record_id and not is_gone:
                    known = {**item.marks, **item.after, **(outcome.after if outcome else {})}
                    by_layout.setdefault(step.layout, {})[record_id] = known.get(key, "")
        links = [
            link for layout, named in by_layout.items() if (link := self._link(layout, list(named.items())))
        ]
        if not links:
            return {}
        return {NAME: links[0] if len(links) == 1 else links}

    def _link(self, layout: str, named: Sequence[Named]) -> str:
        """Empty where there is no script, no record, or no room for all of them."""
        if not self.script or not named or len(named) > LONGEST:
            return ""
        key = key_of(self.policy, layout)
        parameter: Mapping[str, object] = {"layout": layout, "ids": [record_id for record_id, _ in named]}
        if key is not None and all(value != "" for _, value in named):
            parameter = {"layout": layout, "key": key, "values": [str(value) for _, value in named]}
        text = json.dumps(parameter, ensure_ascii=False, separators=(",", ":"))
        start = f"https://{self.host}/fmi/webd/" if self.web else f"fmp://{self.host}/"
        address = f"{start}{_coded(self.file)}?script={_coded(self.script)}&param={_coded(text)}"
        return address if len(address) <= LONGEST else ""


def _coded(text: str) -> str:
    return quote(text, safe="")
