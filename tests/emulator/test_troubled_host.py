"""Trouble through the Data API of a whole emulated host: what the client sees, and what the host has done."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import anyio
import httpx
import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.clock import ManualClock, ShiftedClock
from filemaker_mcp.server.emulator.faults.control import Control
from filemaker_mcp.server.emulator.faults.effects import Act, Cut, Delay, Drop, Page, Refuse
from filemaker_mcp.server.emulator.faults.layer import FaultLayer, Match
from filemaker_mcp.server.emulator.host_actions import actions
from filemaker_mcp.server.emulator.serving import serving

from .emulated_host import Client, code

pytestmark = pytest.mark.anyio

SHOP = Path(__file__).parent / "ways_in"
CLARIS_ID = "ada@example.com"
CREATE = Match("POST", "*/records")


class Troubled:
    def __init__(
        self, emulator: Emulator, clock: ManualClock, http: httpx.AsyncClient, faults: FaultLayer
    ) -> None:
        self.emulator = emulator
        self.clock = clock
        self.faults = faults
        self.client = Client(emulator, clock, http, "Shop")

    def item(self, record_id: int) -> str | None:
        record = self.emulator.record("Shop", "Sales", record_id)
        return record and record.values["Item"][0]


@pytest.fixture(params=["process", "socket"])
async def shop(request: pytest.FixtureRequest) -> AsyncGenerator[Troubled]:
    clock = ManualClock()
    emulator = Emulator([SHOP], clock=clock)
    faults = FaultLayer(emulator.app, clock)
    if request.param == "process":
        transport = httpx.ASGITransport(app=faults)
        async with httpx.AsyncClient(transport=transport, base_url="http://fm.test") as http:
            yield await _logged_in(Troubled(emulator, clock, http, faults))
    else:
        async with serving(faults, clock=clock) as url, httpx.AsyncClient(base_url=url) as http:
            yield await _logged_in(Troubled(emulator, clock, http, faults))
    assert not emulator.faults
    await emulator.aclose()


async def _logged_in(shop: Troubled) -> Troubled:
    await shop.client.log_in("till", "cash")
    return shop


async def test_a_create_lost_on_its_way_there_has_not_happened(shop: Troubled) -> None:
    shop.faults.arm(CREATE, Drop())
    with pytest.raises(httpx.RemoteProtocolError):
        await shop.client.create("Sales", {"Item": "Lamp"})
    assert shop.item(2) is None


@pytest.mark.parametrize("effect", [Drop(processed=True), Drop(processed=True, reset=True), Cut(5)])
async def test_a_create_lost_on_its_way_back_has_happened(shop: Troubled, effect: Drop | Cut) -> None:
    shop.faults.arm(CREATE, effect)
    with pytest.raises(httpx.TransportError):
        await shop.client.create("Sales", {"Item": "Lamp"})
    assert shop.item(2) == "Lamp"


async def test_a_gateway_time_out_may_hide_a_create_that_has_happened(shop: Troubled) -> None:
    shop.faults.arm(CREATE, Page(504, "<html>Gateway Timeout</html>", processed=True))
    answer = await shop.client.create("Sales", {"Item": "Lamp"})
    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html")
    assert shop.item(2) == "Lamp"


@pytest.mark.parametrize(
    ("number", "status"), [(301, 500), (812, 500), (953, 500), (956, 500), (952, 401), (112, 500), (16, 500)]
)
@pytest.mark.parametrize("processed", [False, True])
async def test_filemaker_may_refuse_by_any_code(
    shop: Troubled, number: int, status: int, processed: bool
) -> None:
    shop.faults.arm(CREATE, Refuse(number, processed))
    refused = await shop.client.create("Sales", {"Item": "Lamp"})
    assert (refused.status_code, code(refused)) == (status, str(number))
    assert shop.item(2) == ("Lamp" if processed else None)


async def test_a_session_may_end_between_two_calls(shop: Troubled) -> None:
    shop.faults.arm(CREATE, Act(shop.emulator.disconnect_all))
    assert code(await shop.client.create("Sales", {"Item": "Lamp"})) == "952"
    assert shop.item(2) is None


async def test_a_record_may_be_locked_just_before_it_is_edited(shop: Troubled) -> None:
    shop.faults.arm(Match("PATCH"), Act(lambda: shop.emulator.lock("Shop", "Sales", 1)))
    assert code(await shop.client.edit("Sales", "1", {"Note": "second"})) == "301"
    shop.emulator.unlock("Shop", "Sales", 1)
    assert code(await shop.client.edit("Sales", "1", {"Note": "second"})) == "0"


async def test_a_full_host_takes_nobody_in(shop: Troubled) -> None:
    shop.emulator.set_capacity(1)
    assert code(await shop.client.log_in("till", "cash")) == "812"
    shop.emulator.disconnect_all()
    assert code(await shop.client.log_in("till", "cash")) == "0"


async def test_a_used_up_data_limit_lets_nothing_out(shop: Troubled) -> None:
    shop.emulator.set_data_limit(100)
    codes = [code(await shop.client.send("GET", "layouts/Sales/records")) for _ in range(2)]
    assert codes == ["0", "953"]


async def test_a_slow_script_lasts_on_the_emulated_clock(shop: Troubled) -> None:
    answers: list[str] = []

    async def run() -> None:
        answer = await shop.client.send("GET", "layouts/Sales/script/Linger", timeout=30)
        answers.append(answer.json()["response"]["scriptResult"])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await shop.clock.awaited()
        shop.clock.advance(600)
    assert answers == ["done"]


async def test_a_client_that_gives_up_does_not_stop_what_the_host_has_begun() -> None:
    clock = ManualClock()
    emulator = Emulator([SHOP], clock=clock)
    faults = FaultLayer(emulator.app, clock)
    async with serving(faults, clock=clock) as url, httpx.AsyncClient(base_url=url) as http:
        client = Client(emulator, clock, http, "Shop")
        await client.log_in("till", "cash")
        faults.arm(CREATE, Delay(60))
        with pytest.raises(httpx.ReadTimeout):
            await client.send(
                "POST", "layouts/Sales/records", json={"fieldData": {"Item": "Lamp"}}, timeout=0.2
            )
        await clock.awaited()
        clock.advance(60)
        found = await client.find("Sales", {"Item": "Lamp"})
    assert code(found) == "0"
    await emulator.aclose()


async def test_by_the_control_endpoint_another_process_can_do_the_same() -> None:
    clock = ShiftedClock()
    emulator = Emulator([SHOP], clock=clock)
    control = Control(FaultLayer(emulator.app, clock), actions(emulator, clock))
    transport = httpx.ASGITransport(app=control)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        client = Client(emulator, ManualClock(), http, "Shop")
        await client.log_in("till", "cash")

        async def act(action: str, **arguments: object) -> object:
            answer = await http.post("/_emulator/act", json={"action": action, **arguments})
            return answer.json().get("result", answer.json())

        assert await act("count_sessions") == 1
        await act("lock_record", file="Shop", table="Sales", record_id=1)
        assert code(await client.edit("Sales", "1", {"Note": "x"})) == "301"
        await act("advance_clock", seconds=901)
        assert code(await client.send("GET", "layouts")) == "952"
        await act("refuse_pool", kind="TooManyRequestsException", message="Rate exceeded")
        asked = await http.post("/", json={}, headers={"X-Amz-Target": "InitiateAuth"})
        assert asked.json()["__type"] == "TooManyRequestsException"
        assert await act("sent_codes") == []
        assert await act("pool_calls") == [
            {"operation": "InitiateAuth", "detail": "", "outcome": "TooManyRequestsException"}
        ]
        await act("set_person", name=CLARIS_ID, factors=["SMS_MFA"], state="disabled")
        assert emulator.pool is not None
        assert await act("set_person", name="nobody@example.com", state="disabled") == {
            "error": "The pool has no 'nobody@example.com'."
        }
        assert "error" in str(await act("set_person", name=CLARIS_ID, state="asleep"))
        assert "error" in str(await act("set_person", name=CLARIS_ID, nickname="x"))
        await act("set_pool_switch", name="rotation", value=True)
        await act("set_pool_switch", name="rotation_grace", value=10)
        assert emulator.pool.switches.rotation_grace.total_seconds() == 10
        assert await act("set_pool_switch", name="rotations", value=True) == {
            "error": "There is no 'rotations'; did you mean 'rotation'?"
        }
        await act("admit_person", name=CLARIS_ID, admitted=False)
        assert emulator.pool.switches.not_admitted == {CLARIS_ID}
        await act("admit_person", name=CLARIS_ID)
        assert not emulator.pool.switches.not_admitted
        await act("forget_devices", name=CLARIS_ID)
        assert await act("close_file", file="Nothing") == {
            "error": "The host has no file 'Nothing'; it has Shop, Stock."
        }
    await emulator.aclose()
