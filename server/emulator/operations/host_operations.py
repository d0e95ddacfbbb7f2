"""The operations outside a session's turn: product information, databases, log in, log out, validate (sections 3, 4)."""

from __future__ import annotations

from typing import cast

from ..http.envelope import Answer, success
from ..http.parameters import invalid, refuse_unknown, text, url_parameters
from ..refusal import Refusal, parameter_refusal
from ..sign_in.privileges import FMREST
from ..sign_in.sessions import SourceLogin
from ..solutions.hosted_file import HostedFile
from .handler import RequestContext

TOKEN_HEADER = "X-FM-Data-Access-Token"  # noqa: S105 - a header's name


def product_info(exchange: RequestContext) -> Answer:
    url_parameters(exchange.request, ())
    profile = exchange.host.profile
    info: dict[str, object] = {"name": "FileMaker Data API Engine"}
    if profile.build_date is not None:
        info |= {"buildDate": profile.build_date, "version": profile.product_version}
    info |= {"dateFormat": "MM/dd/yyyy", "timeFormat": "HH:mm:ss", "timeStampFormat": "MM/dd/yyyy HH:mm:ss"}
    return success({"productInfo": info}, tagged=False)


def databases(exchange: RequestContext) -> Answer:
    """Open files that somebody may reach with fmrest. With the filter on, those that the account opens (section 3)."""
    url_parameters(exchange.request, ())
    host = exchange.host
    names = [file.name for file in host.files if not file.closed and _serves_anybody(file)]
    if host.switches.filter_databases:
        if not exchange.request.headers.get("authorization") and not _has_oauth(exchange):
            raise Refusal(
                10, "HTTP Authorization header or OAuth headers are missing.", node=True, status=401
            )
        names = [name for name in names if _opens(exchange, name)]
    return success({"databases": [{"name": name} for name in names]})


def _serves_anybody(file: HostedFile) -> bool:
    sets = file.model.privilege_sets
    return any(FMREST in sets[account.privilege_set].extended for account in file.model.accounts)


def _has_oauth(exchange: RequestContext) -> bool:
    return "x-fm-data-oauth-identifier" in exchange.request.headers


def _opens(exchange: RequestContext, name: str) -> bool:
    host = exchange.host
    try:
        host.doorkeeper.admit(exchange.request, host.files.require(name), host.switches, host.clock.now())
    except Refusal:
        return False
    return True


def log_in(exchange: RequestContext) -> Answer:
    request, host = exchange.request, exchange.host
    sources = _sources(exchange)
    file = host.files.get(exchange.names["database"])
    if file is None or file.closed:
        raise Refusal(host.switches.closed_file)
    access, password = host.doorkeeper.admit(request, file, host.switches, host.clock.now())
    if len(host.sessions) >= host.switches.max_sessions:
        raise Refusal(812)
    # The first spelling of the database's name rules the session (section 14, quirk 18).
    session = host.sessions.open(file.name, exchange.names["database"], access, request.client)
    session.password = password
    session.logins.update(sources)
    exchange.noted.append(access.account.name)
    plain = not sources and request.headers.get("authorization", "").lower().startswith("basic")
    shown = plain or host.switches.token_in_body
    return success({"token": session.token} if shown else {}, ((TOKEN_HEADER, session.token),))


def _sources(exchange: RequestContext) -> dict[str, SourceLogin]:
    """`fmDataSource`: credentials for external files, looked at when something needs the file (section 4.4)."""
    values = exchange.request.json_object()
    refuse_unknown(values, {"fmDataSource"})
    sources = values.get("fmDataSource", [])
    if not isinstance(sources, list):
        raise invalid()
    logins: dict[str, SourceLogin] = {}
    for each in cast("list[object]", sources):
        if not isinstance(each, dict):
            raise invalid()
        source = cast("dict[str, object]", each)
        keys = ("database", "username", "password", "oAuthRequestId", "oAuthIdentifier")
        refuse_unknown(source, keys)
        if "database" not in source:
            raise parameter_refusal(Refusal(1707).message, 1707)
        database, *rest = (text(source.get(key, "")) for key in keys)
        logins[database] = SourceLogin(*rest)
    return logins


def log_out(exchange: RequestContext) -> Answer:
    """No Authorization needed: the token is in the path (section 4.5 [D][O])."""
    host = exchange.host
    session = host.sessions.require(exchange.names["token"], exchange.names["database"])
    exchange.noted.append(session.account)
    host.sessions.end(session.token)
    return success({})


def validate_session(exchange: RequestContext, token: str) -> Answer:
    """Does not wait for its turn: it tells whether a call on the token is running (section 3)."""
    host = exchange.host
    session = host.sessions.require(token, extends=host.switches.validate_extends)
    exchange.noted.append(session.account)
    return success({"isSessionInUse": session.running > 0})
