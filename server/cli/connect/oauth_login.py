"""Signing in through an identity provider: the browser, loopback, and a session kept for the server."""

from __future__ import annotations

import webbrowser

import anyio

from ...app.credential_factory import SignIns
from ...app.sign_in_accounts import Account
from ...auth.clock import SystemClock
from ...auth.data_sources import WithDataSources
from ...auth.http_connection import ConnectionFactory, connections
from ...auth.oauth import OAuthHost, OAuthPair, Pair, saved_name
from ...auth.return_page import ReturnPage
from ...auth.session import Session, sessions_address
from ..terminal import say


async def oauth_login(account: Account, sign_ins: SignIns, *, browser: bool) -> int:
    settings = account.settings
    connect = connections(ca_file=settings.ca_file)
    host = OAuthHost(settings.host, connect)
    saved = sign_ins.saved(settings)
    for source in settings.data_sources:
        if source.provider:
            pair = await _consented(host, source.provider, f"{source.file} ({source.provider})", browser)
            saved.write(saved_name(settings.host, source.file, source.provider), _values(pair))
    pair = await _consented(host, settings.provider, f"{settings.file} ({settings.provider})", browser)
    session = _session(account, sign_ins, pair, connect)
    token = await session.token()
    name = saved_name(settings.host, settings.file, settings.provider)
    if not saved.write(name, {**_values(pair), "token": token}):
        await session.close()
        say("Signed in, but the sign-in could not be kept.")
        return 1
    say(f"Signed in: {settings.file} on {settings.host_name} opened a session, which the server takes over.")
    say("FileMaker ends it 15 minutes after its last use; then run this again.")
    return 0


async def _consented(host: OAuthHost, provider: str, what: str, browser: bool) -> Pair:
    async with ReturnPage() as page:
        consent = await host.begin(provider, page.address)
        say(f"Sign in for {what} in the browser:\n  {consent.page}")
        if browser:
            await anyio.to_thread.run_sync(webbrowser.open, consent.page)
        return Pair(consent.request_id, await page.identifier(consent.tracking_id))


def _session(account: Account, sign_ins: SignIns, pair: Pair, connect: ConnectionFactory) -> Session:
    settings = account.settings
    credentials = OAuthPair(pair, settings.provider)
    sources, clock = sign_ins.sources(account), SystemClock()
    return Session(
        address=sessions_address(settings.base_url, settings.api, settings.file),
        credentials=WithDataSources(credentials, sources, clock) if sources else credentials,
        connect=connect,
        clock=clock,
        door=anyio.Lock(),
    )


def _values(pair: Pair) -> dict[str, str]:
    return {"request_id": pair.request_id, "identifier": pair.identifier}
