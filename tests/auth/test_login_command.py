"""`filemaker-mcp login`, `logout` and `token`: what a person answers once, and the server lives on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.emulator.cognito.codes import authenticator_code
from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.pool_switches import Identity
from filemaker_mcp.server.emulator.cognito.users import Factor, User

from ..started import Process
from .program import Place, fresh, place, type_in, until
from .workplace import ADA, ADAS_PASSWORD

pytestmark = pytest.mark.anyio

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Place]:
    async with place(tmp_path) as shop:
        yield shop


def users(shop: Place) -> UserPool:
    assert shop.emulator.pool is not None
    return shop.emulator.pool


def with_factors(shop: Place, *factors: Factor) -> None:
    users(shop).add(User(ADA, ADAS_PASSWORD, factors, authenticator_secret=SECRET))


def connected(said: str) -> bool:
    return json.loads(said)["shop" if "shop" in json.loads(said) else "Shop"]["connected"]


async def test_a_password_typed_once_serves_all_later_starts(shop: Place) -> None:
    login = await shop.run("login", typed=f"{ADAS_PASSWORD}\n", **shop.by_claris_id)
    assert login.status == 0, login.err
    assert "opened a session: all is well" in login.err
    assert login.out == ""
    assert [path.stat().st_mode & 0o777 for path in shop.kept] == [0o600 if os.name == "posix" else 0o666]
    assert ADAS_PASSWORD not in shop.kept[0].read_text(encoding="utf-8")
    doctor = await shop.run("doctor", "--json", **shop.by_claris_id)
    assert connected(doctor.out)
    assert users(shop).count("InitiateAuth", "USER_SRP_AUTH") == 1
    assert shop.emulator.open_sessions == 0


async def test_a_code_that_was_sent_is_asked_for_and_a_wrong_one_may_be_corrected(shop: Place) -> None:
    with_factors(shop, Factor.SMS)
    process = await shop.begin("login", **shop.by_claris_id, FILEMAKER_PASSWORD=ADAS_PASSWORD)
    asked = await until(process.stderr, "Code sent to ")
    assert "*" in asked
    type_in(process, "000000")
    await until(process.stderr, "2 more tries")
    code = users(shop).outbox[-1].code
    type_in(process, code)
    out, err = await process.communicate()
    assert process.returncode == 0, err
    assert len(users(shop).outbox) == 1, "one message, however often the code is mistyped"
    assert code not in (out + err).decode()
    assert not [path.name for path in shop.kept if code in path.read_text(encoding="utf-8")]


async def test_an_authenticators_code_is_asked_for(shop: Place) -> None:
    with_factors(shop, Factor.AUTHENTICATOR)
    process = await shop.begin("login", **shop.by_claris_id, FILEMAKER_PASSWORD=ADAS_PASSWORD)
    await until(process.stderr, "Code from your authenticator app")
    type_in(process, authenticator_code(SECRET, datetime.now(UTC)))
    _, err = await process.communicate()
    assert process.returncode == 0, err


async def test_among_several_methods_one_is_chosen(shop: Place) -> None:
    with_factors(shop, Factor.SMS, Factor.EMAIL)
    process = await shop.begin("login", **shop.by_claris_id, FILEMAKER_PASSWORD=ADAS_PASSWORD)
    assert "text message" in await until(process.stderr, "Which one")
    type_in(process, "2")
    await until(process.stderr, "Code sent to ")
    assert users(shop).outbox[-1].medium == "EMAIL"
    type_in(process, users(shop).outbox[-1].code)
    _, err = await process.communicate()
    assert process.returncode == 0, err


async def test_three_wrong_codes_end_it(shop: Place) -> None:
    with_factors(shop, Factor.SMS)
    login = await shop.run("login", typed="1\n2\n3\n", **shop.by_claris_id, FILEMAKER_PASSWORD=ADAS_PASSWORD)
    assert login.status == 1
    assert "code was wrong" in login.err
    assert not shop.kept


async def test_a_wrong_password_is_said_and_nothing_kept(shop: Place) -> None:
    login = await shop.run("login", typed="wrong\n", **shop.by_claris_id)
    assert login.status == 1
    assert "refused the Claris ID" in login.err
    assert "Traceback" not in login.err
    assert not shop.kept


async def test_nobody_at_the_keyboard_is_said(shop: Place) -> None:
    login = await shop.run("login", **shop.by_claris_id)
    assert login.status == 2
    assert "nobody to answer" in login.err


async def test_a_printed_sign_in_works_elsewhere_and_keeps_nothing_here(shop: Place) -> None:
    printed = await shop.run(
        "login", "--print", typed=f"{ADA}\n{ADAS_PASSWORD}\n", FILEMAKER_CLARIS_URL=shop.url
    )
    assert printed.status == 0, printed.err
    assert re.fullmatch(r"\S+\n", printed.out), "one token and nothing else"
    assert not shop.kept
    there = shop.by_claris_id | {"FILEMAKER_CLARIS_REFRESH_TOKEN": printed.out.strip()}
    assert connected((await shop.run("doctor", "--json", **there)).out)


async def test_logging_out_revokes_and_deletes(shop: Place) -> None:
    await shop.run("login", typed=f"{ADAS_PASSWORD}\n", **shop.by_claris_id)
    token = json.loads(shop.kept[0].read_text(encoding="utf-8"))["refresh_token"]
    logout = await fresh(shop).run("logout", **shop.by_claris_id)
    assert logout.status == 0, logout.err
    assert "revoked and deleted" in logout.err
    assert not shop.kept
    revoked = await shop.run("token", **shop.by_claris_id, FILEMAKER_CLARIS_REFRESH_TOKEN=token)
    assert revoked.status == 1
    assert "No sign-in of" in (await shop.run("logout", **shop.by_claris_id)).err


async def test_one_id_token_is_printed_for_other_programs(shop: Place) -> None:
    printed = await fresh(shop).run("token", **shop.by_claris_id, FILEMAKER_PASSWORD=ADAS_PASSWORD)
    assert printed.status == 0, printed.err
    assert users(shop).verify_id_token(printed.out.strip()) == ADA
    refused = await shop.run("token", **shop.by_account)
    assert refused.status == 2
    assert "no database here signs in with one" in refused.err


async def test_a_providers_consent_in_the_browser_opens_the_session_that_the_server_uses(shop: Place) -> None:
    process = await shop.begin("login", "--no-browser", **shop.by_provider)
    said = await until(process.stderr, "pretend-provider?state=")
    if not said.endswith("\n"):
        said += await until(process.stderr, "\n")
    address = next(line.strip() for line in said.splitlines() if "pretend-provider" in line)
    async with httpx.AsyncClient() as browser:
        page = await browser.get(address)
        state = re.search(r'name="state" value="([^"]+)"', page.text)
        assert state is not None
        answer = {"state": state[1], "account": "grace@example.com"}
        back = await browser.post(f"{shop.url}/pretend-provider", data=answer)
        stray = back.headers["location"].replace("trackingID=", "trackingID=x")
        assert (await browser.get(stray)).status_code == 404
        assert "Signed in." in (await browser.get(back.headers["location"])).text
    _, err = await process.communicate()
    assert process.returncode == 0, err
    assert shop.emulator.open_sessions == 1
    doctor = await shop.run("doctor", "--json", **shop.by_provider)
    assert connected(doctor.out), doctor.out
    logout = await shop.run("logout", **shop.by_provider)
    assert "ended and deleted" in logout.err
    assert shop.emulator.open_sessions == 0
    assert not shop.kept


async def test_a_consent_that_is_denied_is_said(shop: Place) -> None:
    process = await shop.begin("login", "--no-browser", **shop.by_provider)
    said = await until(process.stderr, "pretend-provider?state=")
    if not said.endswith("\n"):
        said += await until(process.stderr, "\n")
    address = next(line.strip() for line in said.splitlines() if "pretend-provider" in line)
    async with httpx.AsyncClient() as browser:
        state = httpx.URL(address).params["state"]
        back = await browser.post(f"{shop.url}/pretend-provider", data={"state": state, "deny": "1"})
        await browser.get(back.headers["location"])
    _, err = await process.communicate()
    assert process.returncode == 1
    assert "did not give consent" in err.decode()


async def test_there_is_nothing_to_log_in_to_with_an_account_and_password(shop: Place) -> None:
    login = await shop.run("login", **shop.by_account)
    assert login.status == 0
    assert "nothing to sign in to beforehand" in login.err


STOCK = '[{"file": "Stock", "provider": "Microsoft", "layout": "Articles"}]'


async def consent(process: Process, shop: Place, account: str, seen: str = "") -> str:
    """What a person does in the browser for the next address that the program prints; what was said since is returned."""
    said = seen
    while not re.search(r"pretend-provider\?state=\w+\s", said):
        said += await until(process.stderr, "\n")
    found = re.search(r"\S+pretend-provider\?state=(\w+)", said)
    assert found is not None
    async with httpx.AsyncClient() as browser:
        answer = {"state": found[1], "account": account}
        back = await browser.post(f"{shop.url}/pretend-provider", data=answer)
        assert (await browser.get(back.headers["location"])).status_code == 200
    return said[found.end() :]


@pytest.mark.parametrize("main", ["by_account", "by_claris_id", "by_provider"])
async def test_every_provider_that_the_settings_name_is_walked_through(shop: Place, main: str) -> None:
    variables = getattr(shop, main) | {"FILEMAKER_DATA_SOURCES": STOCK}
    if main == "by_claris_id":
        variables["FILEMAKER_PASSWORD"] = ADAS_PASSWORD
    process = await shop.begin("login", "--no-browser", **variables)
    rest = await consent(process, shop, "linus@example.com")
    if main == "by_provider":
        await consent(process, shop, "grace@example.com", rest)
    _, err = await process.communicate()
    assert process.returncode == 0, err
    if main != "by_account":
        assert b"done      Stock on" in err
    doctor = await shop.run("doctor", "--json", "--data-sources", **variables)
    stages = next(iter(json.loads(doctor.out).values()))["stages"]
    assert stages[-1]["stage"] == "data source", doctor.out
    assert stages[-1]["result"] == "ok", stages[-1]
    logout = await shop.run("logout", **variables)
    assert "for Stock is deleted" in logout.err
    assert not shop.kept


async def test_a_sign_in_that_fails_does_not_keep_the_others_from_being_done(shop: Place) -> None:
    variables = shop.by_claris_id | {
        "FILEMAKER_PASSWORD": ADAS_PASSWORD,
        "FILEMAKER_DATA_SOURCES": STOCK.replace("Microsoft", "microsoft"),
    }
    login = await shop.run("login", "--no-browser", **variables)
    assert login.status == 1
    assert "it offers Microsoft" in login.err
    assert "Write 'Microsoft' in the settings" in " ".join(login.err.split())
    assert re.search(r"not done\s+Stock", login.err)
    assert re.search(r" done\s+Claris ID", login.err)


async def test_a_sign_in_that_serves_is_left_alone(shop: Place) -> None:
    await shop.run("login", typed=f"{ADAS_PASSWORD}\n", **shop.by_claris_id)
    kept = shop.kept[0].read_text(encoding="utf-8")
    again = await shop.run("login", **shop.by_claris_id)
    assert again.status == 0
    assert "is signed in already" in again.err
    assert shop.kept[0].read_text(encoding="utf-8") == kept


async def test_login_beside_a_token_service_says_what_it_is_for(shop: Place) -> None:
    variables = shop.by_claris_id | {
        "FILEMAKER_TOKEN_SERVICE": "http://127.0.0.1:9",
        "FILEMAKER_PASSWORD": ADAS_PASSWORD,
    }
    login = await shop.run("login", **variables)
    assert login.status == 0, login.err
    assert "is used before it" in " ".join(login.err.split())


async def test_logging_out_after_the_pool_moved_says_that_nothing_can_be_revoked(shop: Place) -> None:
    await shop.run("login", typed=f"{ADAS_PASSWORD}\n", **shop.by_claris_id)
    users(shop).identity = Identity("us-west-2_NqkuZcXQY", "another")
    logout = await shop.run("logout", **shop.by_claris_id)
    assert logout.status == 0, logout.err
    assert "is gone" in logout.err
    assert not shop.kept


BOB, BOBS_PASSWORD = "bob@example.com", "Difference Engine 1822"
CONFIG = """
[database.cloud]
host = "{url}"
file = "Shop"
sign_in = "claris_id"
claris_url = "{url}"
account = "{bob}"
password = {{ env = "BOBS" }}

