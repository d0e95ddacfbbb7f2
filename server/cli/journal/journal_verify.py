"""Whether the journal is what was written, and where the chain of each database ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import InputError
from ..terminal import say

if TYPE_CHECKING:
    from ...changes.plans.stored_plans import Filed


async def run_head(files: Filed) -> int:
    from ...changes.audit.journal_check import journal_heads

    for head in await journal_heads(files.state):
        print(head)
    return 0


async def run_verify(files: Filed, kept: Path | None) -> int:
    from ...callers.caller_keys import CallerKeys
    from ...changes.audit.agreement_audit import missing_agreements
    from ...changes.audit.journal_check import erasures_of, heads_in, journal_faults
    from ...changes.audit.plan_check import altered_items, altered_jobs, altered_plans

    heads = [] if kept is None else heads_in(read_lines(kept))
    erasures = await erasures_of(files.state)
    complaints = [
        *await journal_faults(files.state, files.seal, heads, counts=not files.state.is_shared),
        *await missing_agreements(files.state, files.seal),
        *await altered_plans(files.state, files.seal),
        *await altered_items(files.state, files.seal),
        *(
            f"the key {name!r} is not one that was made here"
            for name in await CallerKeys(lambda: files.state, lambda: files.seal).altered()
        ),
        *await altered_jobs(files.state, files.seal),
    ]
    for complaint in complaints:
        print(complaint)
    if complaints:
        say("The records are not what was written.", sys.stdout)
        return 1
    say("The chain is whole: no entry was altered, removed or put in between.", sys.stdout)
    if kept is None:
        say(
            "Whether its end was cut shows only against a head kept elsewhere: 'journal head', then --head.",
            sys.stdout,
        )
    for because, words in (("retention", "past their days"), ("forgotten", "forgotten on the owner's word")):
        if count := erasures.count(because):
            say(
                f"Contents of {count:,} entries are erased since they were {words}. Their facts are here.",
                sys.stdout,
            )
    for number in erasures.open.values():
        say(
            f"A forgetting was begun (entry {number}) and not finished: run 'journal forget' for it again.",
            sys.stdout,
        )
    say("Nothing was sent without the agreement that it needed.", sys.stdout)
    return 0


def read_lines(file: Path) -> list[str]:
    """Raises InputError for a file that cannot be read."""
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as failed:
        raise InputError(f"{file} cannot be read: {failed}") from failed
