"""How many FileMaker sessions an assistant costs, whatever happens to them."""

from __future__ import annotations

import anyio
import pytest

from ..assistant import Assistant, assisted

pytestmark = pytest.mark.anyio


async def twenty_at_once(assistant: Assistant) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(lambda: assistant.ask("find_records", layout="Tasks", limit=1))


def logins(assistant: Assistant) -> int:
    return sum(
        1
        for request in assistant.emulator.requests
        if request.method == "POST" and request.path.endswith("/sessions")
    )


@pytest.mark.parametrize("size", [1, 3])
async def test_twenty_calls_after_the_sessions_expired_sign_in_no_more_often_than_there_are_sessions(
    size: int,
) -> None:
    async with assisted({"FILEMAKER_SESSIONS": str(size)}) as assistant:
        await twenty_at_once(assistant)
        assistant.emulator.disconnect_all()
        before = logins(assistant)
        await twenty_at_once(assistant)
        again = logins(assistant) - before
        assert 1 <= again <= size
        assert assistant.emulator.open_sessions <= size
    assert assistant.emulator.open_sessions == 0


async def test_a_call_that_is_cancelled_leaves_no_session_behind() -> None:
    async with assisted({"FILEMAKER_SESSIONS": "1"}) as assistant:
        with anyio.move_on_after(0):
            await assistant.call("find_records", layout="Tasks")
        await assistant.ask("find_records", layout="Tasks", limit=1)
        assert assistant.emulator.open_sessions == 1
    assert assistant.emulator.open_sessions == 0


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_both_generations_of_clients_are_answered(mode: str) -> None:
    async with assisted(mode=mode) as assistant:  # type: ignore[arg-type] -- the parametrised literal
        assert (await assistant.ask("find_records", layout="Tasks", limit=1))["shown"] == 1
