"""Records that a runbook left to a person: they stand on the page of what waits, and the person says there what they found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from filemaker_mcp.server.config.configuration import configured
from filemaker_mcp.server.emulator.faults.effects import Drop
from filemaker_mcp.server.emulator.faults.layer import Match

from ..jobs.bookkeeping import RUNBOOK
from ..runbooks.test_runbook_trouble import PLACE, SCRIPT, Desk
from .visitor import console_beside

pytestmark = pytest.mark.anyio

ONCE = {"FILEMAKER_SCRIPTS": '{"Post": {"effect": "changes", "run_once": "30d"}}'}


def waiting(page: str) -> list[str]:
    return re.findall(r'name="record" value="(\d+)"', page)


async def test_what_a_runbook_left_is_told_and_each_record_is_settled_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RUNBOOK, 6)
    for record in (1, 2, 4, 5):
        desk.faults.arm(Match(path=SCRIPT, skip=record - 1), Drop(processed=False))
    state = tmp_path / "state.db"
    settings = configured({"FILEMAKER_HOST": "http://127.0.0.1", **PLACE})
    async with (
        desk.assistant(**ONCE, FILEMAKER_STATE=str(state)) as assistant,
        console_beside(assistant, settings, state) as visitor,
        console_beside(assistant, settings, state, "somebody else") as other,
    ):
        report = await desk.run(assistant)
        assert report["records"] == {"done": 2, "unknown": 4}
        assert await visitor.post("/held", {"finding": "done"}) == 403, "nobody is let in without the link"
        await visitor.get(visitor.link)
        await other.get(other.link)
        assert "Nothing waits" in other.page
        assert "4 records wait" in visitor.page
        assert waiting(visitor.page) == ["1", "2", "4", "5"]
        assert f'href="/changes/{report["change_id"]}"' in visitor.page
        assert "p2@example.com: It is not known whether this was carried out." in visitor.page
        await visitor.get("/", "de")
        assert "p2@example.com: Es ist nicht bekannt, ob dies ausgeführt wurde." in visitor.page
        form = visitor.form
        (database,) = set(re.findall(r'name="database" value="([^"]+)"', visitor.page))
        one = form | {"database": database, "runbook": "carry", "record": "2"}
        for fields, origin, status in (
            (one | {"finding": "done"}, "http://evil.example", 403),
            (one | {"finding": "perhaps"}, None, 400),
            (one | {"finding": "done", "record": "3"}, None, 410),
            (one | {"finding": "done", "runbook": "another"}, None, 410),
        ):
            assert await visitor.post("/held", fields, origin) == status, fields
        assert await other.post("/held", one | {"finding": "open"}) == 410, "of another user's run"
        assert await visitor.post("/held", one | {"finding": "done"}) == 200
        assert waiting(visitor.page) == ["1", "4", "5"]
        assert await visitor.post("/held", one | {"finding": "open"}) == 410, "an answer counts once"
        assert await visitor.post("/held", one | {"record": "1", "finding": "open"}) == 200
        assert waiting(visitor.page) == ["4", "5"]
        again = await desk.run(assistant)
        assert again["records"] == {"done": 1}, "the first alone: the second counts as done, the others wait"
        assert desk.counts == [1, 0, 1, 0, 0, 1]
        assert await visitor.post("/held", one | {"record": "", "finding": "open"}) == 200
        assert "Nothing waits" in visitor.page
        assert (await desk.run(assistant))["records"] == {"done": 2}
        assert desk.counts == [1, 0, 1, 1, 1, 1]
