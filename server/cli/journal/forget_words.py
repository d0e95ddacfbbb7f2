"""What a forgetting would erase, and what stays, in words."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..terminal import say
from ..terminal_text import wrapped

if TYPE_CHECKING:
    from ...changes.erasure.found_contents import Found
    from ...changes.erasure.person import Person
    from ...changes.erasure.stored_files import NamingFiles
    from ...changes.plans.stored_plans import Filed


def show_found(
    found: Found,
    kept: NamingFiles | None,
    person: Person,
    arguments: argparse.Namespace,
    caller: str,
    *,
    is_begun: bool,
) -> None:
    out = sys.stdout
    if is_begun:
        say("This was begun before and not finished.", out)
    say(f"Contents of {len(found.target.entries):,} entries of the journal would be erased.", out)
    for layout, count in found.by_layout.most_common():
        print(f"  {layout or '(of no layout)'}: {count:,}")
    if found.others:
        say(
            f"Contents of {sum(found.others.values()):,} entries of other records name the key and stay. --naming LAYOUT takes them too:",
            out,
        )
        for layout, count in found.others.most_common():
            print(f"  {layout or '(of no layout)'}: {count:,}")
    _named("Plans go whole, and cannot be taken back any more", sorted(found.target.plans))
    _named("Of these wait to be carried out", found.waiting)
    _named("Jobs and their results go", sorted(found.jobs))
    _named("Records that wait for a person", [record for _, _, record in sorted(found.target.held)])
    if not arguments.keep_files:
        _named("Files that servers share go", sorted(found.shared_files.values()))
    if kept is None:
        say("Files of the files folder stay as they are.", out)
    else:
        _named("Files go", [str(file) for file in kept.naming])
        _named(
            "Files that cannot be searched stay; look at them yourself",
            kept.unsearched,
        )
        _named("Files are neither UTF-8 nor UTF-16 and were read as Windows-1252 and the like", kept.guessed)
    _named("Of files that are kept elsewhere, these cannot be searched and stay", found.unsearched)
    if caller:
        say(f"{caller} is let in nowhere any more, and what is kept for it goes.", out)
    if person.is_common:
        what = "short" if person.is_short else "a number"
        say(
            f"The key is {what}: in the journal it was looked for in key fields alone ({', '.join(sorted(set(person.keys.values())))}).",
            out,
        )
    if person.key and not person.keys:
        say(
            "`keys` names no field, so the key was looked for as a text, and no record is known to be theirs.",
            out,
        )
    if found.closed:
        say(
            f"{found.closed:,} contents cannot be opened by the keys that are here, and were not searched.",
            out,
        )


def _named(what: str, names: Sequence[str]) -> None:
    if names:
        print(wrapped(f"{what}: {', '.join(names)}.", ""))


def tell_of_copies(files: Filed) -> None:
    path = files.state.path
    before = [] if path is None else sorted(each.name for each in path.parent.glob(f"{path.name}.*.before"))
    if before:
        say(
            f"{', '.join(before)} of an earlier version is plain text, and still holds it: delete it.",
            sys.stdout,
        )
    say(
        "Copies that were made before (state backup, pg_dump, archives, backups of this machine) still hold it, until they are"
        " deleted or 'filemaker-mcp secrets rotate --compromised' has removed the keys that open them.",
        sys.stdout,
    )
