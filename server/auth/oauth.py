"""Signing in through an identity provider that FileMaker Server trusts (section 4.2 [D]): a browser, and a pair for one session."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

import httpx
from anyio import to_thread

from ..envelope import not_file_maker
from ..errors import SignInFailed
from .credentials import Login
from .http_connection import ConnectionFactory, unreachable
from .saved_login import SavedLogins

HEADERS = {"X-FMS-Application-Type": "9", "X-FMS-Application-Version": "15"}


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the browser must go, and the request id that belongs to it."""

    page: str
    request_id: str = field(repr=False)
    tracking_id: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What proves a consent."""

    request_id: str = field(repr=False)
    identifier: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-FM-Data-OAuth-Request-Id": self.request_id,
            "X-FM-Data-OAuth-Identifier": self.identifier,
        }


class OAuthHost:
    """A host's two routes of OAuth. Raises Unreachable, NotFileMaker or SignInFailed."""

    def __init__(self, base_url: str, connect: ConnectionFactory) -> None:
        self._base_url = base_url.rstrip("/")
        self._connect = connect

    async def providers(self) -> tuple[str, ...]:
        """The names of the providers that are switched on."""
        response = await self._get("/fmws/oauthproviderinfo", {})
        try:
            answer: object = json.loads(response.content)
        except ValueError:
            raise not_file_maker(response) from None
        return tuple(dict.fromkeys(_names(answer)))

    async def begin(self, provider: str, return_url: str) -> Consent:
        tracking_id = str(uuid.uuid4())
        query = f"trackingID={tracking_id}&provider={quote(provider, safe='')}&address=127.0.0.1&X-FMS-OAuth-AuthType=2"
        response = await self._get(f"/oauth/getoauthurl?{query}", {**HEADERS, "X-FMS-Return-URL": return_url})
        page, request_id = response.text.strip(), response.headers.get("X-FMS-Request-ID", "")
        if response.status_code != 200 or not request_id or not page.startswith(("https://", "http://")):
            offered = await self.providers()
            if provider not in offered:
                raise not_offered(provider, offered)
            raise SignInFailed(
                f"The host does not begin a sign-in with {provider!r} (HTTP {response.status_code})",
                reason="provider_refused",
                advice="Check in Admin Console > Administration > External Authentication that this identity provider is switched on.",
            )
        return Consent(page, request_id, tracking_id)

    async def _get(self, path: str, headers: dict[str, str]) -> httpx.Response:
        try:
            async with self._connect() as client:
                response = await client.get(self._base_url + path, headers=headers)
        except httpx.RequestError as error:
            raise unreachable(error, httpx.URL(self._base_url).host) from error
        if response.status_code in (404, 502, 503) or response.is_redirect:
            raise not_file_maker(response)
        return response


class OAuthPair:
    """A consent just given, for the session that it opens."""

    renewable = False
    scarce = True

    def __init__(self, pair: Pair, provider: str) -> None:
        self._pair = pair
        self._provider = provider

    async def login(self, *, refused: Login | None = None) -> Login:
        return Login(self._pair.headers)

    def reconsider(self) -> None:
        """Nothing stands: the pair serves one sign-in."""

    async def is_outdated(self) -> bool:
        return False

    def denied(self, code: int | None) -> SignInFailed:
        return SignInFailed(
            f"FileMaker does not let the person whom {self._provider} names into the file",
            reason="no_access_entry",
            code=code,
            advice=(
                f"In the file, File > Manage > Security needs an entry 'Authenticate via {self._provider}' for that person or a group,"
                " whose privilege set has the extended privilege fmrest."
            ),
        )


class OAuthAccount:
    """A sign-in that a person made in the browser and `filemaker-mcp login` kept: the session it opened, then the pair."""

    renewable = True
    scarce = True

    def __init__(self, saved: SavedLogins, name: str, provider: str) -> None:
        self._saved = saved
        self._name = name
        self._provider = provider
        self._adopted: set[str] = set()
        self._refused: set[str] = set()

    def __repr__(self) -> str:
        return f"OAuthAccount({self._provider!r})"

    async def login(self, *, refused: Login | None = None) -> Login:
        values = await to_thread.run_sync(self._saved.read, self._name) or {}
        token = values.get("token", "")
        if token and token not in self._adopted:
            self._adopted.add(token)
            return Login({}, token=token)
        if refused is not None and refused.token is None:
            self._refused.add(refused.headers.get("X-FM-Data-OAuth-Request-Id", ""))
        pair = await to_thread.run_sync(saved_pair, self._saved, self._name)
        if pair is not None and pair.request_id not in self._refused:
            return Login(pair.headers)
        raise self._login_needed(bool(values))

    def denied(self, code: int | None) -> SignInFailed:
        return self._login_needed(True, code)

    def reconsider(self) -> None:
        """Nothing stands: what is kept is read at each sign-in."""

    async def is_outdated(self) -> bool:
        token = (await to_thread.run_sync(self._saved.read, self._name) or {}).get("token", "")
        return bool(token) and token not in self._adopted

    def _login_needed(self, was_signed_in: bool, code: int | None = None) -> SignInFailed:
        if was_signed_in:
            what = f"The sign-in with {self._provider} is over: FileMaker ends it 15 minutes after the last use, and only a person can renew it"
        else:
            what = f"Nobody is signed in with {self._provider}"
        return SignInFailed(
            what,
            reason="login_needed",
            code=code,
            advice="Run 'filemaker-mcp login' once in a terminal; it opens the browser, and a running server notices by itself.",
        )


def not_offered(provider: str, offered: tuple[str, ...]) -> SignInFailed:
    """FileMaker takes a provider's name only as the host spells it."""
    spelt = next((name for name in offered if name.casefold() == provider.casefold()), None)
    what = (
        f"Write {spelt!r} in the settings, as the host does."
        if spelt
        else "Set FILEMAKER_PROVIDER to one of them."
    )
    return SignInFailed(
        f"The host does not offer {provider!r}; it offers {', '.join(offered) or 'none'}",
        reason="provider_refused",
        advice=f"{what} In Admin Console > Administration > External Authentication providers are switched on.",
    )


def saved_name(base_url: str, file: str, provider: str) -> str:
    return f"OAuth {provider} for {file} on {base_url}"


def saved_pair(saved: SavedLogins, name: str) -> Pair | None:
    """What a sign-in kept. None where nobody is signed in."""
    values = saved.read(name) or {}
    request_id, identifier = values.get("request_id", ""), values.get("identifier", "")
    return Pair(request_id, identifier) if request_id and identifier else None


def _names(answer: object) -> list[str]:
    """Provider names wherever the answer has them: its exact shape is not documented, clients read `data.Provider[].Name`."""
    if isinstance(answer, list):
        return [name for each in cast("list[Any]", answer) for name in _names(each)]
    if not isinstance(answer, dict):
        return []
    table = cast("dict[str, Any]", answer)
    own = [str(value) for key, value in table.items() if key.casefold() == "name" and isinstance(value, str)]
    return own + [name for value in table.values() for name in _names(value)]
