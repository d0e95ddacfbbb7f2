"""The user pool verifies passwords for real and refuses as Cognito does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from filemaker_mcp.server.emulator.clock import ManualClock
from filemaker_mcp.server.emulator.cognito import srp
from filemaker_mcp.server.emulator.cognito.pool import UserPool
from filemaker_mcp.server.emulator.cognito.users import State, User

from .cognito_client import EXCEEDED, INCORRECT, PoolClient, refusal

pytestmark = pytest.mark.anyio

ADA = User("ada@example.com", "Analytical Engine 1843")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def pool(clock: ManualClock) -> UserPool:
    pool = UserPool(clock)
    pool.add(ADA)
    return pool


@pytest.fixture
def client(pool: UserPool) -> PoolClient:
    return PoolClient(pool)


async def test_the_right_password_yields_an_id_token_that_the_pool_vouches_for(
    pool: UserPool, client: PoolClient, clock: ManualClock
) -> None:
    answer = await client.sign_in(ADA.name, ADA.password)
    result = answer.json()["AuthenticationResult"]
    assert answer.status_code == 200
    assert result["ExpiresIn"] == 3600
    assert result["TokenType"] == "Bearer"
    assert pool.verify_id_token(result["IdToken"]) == ADA.name
    assert pool.verify_id_token(result["AccessToken"]) is None
    assert pool.verify_id_token(result["IdToken"][:-4] + "AAAA") is None
    clock.advance(3600)
    assert pool.verify_id_token(result["IdToken"]) is None


async def test_a_refresh_token_is_as_long_as_cognitos(client: PoolClient) -> None:
    result = (await client.sign_in(ADA.name, ADA.password)).json()["AuthenticationResult"]
    assert 1600 < len(result["RefreshToken"]) < 1900


@pytest.mark.parametrize("password", ["", "analytical engine 1843", "Analytical Engine 1843 ", "ü" * 10_000])
async def test_a_wrong_password_is_refused(client: PoolClient, password: str) -> None:
    answer = await client.sign_in(ADA.name, password)
    assert answer.status_code == 400
    assert refusal(answer) == INCORRECT


async def test_an_unknown_name_looks_like_a_wrong_password(client: PoolClient) -> None:
    first, second = (
        await client.start("nobody@example.com", "x"),
        await client.start("nobody@example.com", "x"),
    )
    assert first["USERNAME"] == second["USERNAME"]
    assert refusal(await client.respond("PASSWORD_VERIFIER", first)) == INCORRECT


async def test_a_pool_that_does_not_hide_its_users_says_who_is_unknown(client: PoolClient) -> None:
    client.pool.switches.hides_unknown_users = False
    answer = await client.ask(
        "InitiateAuth",
        {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": "nobody", "SRP_A": "2"}},
    )
    assert refusal(answer) == ("UserNotFoundException", "User does not exist.")


async def test_a_proof_is_good_for_one_answer(client: PoolClient) -> None:
    proof = await client.start(ADA.name, ADA.password)
    assert (await client.respond("PASSWORD_VERIFIER", proof)).status_code == 200
    assert refusal(await client.respond("PASSWORD_VERIFIER", proof)) == INCORRECT


async def test_a_proof_does_not_serve_another_person(client: PoolClient) -> None:
    proof = await client.start(ADA.name, ADA.password)
    assert refusal(await client.respond("PASSWORD_VERIFIER", {**proof, "USERNAME": "eve"})) == INCORRECT


@pytest.mark.parametrize("public", ["0", f"{srp.N:x}", f"{2 * srp.N:x}", "xyz", "-2", "1" * 2000])
async def test_a_public_number_that_would_make_any_password_right_is_refused(
    client: PoolClient, public: str
) -> None:
    answer = await client.ask(
        "InitiateAuth",
        {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": ADA.name, "SRP_A": public}},
    )
    assert refusal(answer)[0] == "InvalidParameterException"


@pytest.mark.parametrize(
    ("minutes", "status"), [(-20, 400), (-6, 400), (-4, 200), (4, 200), (6, 400), (20, 400)]
)
async def test_a_clock_more_than_five_minutes_off_looks_like_a_wrong_password(
    clock: ManualClock, pool: UserPool, minutes: int, status: int
) -> None:
    client = PoolClient(pool, clock.now() + timedelta(minutes=minutes))
    answer = await client.sign_in(ADA.name, ADA.password)
    assert answer.status_code == status
    if status == 400:
        assert refusal(answer) == INCORRECT


async def test_the_pools_own_wrong_clock_shows_in_its_date(clock: ManualClock, pool: UserPool) -> None:
    pool.switches.clock_offset = timedelta(minutes=20)
    client = PoolClient(pool, clock.now())
    answer = await client.sign_in(ADA.name, ADA.password)
    assert refusal(answer) == INCORRECT
    assert answer.headers["date"] == "Mon, 09 Mar 2026 09:20:00 GMT"
    client.moment = None
    assert (await client.sign_in(ADA.name, ADA.password)).status_code == 200


async def test_a_padded_day_in_the_timestamp_is_refused(client: PoolClient) -> None:
    proof = await client.start(ADA.name, ADA.password)
    proof["TIMESTAMP"] = proof["TIMESTAMP"].replace(" 9 ", " 09 ")
    assert refusal(await client.respond("PASSWORD_VERIFIER", proof))[0] == "InvalidParameterException"


async def test_after_five_failures_the_lock_doubles_with_each_further_failure(
    clock: ManualClock, client: PoolClient
) -> None:
    for _ in range(5):
        assert refusal(await client.sign_in(ADA.name, "wrong")) == INCORRECT
    for length in (1, 2, 4, 8):
        clock.advance(length - 0.5)
        assert refusal(await client.sign_in(ADA.name, ADA.password)) == EXCEEDED
        clock.advance(0.5)
        assert refusal(await client.sign_in(ADA.name, "wrong")) == INCORRECT
    clock.advance(16)
    assert (await client.sign_in(ADA.name, ADA.password)).status_code == 200
    assert refusal(await client.sign_in(ADA.name, "wrong")) == INCORRECT
    assert (await client.sign_in(ADA.name, ADA.password)).status_code == 200


async def test_a_lock_lasts_a_quarter_of_an_hour_at_most_and_quiet_forgets_it(
    clock: ManualClock, client: PoolClient
) -> None:
    for _ in range(5):
        await client.sign_in(ADA.name, "wrong")
    for exponent in range(12):
        clock.advance(min(2**exponent, 899))
        await client.sign_in(ADA.name, "wrong")
    clock.advance(890)
    assert refusal(await client.sign_in(ADA.name, ADA.password)) == EXCEEDED
    clock.advance(900)
    assert (await client.sign_in(ADA.name, ADA.password)).status_code == 200


async def test_the_lock_can_show_before_the_proof(client: PoolClient) -> None:
    client.pool.switches.reports_lock_at_start = True
    for _ in range(5):
        await client.sign_in(ADA.name, "wrong")
    with pytest.raises(AssertionError, match="Password attempts exceeded"):
        await client.start(ADA.name, ADA.password)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (replace(ADA, state=State.UNCONFIRMED), ("UserNotConfirmedException", "User is not confirmed.")),
        (
            replace(ADA, state=State.RESET_REQUIRED),
            ("PasswordResetRequiredException", "Password reset required for the user"),
        ),
        (replace(ADA, state=State.DISABLED), ("NotAuthorizedException", "User is disabled.")),
        (
            replace(ADA, blocked=True),
            ("NotAuthorizedException", "Unable to login because of security reasons."),
        ),
    ],
)
async def test_a_right_password_may_be_refused_for_other_reasons_but_a_wrong_one_never_tells(
    client: PoolClient, user: User, expected: tuple[str, str]
) -> None:
    client.pool.add(user)
    assert refusal(await client.sign_in(user.name, "wrong")) == INCORRECT
    assert refusal(await client.sign_in(user.name, user.password)) == expected


async def test_a_blocked_place_refuses_everyone_in_the_words_it_is_given(client: PoolClient) -> None:
    client.pool.switches.blocks_place = True
    client.pool.switches.security_message = "Request not allowed due to security reasons."
    assert refusal(await client.sign_in(ADA.name, ADA.password))[1] == client.pool.switches.security_message


async def test_throttling_refuses_so_many_calls_and_counts_them(client: PoolClient) -> None:
    client.pool.refuse_next("TooManyRequestsException", "Rate exceeded", times=2, operation="InitiateAuth")
    for _ in range(2):
        with pytest.raises(AssertionError, match="TooManyRequestsException"):
            await client.start(ADA.name, ADA.password)
    assert (await client.sign_in(ADA.name, ADA.password)).status_code == 200
    assert client.pool.count("InitiateAuth") == 3
    assert client.pool.count("RespondToAuthChallenge", "PASSWORD_VERIFIER") == 1
    assert [call.outcome for call in client.pool.calls[1:]] == [
        "TooManyRequestsException",
        "PASSWORD_VERIFIER",
        "tokens",
    ]


@pytest.mark.parametrize(
    ("operation", "body", "kind"),
    [
        ("InitiateAuth", {"ClientId": "another", "AuthFlow": "USER_SRP_AUTH"}, "ResourceNotFoundException"),
        ("InitiateAuth", {"ClientId": "an\r\nother"}, "InvalidParameterException"),
        ("InitiateAuth", {"ClientId": 5}, "SerializationException"),
        ("InitiateAuth", {"AuthFlow": "USER_PASSWORD_AUTH"}, "InvalidParameterException"),
        ("InitiateAuth", {"AuthFlow": "NONE"}, "InvalidParameterException"),
        ("InitiateAuth", {"AuthFlow": "USER_SRP_AUTH"}, "InvalidParameterException"),
        ("InitiateAuth", {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": []}, "InvalidParameterException"),
        ("InitiateAuth", {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": [1]}, "SerializationException"),
        (
            "InitiateAuth",
            {"AuthFlow": "USER_SRP_AUTH", "AuthParameters": {"USERNAME": 1}},
            "SerializationException",
        ),
        ("RespondToAuthChallenge", {"ChallengeName": "SMS_MFA"}, "NotAuthorizedException"),
        ("SignUp", {}, "UnknownOperationException"),
        ("", {}, "UnknownOperationException"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused_by_kind(
    client: PoolClient, operation: str, body: dict[str, object], kind: str
) -> None:
    answer = await client.ask(operation, body)
    assert (answer.status_code, refusal(answer)[0]) == (400, kind)


async def test_a_body_that_is_no_json_object_is_refused(client: PoolClient) -> None:
    for content in (b"", b"[]", b"{", b"\xff"):
        answer = await client.http.post("/", content=content)
        assert answer.json()["__type"] == "SerializationException"


async def test_claris_publishes_where_the_pool_is(client: PoolClient) -> None:
    document = await client.http.get("/endpoint/userpool/2.2.0.my.claris.com.json")
    assert document.json()["data"] == {
        "Region": "us-west-2",
        "UserPool_ID": "us-west-2_NqkuZcXQY",
        "Client_ID": "4l9rvl4mv5es1eep1qe97cautn",
        "API_Host": "api-cp-global.ifmcloud.com/2-2",
        "FCC_Host": "console.claris.com",
    }
