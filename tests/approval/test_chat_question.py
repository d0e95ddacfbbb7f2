"""A person agrees at the client to what fits into its question; anything else is no, and the plan stays usable."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp_types import ElicitRequestParams, ElicitResult

from ..changes.workshop_host import applied, changes_of, in_workshop, planned, titles
from .people import ASKED, SOON, Browser, Person, many_jobs

pytestmark = pytest.mark.anyio

AWAY = {"FILEMAKER_APPROVAL_PAGE": "false"}

both_eras = pytest.mark.parametrize("mode", ["auto", "legacy"])


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


class Guessing:
    """A client that answers by itself, with what an assistant could tell it."""

    def __init__(self) -> None:
        self.letters = ""
        self.asked = 0

    async def __call__(self, context: object, params: ElicitRequestParams) -> ElicitResult:
        self.asked += 1
        return ElicitResult(action="accept", content={"letters": self.letters})


@both_eras
async def test_nothing_that_an_assistant_holds_agrees(mode: Any) -> None:
    client = Guessing()
    async with in_workshop(environment=ASKED, mode=mode, person=client) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        client.letters = plan["change_id"].rpartition("-")[2]
        answer = await applied(assistant, plan)
        assert (client.asked, answer["agreed"]) == (1, False)
        assert len(await titles(assistant)) == 3


async def test_the_letters_are_others_each_time_and_stand_in_no_answer() -> None:
    person = Person()
    async with in_workshop(environment=ASKED, person=person) as assistant:
        for record in ("1", "2", "3"):
            plan = await planned(assistant, "delete_records", layout="Jobs", ids=[record])
            answer = str(plan) + str(await applied(assistant, plan))
            assert f"{person.read[-1].rpartition(': ')[2]}" not in answer
        assert len({text.rpartition(": ")[2] for text in person.read}) == 3


async def test_only_what_fits_whole_is_asked_at_the_client(tmp_path: Path) -> None:
    person = Person()
    environment = {"FILEMAKER_APPROVAL": "person"} | AWAY
    emulator = many_jobs(tmp_path, 12)
    async with in_workshop(emulator, environment, person=person) as assistant:
        for values in ({"Ref": "x" * 1_600}, {"Ref": "y" * 700, "Phone(2)": "z" * 700}):
            plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
            answer = await applied(assistant, plan)
            assert "filemaker-mcp approve" in answer["next"]
        ids = [str(number) for number in range(1, 12)]
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=ids)
        assert (await applied(assistant, plan))["state"] == "planned"
        assert person.read == []
        ten = await planned(assistant, "edit_records", layout="Jobs", ids=ids[:10], values={"Ref": "x" * 600})
        assert (await applied(assistant, ten))["state"] == "done"
        for number in range(1, 11):
            assert f"Job {number}" in person.read[0]
        assert "x" * 600 in person.read[0]


async def test_records_that_differ_far_into_a_text_are_shown_apart(tmp_path: Path) -> None:
    """200 equal characters, then one bank account or another of the same length."""
    browser = Browser(None)
    start = "Please pay by transfer. " * 9
    ours, evil = f"{start}IBAN DE00-OURS", f"{start}IBAN XX99-EVIL"
    environment = {"FILEMAKER_APPROVAL": "person"} | SOON
    async with in_workshop(many_jobs(tmp_path, 2), environment, open_browser=browser) as assistant:
        records = {"1": {"Ref": ours}, "2": {"Ref": evil}}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=records)
        assert [group["records"] for group in plan["changes"]] == [1, 1]
        assert "IBAN DE00-OURS" in str(plan["changes"][0])
        assert "IBAN XX99-EVIL" in str(plan["changes"][1])
        await applied(assistant, plan)
        for text in (ours, evil):
            assert text in browser.page


async def test_files_of_one_name_and_size_and_rows_that_differ_late_are_shown_apart(tmp_path: Path) -> None:
    browser = Browser(None)
    environment = {"FILEMAKER_APPROVAL": "person"} | SOON
    async with in_workshop(many_jobs(tmp_path, 2), environment, open_browser=browser) as assistant:
        data = [base64.b64encode(content).decode() for content in (b"ours", b"evil")]
        sketches = {str(n): {"Sketch": {"file": "a.txt", "data": each}} for n, each in enumerate(data, 1)}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=sketches)
        await applied(assistant, plan)
        for content in (b"ours", b"evil"):
            assert hashlib.sha256(content).hexdigest()[:16] in browser.page
        texts = [f"{'x' * 300}{end}" for end in ("ours", "evil")]
        rows = {str(n): {"Tasks": {"add": [{"Text": text}]}} for n, text in enumerate(texts, 1)}
        plan = await planned(assistant, "edit_records", layout="Jobs", records=rows)
        assert [group["records"] for group in plan["changes"]] == [1, 1]
        await applied(assistant, plan)
        for text in texts:
            assert text in browser.page


async def test_after_a_no_at_the_client_nobody_is_asked_there_for_an_hour() -> None:
    person = Person("decline")
    async with in_workshop(environment=ASKED, person=person) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await applied(assistant, plan)
        person.action = "accept"
        assert "less than an hour ago" in (await applied(assistant, plan))["next"]
        assert len(person.read) == 1
        changes = changes_of(assistant)
        found = await changes.known.found_by_anybody(plan["change_id"])
        await changes.agreements.reopened(found.plan, found.plan.who, "there")
        assert (await applied(assistant, plan))["state"] == "done"


async def test_a_person_is_asked_for_the_layouts_and_fields_that_the_owner_names() -> None:
    person = Person("decline")
    named = {"Jobs": {"Rate": "person"}}
    environment = ASKED | {"FILEMAKER_APPROVAL_BY_FIELD": json.dumps(named)}
    async with in_workshop(environment=environment, person=person) as assistant:
        for values in ({"Rate": 90}, {"Ref": "x"}):
            edit = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
            asks = "Rate" in values
            assert ("A person has to agree" in edit["next"]) is asks
            assert (await applied(assistant, edit))["state"] == ("planned" if asks else "done")
        copy = await planned(
            assistant, "create_records", layout="Jobs", copy_of=["1"], records=[{"Code": "Z"}]
        )
        assert (await applied(assistant, copy))["state"] == "planned", "a copy writes every field"
        assert len(person.read) == 2
    environment = ASKED | {"FILEMAKER_APPROVAL_BY_LAYOUT": json.dumps({"Jobs": "person"})}
    async with in_workshop(environment=environment, person=person) as assistant:
        edit = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "x"})
        assert (await applied(assistant, edit))["state"] == "planned"
        assert "every change on 'Jobs'" in person.read[-1]
