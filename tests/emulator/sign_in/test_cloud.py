"""FileMaker Cloud's front: Claris IDs alone, refusals in HTML, and sessions that may end with the id token."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.users import User
from filemaker_mcp.server.emulator.sign_in.cloud import CloudFront

from ..cognito.cognito_client import PoolClient

pytestmark = pytest.mark.anyio

ADA = User("ada@example.com", "Analytical Engine 1843")
SESSIONS = "/fmi/data/vLatest/databases/Sales/sessions"


async def log_in(_: Request) -> JSONResponse:
    return JSONResponse({"response": {}}, headers={"X-FM-Data-Access-Token": "t0k3n"})


async def read(_: Request) -> JSONResponse:
    return JSONResponse({"response": {"layouts": []}})


HOST = Starlette(
    routes=[
        Route(SESSIONS, log_in, methods=["POST"]),
        Route("/fmi/data/{rest:path}", read),
        Route("/fmi/admin", read),
    ]
)


class Cloud:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.pool = UserPool(self.clock)
        self.pool.add(ADA)
        self.front = CloudFront(HOST, self.pool, self.clock)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.front), base_url="https://sales.team.filemaker-cloud.com"
        )

    async def id_token(self) -> str:
        signed_in = await PoolClient(self.pool).sign_in(ADA.name, ADA.password)
        return signed_in.json()["AuthenticationResult"]["IdToken"]

    async def log_in(self, authorization: str) -> httpx.Response:
        return await self.http.post(SESSIONS, headers={"Authorization": authorization}, json={})

    async def read(self) -> httpx.Response:
        return await self.http.get(
            "/fmi/data/vLatest/databases/Sales/layouts", headers={"Authorization": "Bearer t0k3n"}
        )


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.mark.parametrize("prefix", ["FMID", "Fmid"])
async def test_an_id_token_of_the_pool_enters(cloud: Cloud, prefix: str) -> None:
    answer = await cloud.log_in(f"{prefix} {await cloud.id_token()}")
    assert answer.headers["X-FM-Data-Access-Token"] == "t0k3n"


@pytest.mark.parametrize(
    "authorization", ["Basic YWRtaW46YWRtaW4=", "FMID made.up.token", "FMID", "Bearer t0k3n"]
)
async def test_everything_else_meets_the_web_server(cloud: Cloud, authorization: str) -> None:
    answer = await cloud.log_in(authorization)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert "401 Authorization Required" in answer.text


async def test_an_expired_id_token_is_refused(cloud: Cloud) -> None:
    token = await cloud.id_token()
    cloud.clock.advance(3600)
    assert (await cloud.log_in(f"FMID {token}")).status_code == 401


async def test_somebody_may_not_be_admitted_in_spite_of_a_good_token(cloud: Cloud) -> None:
    cloud.pool.switches.not_admitted.add(ADA.name)
    assert (await cloud.log_in(f"FMID {await cloud.id_token()}")).status_code == 401


async def test_a_session_may_end_an_hour_after_its_id_token_was_issued(cloud: Cloud) -> None:
    token = await cloud.id_token()
    cloud.clock.advance(600)
    await cloud.log_in(f"FMID {token}")
    cloud.clock.advance(3000)
    assert (await cloud.read()).status_code == 200
    cloud.front.switches.sessions_end_with_id_token = True
    assert (await cloud.read()).status_code == 401
    await cloud.log_in(f"FMID {await cloud.id_token()}")
    assert (await cloud.read()).status_code == 200


async def test_the_refusals_may_be_filemakers_own(cloud: Cloud) -> None:
    cloud.front.switches.html_refusals = False
    answer = await cloud.log_in("FMID made.up.token")
    assert (answer.status_code, answer.json()["messages"][0]["code"]) == (401, "212")


async def test_what_is_not_the_data_api_passes(cloud: Cloud) -> None:
    assert (await cloud.http.get("/fmi/admin")).status_code == 200