[[database.cloud.data_sources]]
file = "Stock"
provider = "Microsoft"

[database.office]
host = "{url}"
file = "Shop"
account = "{ada}"
password = {{ env = "OFFICE" }}
"""


@pytest.fixture
def office(shop: Place) -> list[str]:
    """Bob's Claris ID, and an account of a file that is called as Ada's Claris ID is."""
    users(shop).add(User(BOB, BOBS_PASSWORD))
    file = shop.home / "office.toml"
    file.write_text(CONFIG.format(url=shop.url, bob=BOB, ada=ADA), encoding="utf-8")
    file.chmod(0o600)
    return ["--config", str(file)]


SECRETS = {"BOBS": BOBS_PASSWORD, "OFFICE": "cash"}


async def test_a_claris_id_that_is_named_never_gets_anothers_password(shop: Place, office: list[str]) -> None:
    nobody = await shop.run("login", *office, "--account", ADA, **SECRETS)
    assert nobody.status == 2, nobody.err
    assert "nobody to answer" in nobody.err
    assert users(shop).count("InitiateAuth") == 0, "neither Bob's password nor the file's is tried"
    login = await shop.run("login", *office, "--account", ADA.upper(), typed=f"{ADAS_PASSWORD}\n", **SECRETS)
    assert login.status == 0, login.err
    said = " ".join(login.err.split())
    assert "none uses this sign-in" in said
    assert "Microsoft" not in said, "the providers of others are not walked through"
    printed = await shop.run("login", *office, "--print", "--account", BOB, **SECRETS)
    assert printed.status == 0, printed.err
    bobs = await shop.run("login", *office, "--account", BOB.title(), **SECRETS)
    assert f"Signed in as {BOB}" in bobs.err
    assert "does not let the Claris ID bob@example.com in" in " ".join(bobs.err.split())
    assert len(shop.kept) == 2
    assert users(shop).count("InitiateAuth", "USER_SRP_AUTH") == 3
    logout = await shop.run("logout", *office, "--account", ADA, **SECRETS)
    assert "revoked and deleted" in logout.err
    assert BOB in shop.kept[0].read_text(encoding="utf-8")


async def test_variables_lend_their_password_to_their_own_account_alone(shop: Place) -> None:
    users(shop).add(User(BOB, BOBS_PASSWORD))
    bobs = {"FILEMAKER_USERNAME": BOB, "FILEMAKER_PASSWORD": BOBS_PASSWORD}
    login = await shop.run("login", "--account", ADA, **{"FILEMAKER_CLARIS_URL": shop.url} | bobs)
    assert login.status == 2, login.err
    assert users(shop).count("InitiateAuth") == 0
    own = await shop.run("login", "--account", BOB, **{"FILEMAKER_CLARIS_URL": shop.url} | bobs)
    assert own.status == 0, own.err


async def test_databases_of_two_pools_are_told_apart_by_name(shop: Place, office: list[str]) -> None:
    other = "\n[database.other]\nhost = '{0}'\nfile = 'Shop'\nsign_in = 'claris_id'\nclaris_url = '{0}/other'\naccount = 'joan@example.com'\n"
    file = shop.home / "office.toml"
    file.write_text(file.read_text() + other.format(shop.url))
    unclear = await shop.run("login", *office, "--account", ADA, **SECRETS)
    assert unclear.status == 2
    assert "Add --database with one of: cloud, other" in " ".join(unclear.err.split())
