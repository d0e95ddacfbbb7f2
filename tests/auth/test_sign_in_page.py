"""Two-step verification without a terminal: the answer names a page of this machine, and password and code are typed there."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path

import anyio
import httpx
import pytest

from filemaker_mcp.server.auth.claris.sign_in_question import LIFE_SECONDS
from filemaker_mcp.server.emulator.cognito.codes import authenticator_code
from filemaker_mcp.server.emulator.cognito.users import Factor, User

from ..approval.browser import faults, page_at
from ..approval.people import Form
from ..approval.test_in_chromium import shot
from .workplace import ADA, ADAS_PASSWORD, BY_SERVICE, CLARIS_ID, Assistant, Stand

pytestmark = pytest.mark.anyio

SECRET = "JBSWY3DPEHPK3PXP"
WITHOUT_PASSWORD = {name: value for name, value in CLARIS_ID.items() if name != "FILEMAKER_PASSWORD"}


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path)
    with_factors(stand, Factor.SMS)
    return stand


def with_factors(stand: Stand, *factors: Factor) -> None:
    stand.pool.add(User(ADA, ADAS_PASSWORD, factors, authenticator_secret=SECRET))


def now(stand: Stand) -> str:
    return authenticator_code(SECRET, stand.clock.now())


def address_in(text: str) -> str:
    found = re.findall(r"http://127\.0\.0\.1:\d+/[\w-]{32}", text)
    assert len(found) == 1, text
    return found[0]


class Visitor:
    """A person in a browser without scripts. `read` is every page that was seen."""

    def __init__(self, client: httpx.AsyncClient, address: str) -> None:
        self._client = client
        self.address = address
        self.read: list[str] = []

    @property
    def page(self) -> str:
        return self.read[-1]

    async def look(self) -> int:
        return self._seen(await self._client.get(self.address))

    async def send(self, headers: Mapping[str, str] | None = None, **typed: str) -> int:
        """What the form holds and what is typed. Returns the status of the page that follows."""
        own = {"Origin": self.address.rpartition("/")[0]} if headers is None else headers
        fields = Form(self.page).fields | typed
        return self._seen(
            await self._client.post(self.address, data=fields, headers=own, follow_redirects=True)
        )

    def _seen(self, answer: httpx.Response) -> int:
        self.read.append(answer.text)
        return answer.status_code


@pytest.fixture
async def http() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False)


async def visited(http: httpx.AsyncClient, assistant: Assistant) -> Visitor:
    visitor = Visitor(http, address_in(await assistant.sales()))
    assert await visitor.look() == 200
    return visitor


async def test_the_code_is_typed_on_the_page_and_the_next_call_works(
    stand: Stand, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "uvicorn", "filemaker_mcp", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        refusal = await assistant.sales()
        assert "two-step verification" in refusal
        assert "never go through the chat" in refusal
        visitor = Visitor(http, address_in(refusal))
        assert await visitor.look() == 200
        assert "Code sent to +" in visitor.page, "the message that the call caused is the one that serves"
        assert await visitor.send(code="000000") == 422
        assert "2 more tries" in visitor.page
        code = stand.pool.outbox[-1].code
        assert await visitor.send(code=f" {code} ") == 200
        assert "You are signed in" in visitor.page
        assert "Rope" in await assistant.sales()
        assert len(stand.pool.outbox) == 1
        assert await visitor.send(code=code) == 410, "an address is for one sign-in"
        assert await visitor.look() == 410
        everything = "".join([*assistant.heard, *visitor.read, caplog.text])
        for secret in (code, ADAS_PASSWORD, "000000"):
            assert secret not in everything
    async with stand.assistant(WITHOUT_PASSWORD, has_screen=True) as later:
        assert "Rope" in await later.sales(), "the sign-in is kept for later starts"


async def test_a_password_that_is_not_stored_is_typed_there_too(
    stand: Stand, http: httpx.AsyncClient
) -> None:
    with_factors(stand, Factor.AUTHENTICATOR)
    async with http, stand.assistant(WITHOUT_PASSWORD, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        assert 'type="password"' in visitor.page
        assert await visitor.send(password="wrong") == 422
        assert "2 more tries" in visitor.page
        assert await visitor.send(password=ADAS_PASSWORD) == 200
        assert "Code from your authenticator app" in visitor.page
        assert await visitor.send(code=now(stand)) == 200
        assert ADAS_PASSWORD not in "".join(visitor.read)
        assert "Rope" in await assistant.sales()
        kept = "".join(file.read_text() for file in (stand.folder / "sign-in").glob("*.json"))
        assert "refresh_token" in kept
        assert ADAS_PASSWORD not in kept


async def test_check_connection_names_the_same_page(stand: Stand, http: httpx.AsyncClient) -> None:
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        first = address_in(await assistant.sales())
        failed = [each for each in await assistant.stages() if "fix" in each or each["result"] == "failed"]
        assert address_in(str(failed[0])) == first


async def test_without_a_screen_the_answer_names_the_command(stand: Stand) -> None:
    for environment in (CLARIS_ID, CLARIS_ID | {"FILEMAKER_APPROVAL_PAGE": "false"}):
        async with stand.assistant(environment, has_screen=environment is not CLARIS_ID) as assistant:
            refusal = await assistant.sales()
            assert "127.0.0.1" not in refusal
            assert "filemaker-mcp login" in refusal


async def test_among_several_methods_one_is_chosen_and_may_be_chosen_again(
    stand: Stand, http: httpx.AsyncClient
) -> None:
    with_factors(stand, Factor.SMS, Factor.EMAIL)
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        assert "By e-mail" in visitor.page
        assert stand.pool.outbox == []
        assert await visitor.send(code="SMS_MFA") == 200
        assert await visitor.send(answer="anew") == 200
        assert "only after you continue" in visitor.page
        assert await visitor.send(answer="begin") == 200
        assert await visitor.send(code="EMAIL_OTP") == 200
        assert stand.pool.outbox[-1].medium == "EMAIL"
        assert await visitor.send(code=stand.pool.outbox[-1].code) == 200
        assert "Rope" in await assistant.sales()


async def test_a_service_that_cannot_take_a_code_is_helped_by_the_page(
    stand: Stand, http: httpx.AsyncClient
) -> None:
    async with http, stand.assistant(BY_SERVICE, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        assert await visitor.send(answer="begin") == 200
        assert await visitor.send(code=stand.pool.outbox[-1].code) == 200
        assert "Rope" in await assistant.sales()


async def test_three_wrong_codes_end_it_and_the_next_call_gives_another_address(
    stand: Stand, http: httpx.AsyncClient
) -> None:
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        statuses = [await visitor.send(code=code) for code in ("1", "2")]
        assert await visitor.send(answer="anew") == 200, "beginning again gives no further tries"
        assert await visitor.send(answer="begin") == 200
        statuses.append(await visitor.send(code="3"))
        assert statuses == [422, 422, 410]
        assert "for the third time" in visitor.page
        assert await visitor.look() == 410
        assert (await visited(http, assistant)).address != visitor.address


async def test_the_password_is_proved_five_times_at_the_most(stand: Stand, http: httpx.AsyncClient) -> None:
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        for _ in range(5):
            assert await visitor.send(answer="anew") == 200
            assert await visitor.send(answer="begin") == 200
        await visitor.send(answer="anew")
        assert await visitor.send(answer="begin") == 410
        assert len(stand.pool.outbox) == 6, "each proof sends a message"


async def test_a_code_that_would_come_too_late_is_not_asked_for(
    stand: Stand, http: httpx.AsyncClient
) -> None:
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        await stand.time.sleep(200)
        assert await visitor.send(code=stand.pool.outbox[-1].code) == 422
        assert "took too long" in visitor.page
        assert await visitor.send(answer="begin") == 200
        await stand.time.sleep(175)
        assert await visitor.look() == 200
        assert "time for that code is over" in visitor.page
        assert await visitor.send(answer="begin") == 200
        assert await visitor.send(code=stand.pool.outbox[-1].code) == 200
        assert "Rope" in await assistant.sales()


async def test_an_address_that_nobody_uses_grows_old(stand: Stand, http: httpx.AsyncClient) -> None:
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        await stand.time.sleep(LIFE_SECONDS + 1)
        assert await visitor.look() == 410
        assert address_in(await assistant.sales()) != visitor.address


async def test_what_is_sent_twice_at_once_is_answered_once(stand: Stand, http: httpx.AsyncClient) -> None:
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        form = Visitor(http, visitor.address)
        form.read = list(visitor.read)
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: visitor.send(code="000000"))
            group.start_soon(lambda: form.send(code="000000"))
        assert sum("2 more tries" in person.page for person in (visitor, form)) >= 1
        assert "1 more try" not in visitor.page + form.page
        code = stand.pool.outbox[-1].code
        await visitor.look()
        form.read = list(visitor.read)
        results: list[int] = []

        async def press(person: Visitor) -> None:
            results.append(await person.send(code=code))

        async with anyio.create_task_group() as group:
            group.start_soon(press, visitor)
            group.start_soon(press, form)
        assert 200 in results
        assert "Rope" in await assistant.sales()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
        ({"Origin": "own", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "own", "Host": "evil.example"}, 421),
    ],
)
async def test_an_answer_from_elsewhere_is_refused(
    stand: Stand, http: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        own = visitor.address.rpartition("/")[0]
        sent = {name: own if value == "own" else value for name, value in headers.items()}
        code = stand.pool.outbox[-1].code
        assert await visitor.send(sent, code=code) == status
        stranger = Visitor(http, f"{visitor.address}x")
        assert await stranger.look() == 410
        await visitor.look()
        assert await visitor.send(code=code) == 200, "nothing was used up"


async def test_what_cannot_be_kept_is_said(stand: Stand, http: httpx.AsyncClient) -> None:
    (stand.folder / "sign-in").write_text("a file is in the way")
    async with http, stand.assistant(CLARIS_ID, has_screen=True) as assistant:
        visitor = await visited(http, assistant)
        assert await visitor.send(code=stand.pool.outbox[-1].code) == 410
        assert "could not be kept" in visitor.page


async def test_a_person_signs_in_by_keyboard_in_light_and_dark_on_a_narrow_screen(stand: Stand) -> None:
    with_factors(stand, Factor.SMS, Factor.AUTHENTICATOR)
    async with stand.assistant(WITHOUT_PASSWORD, has_screen=True) as assistant:
        address = address_in(await assistant.sales())
        async with page_at(address, viewport={"width": 320, "height": 700}) as page:

            async def looked(name: str) -> None:
                for scheme in ("dark", "light"):
                    await page.emulate_media(color_scheme=scheme)
                    await shot(page, f"sign-in-{name}-{scheme}")
                    assert await faults(page) == []
                assert await page.evaluate("document.documentElement.scrollWidth") <= 320

            await looked("password")
            await page.keyboard.type(ADAS_PASSWORD)
            await page.keyboard.press("Enter")
            await page.get_by_role("button", name="By authenticator app").wait_for()
            await looked("choice")
            await page.get_by_role("button", name="By authenticator app").click()
            await page.locator("input[name=code]:focus").wait_for()
            await page.keyboard.type("000000")
            await page.keyboard.press("Enter")
            assert "2 more tries" in await page.inner_text("[role=alert]")
            await looked("code")
            await page.keyboard.type(now(stand))
            await page.keyboard.press("Enter")
            await page.get_by_role("heading", name="You are signed in").wait_for()
            await looked("done")
        assert "Rope" in await assistant.sales()
