"""A person agrees at the client, on a page, or at a terminal; silence, no and cancelling are no, and the plan stays usable."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import anyio
import anyio.to_thread
import pytest
from mcp_types import ElicitRequestParams, ElicitResult

from .workshop_host import applied, in_workshop, planned, titles

pytestmark = pytest.mark.anyio

ASKED = {"FILEMAKER_APPROVAL": "by_risk"}
both_eras = pytest.mark.parametrize("mode", ["auto", "legacy"])


class Person:
    """Answers what the client shows; reads the letters, as only a person can."""

    def __init__(self, action: str = "accept", letters: str | None = None) -> None:
        self.read: list[str] = []
        self.action: Any = action
        self._letters = letters

    async def __call__(self, context: object, params: ElicitRequestParams) -> ElicitResult:
        self.read.append(params.message)
        if self.action != "accept":
            return ElicitResult(action=self.action)
        letters = self._letters if self._letters is not None else params.message.rpartition(": ")[2]
        return ElicitResult(action="accept", content={"letters": letters})


@both_eras
async def test_a_delete_is_carried_out_when_the_person_agrees_at_the_client(mode: Any) -> None:
    person = Person()
    async with in_workshop(environment=ASKED, mode=mode, person=person) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        assert "A person has to agree" in plan["next"]
        assert (await applied(assistant, plan))["state"] == "done"
        assert "Paint the hull" in person.read[0], "what is deleted is shown"
        assert await titles(assistant) == ["Mend the sail", "New rope"]
        (listed,) = (await assistant.ask("list_changes"))["changes"]
        assert listed["agreed_by"].startswith("a person at the client")


@both_eras
@pytest.mark.parametrize(
    "person",
    [Person("decline"), Person("cancel"), Person(letters=""), Person(letters="true")],
    ids=["declines", "cancels", "answers nothing", "is a client that answers by itself"],
)
async def test_anything_but_agreement_is_no_and_the_plan_stays_usable(mode: Any, person: Person) -> None:
    async with in_workshop(environment=ASKED, mode=mode, person=person) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        for _ in range(2):
            answer = await applied(assistant, plan)
            assert (answer["state"], answer["agreed"]) == ("planned", False)
        assert len(await titles(assistant)) == 3


async def test_a_client_that_never_answers_has_said_no_when_the_time_is_over() -> None:
    async def silent(context: object, params: ElicitRequestParams) -> ElicitResult:
        await anyio.sleep_forever()
        raise AssertionError

    environment = ASKED | {"FILEMAKER_APPROVAL_SECONDS": "0.05"}
    async with in_workshop(environment=environment, mode="legacy", person=silent) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        assert (await applied(assistant, plan))["agreed"] is False
        assert len(await titles(assistant)) == 3


async def test_a_small_edit_asks_nobody_and_a_large_one_does() -> None:
    person = Person()
    environment = ASKED | {"FILEMAKER_BULK_LIMIT": "2"}
    async with in_workshop(environment=environment, person=person) as assistant:
        values = {"Customer": "Bo"}
        await applied(
            assistant, await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
        )
        assert not person.read
        both = await planned(
            assistant, "edit_records", layout="Jobs", ids=["1", "2", "3"], values={"Hours": 7}
        )
        await applied(assistant, both)
        assert "more than 2 records" in person.read[0]


async def test_outsiders_text_that_was_read_makes_every_write_ask() -> None:
    person = Person("decline")
    environment = ASKED | {"FILEMAKER_UNTRUSTED_FIELDS": '["Title"]'}
    async with in_workshop(environment=environment, person=person) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Customer": "Bo"})
        await applied(assistant, plan)
        assert "written by outsiders (Title)" in person.read[0]


async def test_a_step_added_after_the_agreement_needs_a_new_one() -> None:
    async with in_workshop(environment=ASKED, person=(person := Person())) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        more = await planned(
            assistant, "delete_records", layout="Jobs", ids=["3"], change_id=plan["change_id"]
        )
        await applied(assistant, more)
        assert "New rope" in person.read[0]
        assert "There is no change" in await assistant.refused("apply_change", change_id=plan["change_id"])


class Browser:
    """Opens the page and presses a button with the keyboard's means alone: a form is sent."""

    def __init__(self, answer: str | None) -> None:
        self.answer = answer
        self.pages: list[tuple[str, str, dict[str, str]]] = []

    def __call__(self, address: str) -> bool:
        with urllib.request.urlopen(address) as shown:
            self.pages.append((address, shown.read().decode(), dict(shown.headers)))
        if self.answer is not None:
            data = urllib.parse.urlencode({"answer": self.answer}).encode()
            request = urllib.request.Request(address, data, {"Origin": address.rpartition("/")[0]})
            with urllib.request.urlopen(request) as after:
                self.pages.append((address, after.read().decode(), dict(after.headers)))
        return True


