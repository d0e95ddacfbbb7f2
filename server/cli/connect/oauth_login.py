"""Signing in through an identity provider: the browser, loopback, and a session kept for the server."""

from __future__ import annotations

import webbrowser
from collections.abc import Awaitable, Callable

import anyio

from ...app.credential_factory import CredentialFactory
from ...app.sign_in_accounts import SignInAccount
from ...auth.clock import SystemClock
from ...auth.data_sources import WithDataSources
from ...auth.http_connection import connections
from ...auth.oauth import OAuthHost, OAuthPair, Pair, saved_name
from ...auth.return_page import ReturnPage
from ...auth.sessions.session import Session
from ...auth.sessions.sessions_endpoint import sessions_address
from ...config.sign_in_settings import DataSourceSettings
from ...errors import SignInFailed
from ..terminal import say


class BrowserSignIn:
    """The consents that one database needs: for the file itself, and for the files beside it."""

    def __init__(self, account: SignInAccount, sign_ins: CredentialFactory, *, opens_browser: bool) -> None:
        self._account = account
        self._sign_ins = sign_ins
        self._opens_browser = opens_browser
        self._saved = sign_ins.saved(account.settings)
        self._connect = connections(ca_file=account.settings.ca_file)
        self._host = OAuthHost(account.settings.host, self._connect)

    def consent_for(self, source: DataSourceSettings) -> Callable[[], Awaitable[None]]:
        """FileMaker looks at it when a layout or script needs the file, so that nothing proves it now (section 4.4)."""

        async def consent() -> None:
            who = f" as {source.account}" if source.account else ""
            pair = await self._consented(source.provider, f"{source.file} ({source.provider}){who}")
            self._keep(saved_name(self._account.settings.host, source.file, source.provider), _values(pair))
            say(
                f"Signed in for {source.file}; a running server uses it within ten seconds. 'filemaker-mcp doctor --data-sources'"
                " tries it."
            )

        return consent

    async def open_file(self) -> None:
        """Keeps the session that the consent opens. The server takes it over."""
        settings = self._account.settings
        pair = await self._consented(settings.provider, f"{settings.file} ({settings.provider})")
        session = self._session(pair)
        token = await session.token()
        try:
            self._keep(
                saved_name(settings.host, settings.file, settings.provider), {**_values(pair), "token": token}
            )
        except BaseException:
            await session.close()
            raise
        say(
            f"Signed in: {settings.file} on {settings.host_name} opened a session, which the server takes over."
        )
        say("FileMaker ends it 15 minutes after its last use; then run this again.")

    def _keep(self, name: str, values: dict[str, str]) -> None:
        if not self._saved.write(name, values):
            raise SignInFailed("Signed in, but the sign-in could not be kept", reason="not_kept")

    async def _consented(self, provider: str, what: str) -> Pair:
        async with ReturnPage() as page:
            consent = await self._host.begin(provider, page.address)
            say(f"Sign in for {what} in the browser:")
            say(f"  {consent.page}")
            if self._opens_browser:
                await anyio.to_thread.run_sync(webbrowser.open, consent.page)
            return Pair(consent.request_id, await page.identifier(consent.tracking_id))

    def _session(self, pair: Pair) -> Session:
        settings = self._account.settings
        credentials = OAuthPair(pair, settings.provider)
        sources, clock = self._sign_ins.sources(self._account), SystemClock()
        return Session(
            address=sessions_address(settings.base_url, settings.api, settings.file),
            credentials=WithDataSources(credentials, sources, clock) if sources else credentials,
            connect=self._connect,
            clock=clock,
            door=anyio.Lock(),
        )


def _values(pair: Pair) -> dict[str, str]:
    return {"request_id": pair.request_id, "identifier": pair.identifier}
