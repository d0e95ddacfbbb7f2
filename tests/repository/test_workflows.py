"""What runs in continuous integration is pinned: a tag of somebody else's can be moved, a digest cannot."""

from __future__ import annotations

import re
from pathlib import Path

WORKFLOWS = sorted(Path(__file__).parents[2].joinpath(".github", "workflows").glob("*.yml"))
USED = re.compile(r"uses:\s*(\S+)(.*)")


def test_every_action_is_pinned_by_digest_with_its_version_beside_it() -> None:
    used = [match for path in WORKFLOWS for match in USED.findall(path.read_text(encoding="utf-8"))]
    assert used
    loose = [
        name for name, rest in used if not re.search(r"@[0-9a-f]{40}$", name) or not re.search(r"# v\d", rest)
    ]
    assert loose == []


def test_a_workflow_gets_no_right_that_it_does_not_name() -> None:
    for path in WORKFLOWS:
        assert "\npermissions: {}\n" in path.read_text(encoding="utf-8"), path.name