async def test_where_the_client_cannot_ask_a_page_on_this_machine_does() -> None:
    browser = Browser("yes")
    async with in_workshop(environment=ASKED, open_browser=browser) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        answer = await applied(assistant, plan)
        assert answer["state"] == "done"
        (address, page, headers), (_, after, _) = browser.pages
        assert "Paint the hull" in page
        assert "You agreed" in after
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "script" not in page
        assert address not in str(answer), "the assistant never learns the address"


async def test_the_page_says_no_and_the_plan_stays() -> None:
    async with in_workshop(environment=ASKED, open_browser=Browser("no")) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        assert (await applied(assistant, plan))["agreed"] is False
        assert len(await titles(assistant)) == 3


async def test_a_page_left_open_is_no_until_it_is_answered() -> None:
    browser = Browser(None)
    environment = ASKED | {"FILEMAKER_APPROVAL_SECONDS": "0.05"}
    async with in_workshop(environment=environment, open_browser=browser) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        answer = await applied(assistant, plan)
        assert answer["state"] == "planned"
        assert "filemaker-mcp approve" in answer["next"]
        address = browser.pages[0][0]
        browser.answer = "yes"
        await anyio.to_thread.run_sync(browser, address)
        assert (await applied(assistant, plan))["state"] == "done"


OWN = "the page's own"


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({"Origin": "https://evil.example"}, "", 403),
        ({"Origin": "null"}, "", 403),
        ({}, "", 403),
        ({"Origin": OWN, "Sec-Fetch-Site": "cross-site"}, "", 403),
        ({"Origin": OWN, "Sec-Fetch-Site": "same-site"}, "", 403),
        ({"Origin": OWN, "Sec-Fetch-Site": "none"}, "", 403),
        ({"Origin": OWN, "Host": "evil.example"}, "", 421),
        ({"Origin": OWN, "Host": "localhost"}, "", 421),
        ({"Origin": OWN}, "x", 410),
    ],
)
async def test_an_answer_from_elsewhere_is_refused(headers: dict[str, str], path: str, status: int) -> None:
    browser = Browser(None)
    environment = ASKED | {"FILEMAKER_APPROVAL_SECONDS": "0.05"}
    async with in_workshop(environment=environment, open_browser=browser) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await applied(assistant, plan)
        address = browser.pages[0][0]
        own = {name: address.rpartition("/")[0] if value == OWN else value for name, value in headers.items()}
        assert await anyio.to_thread.run_sync(refused_with, address + path, own, b"answer=yes") == status
        if "Host" in headers:
            assert await anyio.to_thread.run_sync(refused_with, address, own, None) == status
        assert (await applied(assistant, plan))["state"] == "planned"


def refused_with(address: str, headers: dict[str, str], body: bytes | None) -> int:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(address, body, headers))
    with refused.value as answer:
        return answer.code or 0


async def test_a_page_is_answered_once_and_nothing_keeps_it() -> None:
    browser = Browser("no")
    async with in_workshop(environment=ASKED, open_browser=browser) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        assert (await applied(assistant, plan))["agreed"] is False
        address, _, headers = browser.pages[0]
        own = {"Origin": address.rpartition("/")[0]}
        for body in (b"answer=yes", None):
            assert await anyio.to_thread.run_sync(refused_with, address, own, body) == 410
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert rule in headers["Content-Security-Policy"]
        assert len(await titles(assistant)) == 3


async def test_every_record_that_goes_is_shown_and_of_a_long_text_what_changes_in_it() -> None:
    browser = Browser("yes")
    async with in_workshop(
        environment=ASKED | {"FILEMAKER_APPROVAL": "person"}, open_browser=browser
    ) as assistant:
        long = "A sail, a rope. " * 60
        for text in (long, f"{long}Paid to DE02."):
            edit = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": text})
            await applied(assistant, edit)
        assert "Paid to DE02." in browser.pages[2][1], "a change at the end of a long text"
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2", "3"])
        await applied(assistant, plan)
        page = browser.pages[4][1]
        assert "<del><bdi>Paint the hull</bdi></del>" in page
        assert "<del><bdi>New rope</bdi></del>" in page


async def test_record_contents_are_text_on_the_page() -> None:
    browser = Browser("no")
    async with in_workshop(
        environment=ASKED | {"FILEMAKER_APPROVAL": "person"}, open_browser=browser
    ) as assistant:
        nasty = "<script>alert(1)</script>\u202e<form action='https://evil.example'>"
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Title": nasty})
        await applied(assistant, plan)
        page = browser.pages[0][1]
        assert "<script" not in page
        assert "\u202e" not in page
        assert len(re.findall("<form", page)) == 1
