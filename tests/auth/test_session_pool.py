"""Sessions: opened when needed, renewed when over, never more than allowed, never lost."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import httpx
import pytest

from filemaker_mcp.server.auth.credentials import BasicAccount
from filemaker_mcp.server.auth.sessions.channel import Channel
from filemaker_mcp.server.auth.sessions.session_pool import Pool
from filemaker_mcp.server.errors import SignInFailed, Unreachable
from filemaker_mcp.server.host_errors import HostFull, QuotaUsedUp, SessionRefused

from .hosts import FakeHost, ManualClock, envelope

pytestmark = pytest.mark.anyio

MINUTE = 60.0


def pool_of(size: int, host: FakeHost, clock: ManualClock | None = None, *, password: str = "right") -> Pool:
    clock = clock or ManualClock()
    return Pool(
        base_url="https://fm.example.com",
        database="Sales 2",
        credentials=BasicAccount("api", lambda: password, clock),
        size=size,
        http=host.client,
        clock=clock,
    )


async def call(channel: Channel, path: str = "/fmi/data/vLatest/call", body: bytes = b"") -> httpx.Response:
    return await channel.send(channel.build_request("POST", path, content=body))


async def call_through(pool: Pool, path: str = "/fmi/data/vLatest/call") -> None:
    async with pool.channel() as channel:
        assert (await call(channel, path)).status_code == 200


async def twenty_calls(pool: Pool) -> None:
    async with anyio.create_task_group() as callers:
        for _ in range(20):
            callers.start_soon(call_through, pool)


@pytest.mark.parametrize("size", [1, 4])
async def test_twenty_calls_after_expiry_cause_at_most_one_login_for_each_session_of_the_pool(
    size: int,
) -> None:
    host, clock = FakeHost(), ManualClock()
    pool = pool_of(size, host, clock)
    await twenty_calls(pool)
    before = host.count("log in")
    clock.now += 20 * MINUTE
    host.open.clear()
    await twenty_calls(pool)
    assert 1 <= host.count("log in") - before <= size
    assert host.count("call") == 40
    await pool.close()
    assert not host.open


async def test_a_session_in_use_is_kept_and_an_idle_one_is_over_after_fourteen_minutes() -> None:
    host, clock = FakeHost(), ManualClock()
    pool = pool_of(1, host, clock)
    for _ in range(5):
        await call_through(pool)
        clock.now += 13 * MINUTE
    assert host.count("log in") == 1
    clock.now += 2 * MINUTE
    await call_through(pool)
    assert host.count("log in") == 2
    assert len(host.open) == 1, "the one given up is logged out, it may have lived for another minute"


async def test_one_caller_after_another_uses_the_same_session() -> None:
    host = FakeHost()
    pool = pool_of(4, host)
    for _ in range(10):
        await call_through(pool)
    assert host.count("log in") == 1


async def test_a_refused_request_is_sent_again_with_its_whole_body() -> None:
    host = FakeHost()
    pool = pool_of(1, host)
    await call_through(pool)
    host.open.clear()
    async with pool.channel() as channel:
        request = channel.build_request(
            "POST", "/fmi/data/vLatest/call", files={"upload": ("a.bin", b"\x00" * 5000)}
        )
        assert (await channel.send(request)).status_code == 200
    assert b"\x00" * 5000 in host.bodies[-1]
    assert host.count("log in") == 2


async def test_a_fresh_session_that_is_refused_again_is_not_tried_for_ever() -> None:
    host = FakeHost()
    host.refuses_all_tokens = True
    pool = pool_of(1, host)
    with pytest.raises(SessionRefused, match="capitals"):
        await call_through(pool)
    assert host.count("refuse") <= 2
    assert host.count("log in") <= 2


async def test_a_wrong_password_is_tried_once_by_fifty_callers() -> None:
    host = FakeHost()
    pool = pool_of(5, host, password="wrong")
    refused: list[SignInFailed] = []

    async def caller() -> None:
        try:
            await call_through(pool)
        except SignInFailed as error:
            refused.append(error)

    async with anyio.create_task_group() as callers:
        for _ in range(50):
            callers.start_soon(caller)
    assert len(refused) == 50
    assert {error.reason for error in refused} == {"denied"}
    assert host.count("log in") == 1


async def test_a_login_whose_caller_leaves_is_kept_for_the_next() -> None:
    host = FakeHost()
    host.hold = anyio.Event()
    pool = pool_of(1, host)
    async with anyio.create_task_group() as callers:
        callers.start_soon(call_through, pool)
        await host.reached.wait()
        callers.cancel_scope.cancel()
    host.hold.set()
    await call_through(pool)
    assert host.count("log in") == 1
    await pool.close()
    assert not host.open


async def test_closing_waits_for_a_login_under_way_and_logs_it_out() -> None:
    host = FakeHost()
    host.hold = anyio.Event()
    pool = pool_of(1, host)

    async def caller() -> None:
        with pytest.raises(Unreachable, match="shutting down"):
            await call_through(pool)

    async with anyio.create_task_group() as callers:
        callers.start_soon(caller)
        await host.reached.wait()
        callers.start_soon(pool.close)
        await anyio.wait_all_tasks_blocked()
        host.hold.set()
    assert host.given_out == 1
    assert not host.open


async def test_closing_logs_out_a_session_that_is_lent() -> None:
    host = FakeHost()
    pool = pool_of(2, host)
    async with pool.channel() as channel:
        await call(channel)
        await pool.close()
        assert not host.open
    with pytest.raises(Unreachable):
        await call_through(pool)


async def test_closing_is_not_disturbed_by_cancellation() -> None:
    host = FakeHost()
    pool = pool_of(1, host)
    await call_through(pool)
    with anyio.CancelScope() as scope:
        scope.cancel()
        await pool.close()
    assert not host.open


async def test_a_session_whose_call_was_given_up_is_logged_out_before_the_next_call() -> None:
    host = FakeHost()
    pool = pool_of(1, host)
    await call_through(pool)
    host.hold = anyio.Event()
    async with anyio.create_task_group() as callers:
        callers.start_soon(call_through, pool, "/fmi/data/vLatest/held")
        await host.reached.wait()
        callers.cancel_scope.cancel()
    host.hold = None
    await call_through(pool)
    assert host.calls[-3:] == ["log out", "log in", "call"]


async def test_a_session_for_globals_is_fresh_and_ends_with_its_use() -> None:
    host = FakeHost()
    pool = pool_of(1, host)
    await call_through(pool)
    async with pool.own_channel() as channel:
        await call(channel)
        assert host.open == {"token02"}
    assert not host.open
    await call_through(pool)
    assert host.open == {"token03"}


@pytest.mark.parametrize("size", [1, 3])
async def test_callers_are_served_in_the_order_in_which_they_came(size: int) -> None:
    """Whoever gives a session back and wants one again at once waits behind those who wait already."""
    pool = pool_of(size, FakeHost())
    served: list[str] = []

    async def caller(name: str, calls: int) -> None:
        for _ in range(calls):
            async with pool.channel():
                served.append(name)
                await anyio.lowlevel.checkpoint()

    await twenty_calls(pool)
    async with anyio.create_task_group() as callers:
        for _ in range(size):
            callers.start_soon(caller, "busy", 50)
        await anyio.lowlevel.checkpoint()
        callers.start_soon(caller, "once", 1)
    assert served.index("once") <= 2 * size, served


async def test_a_caller_who_leaves_the_line_lets_the_next_one_go() -> None:
    host = FakeHost()
    pool = pool_of(1, host)
    async with (
        anyio.create_task_group() as callers,
        pool.channel(),
        anyio.create_task_group() as impatient,
    ):
        impatient.start_soon(call_through, pool)
        await anyio.wait_all_tasks_blocked()
        callers.start_soon(call_through, pool)
        await anyio.wait_all_tasks_blocked()
        impatient.cancel_scope.cancel()
    assert host.count("call") == 1


async def test_a_full_host_makes_the_pool_share_what_it_has() -> None:
    host = FakeHost()
    host.room = 1
    pool = pool_of(4, host)
    await call_through(pool)
    await twenty_calls(pool)
    assert host.count("call") == 21
    assert len(host.open) == 1


async def test_a_full_host_is_asked_again_once_and_then_left_alone_for_a_while() -> None:
    host, clock = FakeHost(), ManualClock()
    host.room = 0
    pool = pool_of(2, host, clock)
    with pytest.raises(HostFull, match="next attempt"):
        await call_through(pool)
    assert clock.slept == [5.0]
    assert host.count("log in") == 2
    with pytest.raises(HostFull):
        await call_through(pool)
    assert host.count("log in") == 2, "the next attempt is not due yet"
    host.room = 9
    clock.now += 30
    await call_through(pool)
    assert host.count("log in") == 3


async def test_a_used_up_licence_is_reported_and_nothing_more_is_sent() -> None:
    host = FakeHost()
    pool = pool_of(1, host)
    host.answer = (500, "application/json", envelope(953))
    async with pool.channel() as channel:
        await call(channel)
    sent = len(host.calls)
    with pytest.raises(QuotaUsedUp):
        await call_through(pool)
    assert len(host.calls) == sent


async def test_no_repr_shows_a_secret() -> None:
    host = FakeHost()
    account = BasicAccount("api", lambda: "canary-password", ManualClock())
    login = await account.login()
    pool = pool_of(1, host)
    async with pool.channel() as channel:
        shown = f"{account!r} {login!r} {pool!r} {channel!r} {channel.session!r}"
    assert "canary" not in shown
    assert "token01" not in shown
    assert "Basic " not in shown
