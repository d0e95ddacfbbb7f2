"""After the password: authenticator codes, sent codes, choices and new passwords."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.cognito.codes import authenticator_code
from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.users import Factor, State, User

from .cognito_client import EXCEEDED, INCORRECT, PoolClient, refusal

pytestmark = pytest.mark.anyio

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def client(clock: ManualClock) -> PoolClient:
    return PoolClient(UserPool(clock))


async def challenged(client: PoolClient, *factors: Factor) -> httpx.Response:
    user = User("ada@example.com", "secret-1", factors, authenticator_secret=SECRET, phone="+15550009999")
    client.pool.add(user)
    return await client.sign_in(user.name, user.password)


async def code(client: PoolClient, asked: httpx.Response, **responses: str) -> httpx.Response:
    question = asked.json()
    return await client.respond(
        question["ChallengeName"],
        {"USERNAME": question["ChallengeParameters"]["USER_ID_FOR_SRP"], **responses},
        question["Session"],
    )


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_authenticator_codes_are_those_of_rfc_6238(seconds: int, expected: str) -> None:
    moment = ManualClock().now().replace(year=1970, month=1, day=1, hour=0) + timedelta(seconds=seconds)
    assert authenticator_code(SECRET, moment) == expected


async def test_an_authenticator_code_completes_signing_in_once(
    client: PoolClient, clock: ManualClock
) -> None:
    asked = await challenged(client, Factor.AUTHENTICATOR)
    assert asked.json()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    right = authenticator_code(SECRET, clock.now())
    wrong = "000000" if right != "000000" else "000001"
    refused = await code(client, asked, SOFTWARE_TOKEN_MFA_CODE=wrong)
    assert refusal(refused) == ("CodeMismatchException", "Invalid code received for user")
    done = await code(client, asked, SOFTWARE_TOKEN_MFA_CODE=right)
    assert "IdToken" in done.json()["AuthenticationResult"]
    reused = await code(client, asked, SOFTWARE_TOKEN_MFA_CODE=right)
    assert refusal(reused)[1] == "Invalid session for the user, session can only be used once."
    again = await client.sign_in("ada@example.com", "secret-1")
    assert refusal(await code(client, again, SOFTWARE_TOKEN_MFA_CODE=right))[0] == "ExpiredCodeException"


async def test_codes_of_the_neighbouring_half_minutes_are_taken_and_no_others(
    client: PoolClient, clock: ManualClock
) -> None:
    for seconds, status in ((-60, 400), (-30, 200), (30, 200), (60, 400)):
        asked = await challenged(client, Factor.AUTHENTICATOR)
        shown = authenticator_code(SECRET, clock.now() + timedelta(seconds=seconds))
        assert (await code(client, asked, SOFTWARE_TOKEN_MFA_CODE=shown)).status_code == status


@pytest.mark.parametrize(
    ("factor", "medium", "destination", "key"),
    [
        (Factor.SMS, "SMS", "+*******9999", "SMS_MFA_CODE"),
        (Factor.EMAIL, "EMAIL", "a***@e***", "EMAIL_OTP_CODE"),
    ],
)
async def test_a_code_is_sent_and_asked_for(
    client: PoolClient, factor: Factor, medium: str, destination: str, key: str
) -> None:
    asked = await challenged(client, factor)
    parameters = asked.json()["ChallengeParameters"]
    assert asked.json()["ChallengeName"] == factor
    assert parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] == medium
    assert parameters["CODE_DELIVERY_DESTINATION"] == destination
    done = await code(client, asked, **{key: client.pool.outbox[-1].code})
    assert done.status_code == 200


async def test_one_of_several_factors_is_chosen(client: PoolClient) -> None:
    asked = await challenged(client, Factor.SMS, Factor.AUTHENTICATOR)
    assert asked.json()["ChallengeName"] == "SELECT_MFA_TYPE"
    assert asked.json()["ChallengeParameters"]["MFAS_CAN_CHOOSE"] == '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'
    assert refusal(await code(client, asked, ANSWER="EMAIL_OTP"))[0] == "InvalidParameterException"
    assert client.pool.outbox == []
    chosen = await code(client, asked, ANSWER="SMS_MFA")
    assert chosen.json()["ChallengeName"] == "SMS_MFA"
    assert (await code(client, chosen, SMS_MFA_CODE=client.pool.outbox[-1].code)).status_code == 200


async def test_a_session_ends_after_three_wrong_codes_or_three_minutes(
    client: PoolClient, clock: ManualClock
) -> None:
    asked = await challenged(client, Factor.SMS)
    for _ in range(3):
        assert refusal(await code(client, asked, SMS_MFA_CODE="x"))[0] == "CodeMismatchException"
    refused = await code(client, asked, SMS_MFA_CODE=client.pool.outbox[-1].code)
    assert refusal(refused)[0] == "NotAuthorizedException"
    late = await challenged(client, Factor.SMS)
    clock.advance(181)
    refused = await code(client, late, SMS_MFA_CODE=client.pool.outbox[-1].code)
    assert refusal(refused)[1] == "Invalid session for the user, session is expired."


async def test_a_code_may_expire_before_its_session(client: PoolClient, clock: ManualClock) -> None:
    client.pool.switches.code_life = timedelta(seconds=60)
    asked = await challenged(client, Factor.EMAIL)
    clock.advance(60)
    refused = await code(client, asked, EMAIL_OTP_CODE=client.pool.outbox[-1].code)
    assert refusal(refused)[0] == "ExpiredCodeException"


async def test_wrong_codes_count_towards_the_lock(client: PoolClient) -> None:
    client.pool.switches.code_tries = 100
    asked = await challenged(client, Factor.SMS)
    for _ in range(5):
        await code(client, asked, SMS_MFA_CODE="x")
    right = client.pool.outbox[-1].code
    assert refusal(await code(client, asked, SMS_MFA_CODE=right)) == EXCEEDED


async def test_a_code_without_its_session_or_for_somebody_else_is_refused(client: PoolClient) -> None:
    asked = await challenged(client, Factor.SMS)
    right = client.pool.outbox[-1].code
    answers = [
        await client.respond("SMS_MFA", {"USERNAME": "ada@example.com", "SMS_MFA_CODE": right}),
        await client.respond("SMS_MFA", {"USERNAME": "eve", "SMS_MFA_CODE": right}, asked.json()["Session"]),
        await client.respond(
            "EMAIL_OTP", {"USERNAME": "ada@example.com", "EMAIL_OTP_CODE": right}, asked.json()["Session"]
        ),
    ]
    assert {refusal(answer) for answer in answers} == {
        ("NotAuthorizedException", "Invalid session for the user.")
    }


async def test_a_first_password_must_be_replaced(client: PoolClient) -> None:
    client.pool.add(User("new@example.com", "first-one", state=State.MUST_CHANGE_PASSWORD))
    asked = await client.sign_in("new@example.com", "first-one")
    assert asked.json()["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert refusal(await code(client, asked, NEW_PASSWORD="short"))[0] == "InvalidPasswordException"
    assert "IdToken" in (await code(client, asked, NEW_PASSWORD="long enough")).json()["AuthenticationResult"]
    assert refusal(await client.sign_in("new@example.com", "first-one")) == INCORRECT
    assert (await client.sign_in("new@example.com", "long enough")).status_code == 200


async def test_an_unusual_challenge_has_no_answer(client: PoolClient) -> None:
    client.pool.add(User("odd@example.com", "pass-word", unusual_challenge="MFA_SETUP"))
    asked = await client.sign_in("odd@example.com", "pass-word")
    assert asked.json()["ChallengeName"] == "MFA_SETUP"
    assert refusal(await code(client, asked, ANSWER="x"))[0] == "InvalidParameterException"
