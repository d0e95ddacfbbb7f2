"""What can stand between an assistant and its records: how each is brought about, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from filemaker_mcp.server.auth.claris.cognito import UserPool
from filemaker_mcp.server.auth.claris.kept_sign_in import KeptSignIn, KeptSignIns
from filemaker_mcp.server.auth.oauth import saved_name
from filemaker_mcp.server.auth.saved_login import LoginFiles
from filemaker_mcp.server.emulator.cognito.pool_switches import Identity
from filemaker_mcp.server.emulator.cognito.users import Factor, State, User
from filemaker_mcp.server.emulator.faults.effects import Drop, Page, Refuse, WrongDate
from filemaker_mcp.server.emulator.faults.layer import Match

from .workplace import (
    ADA,
    ADAS_PASSWORD,
    BY_OTTO,
    BY_PROVIDER,
    BY_SERVICE,
    CLARIS_ID,
    COGNITO,
    FILE_ACCOUNT,
    HOST,
    TOKENS,
    Stand,
)

PAGE = Match(times=None)
PRODUCT = Match(path="*/productInfo", times=None)
SESSIONS = Match("POST", "*/sessions", times=None)
LAYOUTS = Match(path="*/layouts*", times=None)
CALLS = Match(path="*/[lv]a[yl]*", times=None)  # layouts and validateSession
USER = User(ADA, ADAS_PASSWORD)
PORTAL = "<html><head><title>Hotel WiFi</title></head><body>Please accept our terms</body></html>"


@dataclass(frozen=True)
class Fault:
    """One row of the table."""

    name: str
    stage: str
    """Which stage must be named; with its step in brackets."""
    cause: str
    """Words that must be said."""
    arrange: Callable[[Stand], object] = lambda stand: None
    environment: Mapping[str, str] = field(default_factory=lambda: FILE_ACCOUNT)
    file: Mapping[str, Any] = field(default_factory=dict[str, Any])
    only_warns: bool = False
    data_sources: bool = False


def person(**changes: Any) -> Callable[[Stand], None]:
    return lambda stand: stand.pool.add(replace(USER, **changes))


def page(status: int, body: str = PORTAL, location: str | None = None) -> Callable[[Stand], None]:
    def arrange(stand: Stand) -> None:
        stand.fm.arm(PAGE, Page(status, body, location=location))

    return arrange


def refusing(match: Match, code: int) -> Callable[[Stand], None]:
    def arrange(stand: Stand) -> None:
        stand.fm.arm(match, Refuse(code))

    return arrange


def switched(**changes: Any) -> Callable[[Stand], None]:
    return lambda stand: stand.emulator.switch(replace(stand.emulator.host.switches, **changes))


def locked_at_claris(stand: Stand) -> None:
    words = "Password attempts exceeded"
    stand.pool.refuse_next("NotAuthorizedException", words, 99, "RespondToAuthChallenge")


def oauth_is_over(stand: Stand) -> None:
    values = {"request_id": "0" * 32, "identifier": "0" * 48, "token": "0" * 52}
    LoginFiles(stand.folder / "sign-in").write(saved_name(f"https://{HOST}", "Shop", "Microsoft"), values)


def gone(name: str) -> Callable[[Stand], None]:
    def arrange(stand: Stand) -> None:
        del stand.internet.hosts[name]

    return arrange


def answering(status: int, body: str) -> Callable[[Stand], None]:
    def arrange(stand: Stand) -> None:
        stand.tokens.arm(PAGE, Page(status, body, "application/json"))

    return arrange


def clock_off(stand: Stand) -> None:
    stand.time.offset = -20 * 60.0


def not_listed(stand: Stand) -> None:
    stand.front.switches.html_refusals = False
    stand.pool.switches.not_admitted.add(ADA)


def blocked_at_refresh(stand: Stand) -> None:
    kept = KeptSignIns(LoginFiles(stand.folder / "sign-in"), ADA, UserPool(), pool_is_named=False)
    kept.write(KeptSignIn(UserPool(), "r" * 40))
    words = "Unable to login because of security reasons."
    stand.pool.refuse_next("NotAuthorizedException", words, 99, "InitiateAuth")


def as_account(name: str, password: str = "cash") -> dict[str, str]:
    return FILE_ACCOUNT | {"FILEMAKER_USERNAME": name, "FILEMAKER_PASSWORD": password}


def not_hosted(stand: Stand) -> None:
    switched(unopened_source="error")(stand)
    stand.emulator.close_file("Stock")


BY_CONSENT = {"file": "Stock", "provider": "Microsoft", "layout": "Sales"}
SOURCE = {"file": "Stock", "account": "clerk", "password": {"env": "FAULT_SHELF"}, "layout": "Sales"}

FAULTS = (
    Fault(
        "The host's web server drops every connection",
        "web server",
        "broke before the answer",
        lambda s: s.fm.arm(PAGE, Drop()),
    ),
    Fault("The Data API is stopped (HTTP 502)", "Data API", "Connectors", page(502)),
    Fault("The Data API is switched off (HTTP 503)", "Data API", "Connectors", page(503)),
    Fault("Another web server answers (HTTP 404)", "Data API", "Check the host name", page(404)),
    Fault(
        "A login page of the network answers (HTTP 200, HTML)",
        "Data API",
        "proxy or another web server",
        page(200),
    ),
    Fault(
        "The host redirects to another host",
        "Data API",
        "redirects to another address",
        page(302, location="https://portal.example.net/"),
    ),
    Fault("The proxy wants a sign-in of its own (HTTP 407)", "Data API", "proxy", page(407)),
    Fault(
        "This machine's clock is 20 minutes slow",
        "web server",
        "20 minutes ahead of",
        clock_off,
        only_warns=True,
    ),
    Fault("The file is closed", "database", "closed or not hosted", lambda s: s.emulator.close_file("Shop")),
    Fault(
        "The file's name is misspelt",
        "database",
        "'Shop'",
        environment=FILE_ACCOUNT | {"FILEMAKER_DATABASE": "Shopp"},
    ),
    Fault(
        "The account's password is wrong",
        "sign-in (password)",
        "refused the account 'till' or its password",
        environment=as_account("till", "wrong"),
    ),
    Fault(
        "The password is empty or blank",
        "sign-in (password)",
        "refused the account",
        environment=as_account("till", " "),
    ),
    Fault(
        "The password is ten thousand characters of other scripts",
        "sign-in (password)",
        "refused the account",
        environment=as_account("till", "密码🔐ü" * 2000),
    ),
    Fault(
        "There is no such account",
        "sign-in (password)",
        "refused the account 'nobody'",
        environment=as_account("nobody"),
    ),
    Fault(
        "The account lacks the extended privilege fmrest",
        "sign-in (password)",
        "fmrest",
        environment=as_account("closed"),
    ),
    Fault(
        "The same on a host that says so (error 9)",
        "sign-in (session)",
        "needs the extended privilege fmrest",
        switched(without_fmrest=9),
        as_account("closed"),
    ),
    Fault("The account is inactive", "sign-in (account)", "inactive", environment=as_account("gone")),
    Fault(
        "The account must change its password",
        "sign-in (password)",
        "must be changed",
        environment=as_account("new"),
    ),
    Fault(
        "Too many wrong attempts have locked the account",
        "sign-in (password)",
        "locked",
        refusing(SESSIONS, 214),
    ),
    Fault(
        "The password of a Claris ID is used for an extended account",
        "sign-in (password)",
        "Claris Studio",
        environment=as_account("joan@example.com", "her Claris ID's"),
    ),
    Fault(
        "The host has no room for another session (812)",
        "sign-in (session)",
        "no room for another session",
        lambda s: s.emulator.set_capacity(0),
    ),
    Fault(
        "The host counts too many sessions (956)",
        "sign-in (session)",
        "no room for another session",
        refusing(SESSIONS, 956),
    ),
    Fault("The host's licence has expired (1711)", "sign-in (session)", "licence", refusing(SESSIONS, 1711)),
    Fault(
        "A proxy removes the session token",
        "sign-in (session)",
        "no session token",
        lambda s: s.fm.arm(
            SESSIONS,
            Page(200, '{"response":{},"messages":[{"code":"0","message":"OK"}]}', "application/json"),
        ),
    ),
    Fault(
        "Every fresh session is refused (952)", "sign-in (session)", "capitals included", refusing(CALLS, 952)
    ),
    Fault(
        "The data transfer of the licence is used up (953)",
        "privilege",
        "data transfer",
        refusing(LAYOUTS, 953),
    ),
    Fault(
        "The account may not list layouts (error 9)",
        "privilege",
        "insufficient privileges",
        refusing(LAYOUTS, 9),
    ),
    Fault("The account sees no layout", "layouts", "sees no layout at all", environment=as_account("blind")),
    Fault(
        "The account is Admin",
        "privilege",
        "account and a privilege set of its own",
        environment=as_account("Admin", "boss"),
        only_warns=True,
    ),
    Fault(
        "The account for an external file is wrong",
        "data source (Stock)",
        "not to the account 'clerk' that is set for it",
        switched(unopened_source="error"),
        file={"database": {"shop": {"data_sources": [SOURCE]}}},
        data_sources=True,
    ),
    Fault(
        "An external file is not hosted",
        "data source (Stock)",
        "not among the open files",
        not_hosted,
        file={"database": {"shop": {"data_sources": [SOURCE]}}},
        data_sources=True,
    ),
    Fault(
        "Nobody is signed in for an external file",
        "data source (Stock)",
        "filemaker-mcp login",
        switched(unopened_source="error"),
        file={"database": {"shop": {"data_sources": [BY_CONSENT]}}},
        data_sources=True,
    ),
    Fault(
        "Related values of an external file are all empty",
        "data source (Stock)",
        "every related value on it is empty",
        file={"database": {"shop": {"data_sources": [SOURCE]}}},
        data_sources=True,
        only_warns=True,
    ),
    Fault(
        "An account and password at FileMaker Cloud",
        "sign-in (session)",
        "Claris ID",
        environment=CLARIS_ID | {"FILEMAKER_SIGN_IN": "password"},
    ),
    Fault(
        "Claris ID: the password is wrong",
        "sign-in (password)",
        "refused the Claris ID",
        environment=CLARIS_ID | {"FILEMAKER_PASSWORD": "wrong"},
    ),
    Fault(
        "Claris ID: the password is wrong and this machine's clock too",
        "sign-in (password)",
        "20 minutes slow",
        clock_off,
        CLARIS_ID | {"FILEMAKER_PASSWORD": "wrong"},
    ),
    Fault(
        "Claris ID: an account of a company sign-in",
        "sign-in (password)",
        "company sign-in",
        environment=CLARIS_ID | {"FILEMAKER_USERNAME": "entra@example.com"},
    ),
    Fault(
        "Claris ID: an unknown place or network",
        "sign-in (password)",
        "blocked this sign-in",
        lambda s: setattr(s.pool.switches, "blocks_place", True),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: locked after wrong attempts", "sign-in (password)", "locked", locked_at_claris, CLARIS_ID
    ),
    Fault(
        "Claris ID: two-step verification by text message",
        "sign-in (second step)",
        "filemaker-mcp login",
        person(factors=(Factor.SMS,)),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: two-step verification by authenticator app",
        "sign-in (second step)",
        "authenticator app",
        person(factors=(Factor.AUTHENTICATOR,), authenticator_secret="JBSWY3DPEHPK3PXP"),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: a new password is wanted",
        "sign-in (password)",
        "choose a new password",
        person(state=State.MUST_CHANGE_PASSWORD),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: the password was reset",
        "sign-in (password)",
        "wants a new password",
        person(state=State.RESET_REQUIRED),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: never confirmed",
        "sign-in (account)",
        "activation mail",
        person(state=State.UNCONFIRMED),
        CLARIS_ID,
    ),
    Fault("Claris ID: disabled", "sign-in (account)", "is disabled", person(state=State.DISABLED), CLARIS_ID),
    Fault(
        "Claris ID: something is asked for that only a browser shows",
        "sign-in (second step)",
        "MFA_SETUP",
        person(unusual_challenge="MFA_SETUP"),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: the service is busy",
        "sign-in (service)",
        "too busy",
        lambda s: s.pool.refuse_next("TooManyRequestsException", "Rate exceeded", times=99),
        CLARIS_ID,
    ),
    Fault("Claris ID: the service cannot be reached", "sign-in (service)", COGNITO, gone(COGNITO), CLARIS_ID),
    Fault(
        "Claris ID: a login page of the network answers",
        "sign-in (service)",
        "login page of the network",
        lambda s: s.cognito.arm(PAGE, Page(200, PORTAL)),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: a redirect in place of the service",
        "sign-in (service)",
        "login page of the network",
        lambda s: s.cognito.arm(PAGE, Page(302, "", location="https://portal.example.net/")),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: the user pool has moved",
        "sign-in (service)",
        "user pool",
        lambda s: setattr(s.pool, "identity", Identity(client_id="another")),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: nobody is signed in and there is no password",
        "sign-in (saved sign-in)",
        "filemaker-mcp login",
        environment=CLARIS_ID | {"FILEMAKER_PASSWORD": ""},
    ),
    Fault(
        "Claris ID: the refresh token of the settings was revoked",
        "sign-in (saved sign-in)",
        "was refused",
        environment=CLARIS_ID | {"FILEMAKER_PASSWORD": "", "FILEMAKER_CLARIS_REFRESH_TOKEN": "x" * 40},
    ),
    Fault(
        "Claris ID: good, but the host does not admit it",
        "sign-in (session)",
        "accept what it asks",
        lambda s: s.pool.switches.not_admitted.add(ADA),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: good, but not listed in the file",
        "sign-in (session)",
        "Authenticate via Claris ID",
        not_listed,
        CLARIS_ID,
    ),
    Fault(
        "Provider: nobody is signed in",
        "sign-in (saved sign-in)",
        "Nobody is signed in with Microsoft",
        environment=BY_PROVIDER,
    ),
    Fault(
        "Provider: the sign-in is over",
        "sign-in (saved sign-in)",
        "15 minutes after the last use",
        oauth_is_over,
        BY_PROVIDER,
    ),
    Fault(
        "Provider: written in other capitals than the host's",
        "sign-in (identity provider)",
        "Write 'Microsoft'",
        environment=BY_PROVIDER | {"FILEMAKER_PROVIDER": "microsoft"},
    ),
    Fault(
        "Claris ID: the client of the settings is not for signing in with a password",
        "sign-in (service)",
        "USER_SRP_AUTH",
        lambda s: setattr(s.pool.switches, "password_sign_in", False),
        CLARIS_ID,
    ),
    Fault(
        "Claris ID: blocked when a kept sign-in is renewed",
        "sign-in (password)",
        "The sign-in is kept",
        blocked_at_refresh,
        CLARIS_ID,
    ),
    Fault(
        "Token service: refused without a reason",
        "sign-in (token service)",
        "does not say why",
        answering(200, '{"user":"a","tokens":"","error":{"name":"N","code":"NotAuthorizedException"}}'),
        BY_SERVICE,
    ),
    Fault(
        "Token service: a second step that it does not name",
        "sign-in (second step)",
        "two-step verification",
        answering(200, '{"user":"a","tokens":"","error":{}}'),
        BY_SERVICE,
    ),
    Fault(
        "Provider: not switched on at the host",
        "sign-in (identity provider)",
        "it offers Microsoft",
        environment=BY_PROVIDER | {"FILEMAKER_PROVIDER": "Google"},
    ),
    Fault(
        "OttoFMS: the key is wrong",
        "sign-in (API key)",
        "refused the API key",
        environment=BY_OTTO | {"FILEMAKER_OTTO_KEY": "dk_wrong"},
    ),
    Fault(
        "Token service: it does not run",
        "sign-in (token service)",
        "token service cannot be reached",
        gone(TOKENS),
        BY_SERVICE,
    ),
    Fault(
        "Token service: failure answered as success",
        "sign-in (second step)",
        "two-step verification",
        answering(200, '{"user":"a","tokens":"","error":"MFA required"}'),
        BY_SERVICE,
    ),
    Fault(
        "Token service: something else answers there",
        "sign-in (token service)",
        "FILEMAKER_TOKEN_SERVICE",
        answering(404, "{}"),
        BY_SERVICE,
    ),
    Fault(
        "Token service: it wants a key",
        "sign-in (token service)",
        "FILEMAKER_TOKEN_SERVICE_KEY",
        answering(401, "{}"),
        BY_SERVICE,
    ),
    Fault(
        "The host's clock is a day off",
        "web server",
        "ahead of",
        lambda s: s.fm.arm(PRODUCT, WrongDate(timedelta(days=1))),
        only_warns=True,
    ),
)
