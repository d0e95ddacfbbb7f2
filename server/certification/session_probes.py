"""Signing in and out, tokens, scripts, and what ends a session (sections 4, 9.2)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from ..auth.sessions.sessions_endpoint import sessions_address
from .behaviour import Behaviour, NotSeen
from .feature_probes import NO, YES
from .line import Line
from .scratch import Scratch

SOURCE = {"database": "fmcertify nowhere", "username": "nobody", "password": "nothing"}
ECHO = "fmcertify äöü & 1"


async def logged_in(scratch: Scratch, body: dict[str, object]) -> tuple[str, bool]:
    """A token of a new session, and whether the body told it too. Raises NotSeen where the account cannot sign in so."""
    line = scratch.first
    login = await scratch.credentials.login()
    if login.token is not None:
        raise NotSeen("this way of signing in opens its sessions elsewhere")
    address = sessions_address(line.host.base_url, line.host.api, line.host.database)
    answer = await line.fetch(
        line.client.build_request("POST", address, headers=dict(login.headers), json={**login.body, **body})
    )
    token = answer.headers.get("X-FM-Data-Access-Token") or answer.response.get("token")
    if answer.code or not token:
        raise NotSeen(f"a further sign-in was refused: {answer.verdict}")
    return str(token), bool(answer.response.get("token"))


@asynccontextmanager
async def another_session(scratch: Scratch) -> AsyncGenerator[Line]:
    token, _ = await logged_in(scratch, {})
    line = Line(scratch.first.host, scratch.second.client, token)
    try:
        yield line
    finally:
        with anyio.CancelScope(shield=True):
            await line.ask("DELETE", ("sessions", token), timeout=5)


async def _token_header(scratch: Scratch) -> str:
    async with another_session(scratch) as line:
        return (
            "accepted"
            if (await line.ask("GET", scratch.records_path, query={"_limit": "1"})).code in (0, 101)
            else "refused"
        )


async def _token_in_body(scratch: Scratch) -> str:
    token, told = await logged_in(scratch, {"fmDataSource": [SOURCE]})
    await scratch.first.ask("DELETE", ("sessions", token))
    return YES if told else NO


async def _no_token(scratch: Scratch) -> str:
    line = Line(scratch.first.host, scratch.second.client)
    return (await line.ask("GET", scratch.records_path, query={"_limit": "1"})).verdict


async def _wrong_token(scratch: Scratch) -> str:
    line = Line(scratch.first.host, scratch.second.client, "0" * 52)
    return (await line.ask("GET", scratch.records_path, query={"_limit": "1"})).verdict


async def _logged_out(scratch: Scratch) -> str:
    async with another_session(scratch) as line:
        pass
    return (await line.ask("GET", scratch.records_path, query={"_limit": "1"})).verdict


async def _missing_script(scratch: Scratch) -> str:
    record = await scratch.create()
    return (
        await scratch.edit(record, {scratch.fields.mark: scratch.mark}, script="fmcertify nowhere")
    ).verdict


async def _script(scratch: Scratch) -> str:
    record = await scratch.create()
    script: dict[str, object] = {"script": _named(scratch), "script.param": ECHO}
    answer = await scratch.first.ask("PATCH", scratch.record_path(record), {"fieldData": {}, **script})
    return _echo(answer.response, answer.verdict)


async def _script_alone(scratch: Scratch) -> str:
    if scratch.features.get("counts") != YES:
        raise NotSeen("this version runs no script by itself")
    path = ("layouts", scratch.layout, "script", _named(scratch))
    answer = await scratch.first.ask("GET", path, query={"script.param": ECHO})
    return _echo(answer.response, answer.verdict)


def _named(scratch: Scratch) -> str:
    if not scratch.script:
        raise NotSeen("no script was named with --script")
    return scratch.script


def _echo(response: dict[str, object], verdict: str) -> str:
    if "scriptError" not in response:
        return verdict
    result = "its parameter" if response.get("scriptResult") == ECHO else "something else"
    return f"error {response['scriptError']}, {result}"


SESSIONS = (
    Behaviour("signed_in", "4.1", "A token just given out", _token_header, "accepted"),
    Behaviour(
        "token_in_body", "4.1", "A sign-in with a data source tells the token in the body too", _token_in_body
    ),
    Behaviour("no_token", "3", "A request without a token", _no_token, "10, HTTP 400"),
    Behaviour("wrong_token", "4.6", "A token that the host does not know", _wrong_token, "952, HTTP 401"),
    Behaviour("logged_out", "4.5", "A token after its session was logged out", _logged_out, "952, HTTP 401"),
    Behaviour(
        "missing_script", "9.1", "An edit with a script that does not exist", _missing_script, "104, HTTP 500"
    ),
    Behaviour(
        "script",
        "9.1",
        "A script after an edit, which answers with its parameter",
        _script,
        "error 0, its parameter",
    ),
    Behaviour("script_alone", "9.2", "The same script by itself", _script_alone, "error 0, its parameter"),
)
