"""What a person does about a sign-in that failed, while the server runs: how it is brought about, and what ends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from filemaker_mcp.server.auth.claris.cognito import UserPool
from filemaker_mcp.server.auth.claris.kept_sign_in import KeptSignIn, KeptSignIns
from filemaker_mcp.server.auth.saved_login import LoginFiles
from filemaker_mcp.server.emulator.cognito.users import Factor, State

from .faults import SESSIONS, oauth_is_over, person, refusing
from .workplace import (
    ADA,
    ADAS_PASSWORD,
    BY_OTTO,
    BY_PROVIDER,
    BY_SERVICE,
    CLARIS_ID,
    COGNITO,
    FILE_ACCOUNT,
    OTTO_KEY,
    Stand,
    consented,
)

Act = Callable[[Stand], object]
"""May be asynchronous."""


@dataclass(frozen=True)
class Recovery:
    """One row of the table. `secret` is the content of the file that the password (or key) is read from."""

    state: str
    act: str
    arrange: Act
    end: Act
    environment: Mapping[str, str] = field(default_factory=lambda: CLARIS_ID)
    secret: str = ADAS_PASSWORD
    variable: str = "FILEMAKER_PASSWORD"


def changed(**changes: Any) -> Act:
    return lambda stand: stand.pool.change(ADA, **changes)


def written(secret: str, then: Act = lambda stand: None) -> Act:
    """The person corrects the file that the secret is read from."""

    def act(stand: Stand) -> None:
        (stand.folder / "secret").write_text(secret, encoding="utf-8")
        then(stand)

    return act


def signed_in(stand: Stand) -> None:
    """What `filemaker-mcp login` keeps."""
    tokens = stand.pool._grants.first(stand.pool._people.find(ADA), "https://issuer")  # type: ignore[arg-type]  # pyright: ignore[reportPrivateUsage, reportArgumentType] -- the person answers every question
    kept = KeptSignIns(LoginFiles(stand.folder / "sign-in"), ADA, UserPool(), pool_is_named=False)
    kept.write(KeptSignIn(UserPool(), tokens["AuthenticationResult"]["RefreshToken"]))


def kept_then(act: Act) -> Act:
    def arrange(stand: Stand) -> None:
        signed_in(stand)
        act(stand)

    return arrange


def blocked(stand: Stand) -> None:
    stand.pool.switches.blocks_place = True


def unblocked(stand: Stand) -> None:
    stand.pool.switches.blocks_place = False


def refused(kind: str, words: str, operation: str) -> Act:
    return lambda stand: stand.pool.refuse_next(kind, words, 99, operation)


def served(stand: Stand) -> None:
    stand.pool._outages.clear()  # pyright: ignore[reportPrivateUsage] -- the pool's bad day is over


def cleared(stand: Stand) -> None:
    stand.fm.clear()


def cut_off(stand: Stand) -> None:
    stand.folder.joinpath("cut").touch()
    stand.internet.hosts["elsewhere"] = stand.internet.hosts.pop(COGNITO)


def joined(stand: Stand) -> None:
    stand.internet.hosts[COGNITO] = stand.internet.hosts.pop("elsewhere")


def not_listed(stand: Stand) -> None:
    stand.front.switches.html_refusals = False
    stand.pool.switches.not_admitted.add(ADA)


def admitted(stand: Stand) -> None:
    stand.pool.switches.not_admitted.clear()


AUTHENTICATOR = {"factors": (Factor.AUTHENTICATOR,), "authenticator_secret": "JBSWY3DPEHPK3PXP"}
SECURITY = ("NotAuthorizedException", "Unable to login because of security reasons.", "InitiateAuth")
NEW = "Difference Engine 1822"

RECOVERIES = (
    Recovery(
        "Claris ID: two-step verification by authenticator app",
        "switches it off",
        person(**AUTHENTICATOR),
        changed(factors=()),
    ),
    Recovery(
        "Claris ID: two-step verification by authenticator app",
        "runs `filemaker-mcp login`",
        person(**AUTHENTICATOR),
        signed_in,
    ),
    Recovery(
        "Claris ID: two-step verification by text message",
        "switches it off",
        person(factors=(Factor.SMS,)),
        changed(factors=()),
    ),
    Recovery(
        "Claris ID: two-step verification by text message",
        "runs `filemaker-mcp login`",
        person(factors=(Factor.SMS,)),
        signed_in,
    ),
    Recovery(
        "Claris ID: never confirmed",
        "follows the activation mail",
        person(state=State.UNCONFIRMED),
        changed(state=State.CONFIRMED),
    ),
    Recovery(
        "Claris ID: the password was reset",
        "chooses a new one and corrects the file",
        person(state=State.RESET_REQUIRED),
        written(NEW, changed(password=NEW, state=State.CONFIRMED)),
    ),
    Recovery(
        "Claris ID: a new password is wanted",
        "chooses one and corrects the file",
        person(state=State.MUST_CHANGE_PASSWORD),
        written(NEW, changed(password=NEW, state=State.CONFIRMED)),
    ),
    Recovery(
        "Claris ID: disabled", "has it enabled", person(state=State.DISABLED), changed(state=State.CONFIRMED)
    ),
    Recovery(
        "Claris ID: disabled, with a kept sign-in",
        "has it enabled",
        kept_then(changed(state=State.DISABLED)),
        changed(state=State.CONFIRMED),
    ),
    Recovery(
        "Claris ID: the password is wrong",
        "corrects the file",
        lambda stand: None,
        written(ADAS_PASSWORD),
        secret="wrong",
    ),
    Recovery("Claris ID: blocked for security reasons", "confirms Claris' mail", blocked, unblocked),
    Recovery(
        "Claris ID: blocked, with a kept sign-in",
        "confirms Claris' mail",
        kept_then(refused(*SECURITY)),
        served,
    ),
    Recovery(
        "Claris ID: locked after wrong attempts",
        "waits",
        refused("NotAuthorizedException", "Password attempts exceeded", "RespondToAuthChallenge"),
        served,
    ),
    Recovery(
        "Claris ID: the kept sign-in was revoked, and there is no password",
        "runs `filemaker-mcp login`",
        kept_then(lambda stand: stand.pool.revoke_all(ADA)),
        signed_in,
        secret="",
    ),
    Recovery(
        "Claris ID: the service is busy",
        "waits",
        refused("TooManyRequestsException", "Rate exceeded", "InitiateAuth"),
        served,
    ),
    Recovery("Claris ID: the service cannot be reached", "mends the network", cut_off, joined),
    Recovery(
        "Claris ID: the host does not admit it",
        "signs in once at console.claris.com",
        lambda stand: stand.pool.switches.not_admitted.add(ADA),
        admitted,
    ),
    Recovery("Claris ID: not listed in the file", "adds the access entry", not_listed, admitted),
    Recovery(
        "File account: the password is wrong",
        "corrects the file",
        lambda stand: None,
        written("cash"),
        FILE_ACCOUNT,
        secret="wrong",
    ),
    Recovery(
        "File account: inactive", "has it activated", refusing(SESSIONS, 210), cleared, FILE_ACCOUNT, "cash"
    ),
    Recovery(
        "File account: the password has expired",
        "chooses a new one and corrects the file",
        refusing(SESSIONS, 211),
        written("cash", cleared),
        FILE_ACCOUNT,
        secret="old",
    ),
    Recovery("File account: locked", "waits", refusing(SESSIONS, 214), cleared, FILE_ACCOUNT, "cash"),
    Recovery(
        "File account: locked after a wrong password",
        "waits and corrects the file",
        refusing(SESSIONS, 214),
        written("cash", cleared),
        FILE_ACCOUNT,
        secret="wrong",
    ),
    Recovery(
        "The host's licence has expired",
        "renews it",
        refusing(SESSIONS, 1711),
        cleared,
        FILE_ACCOUNT,
        "cash",
    ),
    Recovery(
        "Provider: the sign-in is over",
        "runs `filemaker-mcp login`",
        oauth_is_over,
        consented,
        BY_PROVIDER,
        secret="",
    ),
    Recovery(
        "OttoFMS: the key is wrong",
        "corrects the file",
        lambda stand: None,
        written(OTTO_KEY),
        BY_OTTO,
        secret="dk_wrong",
        variable="FILEMAKER_OTTO_KEY",
    ),
    Recovery(
        "Token service: two-step verification",
        "switches it off",
        person(**AUTHENTICATOR),
        changed(factors=()),
        BY_SERVICE,
    ),
    Recovery(
        "Token service: two-step verification",
        "runs `filemaker-mcp login`",
        person(**AUTHENTICATOR),
        signed_in,
        BY_SERVICE,
    ),
    Recovery(
        "Token service: the password is wrong",
        "corrects the file",
        lambda stand: None,
        written(ADAS_PASSWORD),
        BY_SERVICE,
        secret="wrong",
    ),
)
