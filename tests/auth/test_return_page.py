"""The page that the browser comes back to takes one answer: by its own host, with the tracking id that the host echoes."""

from __future__ import annotations

import asyncio
import logging

import anyio
import httpx
import pytest

from filemaker_mcp.server.auth import return_page
from filemaker_mcp.server.auth.return_page import ReturnPage
from filemaker_mcp.server.errors import SignInFailed

pytestmark = pytest.mark.anyio

TRACK = "3f2a-track"
GOOD = f"?trackingID={TRACK}&identifier=WANTED&error=0"


async def answered(page: ReturnPage, *visits: tuple[str, dict[str, str]], method: str = "GET") -> list[int]:
    """The statuses of visits to the page that waits, ended by one that it takes."""
    statuses: list[int] = []
    async with httpx.AsyncClient() as browser:
        for query, headers in visits:
            response = await browser.request(method, page.address + query, headers=headers)
            statuses.append(response.status_code)
    return statuses


async def test_strange_visits_are_turned_away_and_one_answer_is_taken() -> None:
    strange: list[tuple[str, dict[str, str]]] = [
        ("?identifier=OTHER", {}),
        ("?trackingID=&identifier=OTHER", {}),
        (f"?trackingID={TRACK}x&identifier=OTHER", {}),
        (f"?trackingID={TRACK}", {}),
        (GOOD.replace("WANTED", "OTHER"), {"Host": "evil.example"}),
        (GOOD.replace("WANTED", "OTHER"), {"Host": "localhost"}),
        ("?trackingID=%C3%BC&identifier=OTHER", {}),
        ("favicon.ico", {}),
    ]
    taken: list[str] = []
    async with ReturnPage() as page, anyio.create_task_group() as group:

        async def wait() -> None:
            taken.append(await page.identifier(TRACK))

        group.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        assert await answered(page, *strange) == [404] * len(strange)
        assert await answered(page, (GOOD, {}), method="POST") == [404]
        assert not taken
        assert await answered(page, (GOOD, {}), (GOOD.replace("WANTED", "SECOND"), {})) == [200, 404]
    assert taken == ["WANTED"]


async def test_nothing_is_taken_before_the_consent_was_begun() -> None:
    async with ReturnPage() as page:
        assert await answered(page, ("?trackingID=&identifier=A", {}), ("?identifier=A", {})) == [404, 404]


async def test_a_refusal_is_taken_with_the_tracking_id_alone() -> None:
    async with ReturnPage() as page, anyio.create_task_group() as group:

        async def visit() -> None:
            assert await answered(page, ("?error=1", {}), (f"?trackingID={TRACK}&error=1", {})) == [404, 200]

        group.start_soon(visit)
        with pytest.raises(SignInFailed, match="did not give consent"):
            await page.identifier(TRACK)


@pytest.mark.parametrize(
    "sent", [b"", b"G", b"GET / HTTP/1.1\r\n", b"\r\n\r\n", b"\xff" * 100_000 + b"\r\n\r\n"]
)
async def test_a_connection_that_says_nothing_leaves_no_traceback(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ReturnPage() as page:
        port = int(page.address.rpartition(":")[2].strip("/"))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        await anyio.wait_all_tasks_blocked()
    await reader.read()
    writer.close()
    assert "Traceback" not in caplog.text
    assert "exception" not in caplog.text


async def test_nobody_coming_back_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(return_page, "WAIT_SECONDS", 0.0)
    async with ReturnPage() as page:
        with pytest.raises(SignInFailed, match="Nobody came back"):
            await page.identifier(TRACK)
