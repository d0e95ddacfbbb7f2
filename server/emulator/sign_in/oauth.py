"""Signing in through an OAuth identity provider: FileMaker Server's two routes and a pretend provider's page.

Routes, headers and the order of steps: section 4.2 [D]. The shape of the provider list and the names of the
parameters at the return address are as public clients read them; how long a pair of request id and identifier
serves, and whether it serves twice, is not recorded: here 15 minutes and as often as asked [I].
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ..clock import Clock
from ..model import File

PAGE = "/pretend-provider"
_OTHERS = ("filemaker", "extended", "claris")


@dataclass
class Consent:
    """One request for a provider's word on who somebody is."""

    request_id: str
    provider: str
    tracking_id: str
    return_url: str
    begun: datetime
    identifier: str | None = field(default=None, repr=False)
    account: str | None = None


def providers_of(files: Iterable[File]) -> dict[str, list[str]]:
    """The identity providers that a solution's accounts name, each with those accounts' names."""
    providers: dict[str, list[str]] = {}
    for account in (account for file in files for account in file.accounts):
        if account.identity.casefold() not in _OTHERS:
            names = providers.setdefault(account.identity, [])
            if account.name not in names:
                names.append(account.name)
    return providers


class OAuth:
    def __init__(
        self,
        clock: Clock,
        providers: Mapping[str, Sequence[str]],
        life: timedelta = timedelta(minutes=15),
        *,
        single_use: bool = False,
    ) -> None:
        self._clock = clock
        self._providers = providers
        self._life = life
        self._single_use = single_use
        self._consents: dict[str, Consent] = {}

    def account_for(self, request_id: str, identifier: str) -> str | None:
        """The account name that somebody consented to, for the headers of a log-in. None if nobody did."""
        consent = self._consents.get(request_id)
        if consent is None or consent.identifier is None or self._clock.now() - consent.begun > self._life:
            return None
        if not secrets.compare_digest(consent.identifier.encode(), identifier.encode()):
            return None
        if self._single_use:
            del self._consents[request_id]
        return consent.account

    def provider_for(self, request_id: str) -> str | None:
        """The provider a request was made for: an account opens only if it is of that provider."""
        consent = self._consents.get(request_id)
        return consent.provider if consent else None

    def routes(self) -> list[Route]:
        return [
            Route("/fmws/oauthproviderinfo", self._list, methods=["GET"]),
            Route("/oauth/getoauthurl", self._begin, methods=["GET"]),
            Route(PAGE, self._ask, methods=["GET"]),
            Route(PAGE, self._decide, methods=["POST"]),
        ]

    async def _list(self, _: Request) -> Response:
        if not self._providers:
            return JSONResponse({})
        return JSONResponse({"data": {"Provider": [{"Name": name} for name in self._providers]}})

    async def _begin(self, request: Request) -> Response:
        query, headers = request.query_params, request.headers
        problem = self._problem(request)
        if problem:
            return PlainTextResponse(problem, 400)
        consent = Consent(
            secrets.token_hex(16).upper(),
            query["provider"],
            query["trackingID"],
            headers["x-fms-return-url"],
            self._clock.now(),
        )
        self._consents[consent.request_id] = consent
        page = f"{request.url.scheme}://{headers.get('host', 'localhost')}{PAGE}?{urlencode({'state': consent.request_id})}"
        return PlainTextResponse(page, headers={"X-FMS-Request-ID": consent.request_id})

    def _problem(self, request: Request) -> str | None:
        query, headers = request.query_params, request.headers
        for name in ("trackingID", "provider", "address"):
            if not query.get(name):
                return f"The parameter {name} is missing."
        if query.get("X-FMS-OAuth-AuthType") != "2":
            return "The parameter X-FMS-OAuth-AuthType must be 2."
        for name in ("X-FMS-Application-Type", "X-FMS-Application-Version"):
            if not headers.get(name, "").isdecimal():
                return f"The header {name} must be a number."
        if query["provider"] not in self._providers:
            return "The provider is not enabled on this server."
        try:
            back = urlsplit(headers.get("x-fms-return-url", ""))
        except ValueError:
            back = urlsplit("")
        if back.scheme not in ("http", "https") or not back.netloc:
            return "The header X-FMS-Return-URL must be an address."
        return None

    async def _ask(self, request: Request) -> Response:
        consent = self._waiting(request.query_params.get("state"))
        if consent is None:
            return HTMLResponse(_page("Nothing to decide", "<p>This request is over or unknown.</p>"), 404)
        rows = "".join(
            f'<p><button name="account" value="{html.escape(name)}">{html.escape(name)}</button></p>'
            for name in self._providers[consent.provider]
        )
        form = (
            f'<form method="post" action="{PAGE}">'
            f'<input type="hidden" name="state" value="{consent.request_id}">{rows}'
            '<p><label>Another account <input name="other"></label> <button>Continue</button></p>'
            '<p><button name="deny" value="1">Deny</button></p></form>'
        )
        title = f"Sign in with {consent.provider} (pretended)"
        return HTMLResponse(_page(title, f"<p>Who are you to this FileMaker Server?</p>{form}"))

    async def _decide(self, request: Request) -> Response:
        form = await request.form()
        answers = {name: value for name, value in form.items() if isinstance(value, str)}
        consent = self._waiting(answers.get("state"))
        account = answers.get("account") or answers.get("other", "").strip()
        if consent is None or not (account or "deny" in answers):
            return HTMLResponse(_page("Nothing decided", "<p>This request is over or names nobody.</p>"), 400)
        if "deny" in answers:
            del self._consents[consent.request_id]
            return _back(consent, {"error": "1"})
        consent.account, consent.identifier = account, secrets.token_hex(24).upper()
        return _back(consent, {"identifier": consent.identifier, "error": "0"})

    def _waiting(self, request_id: str | None) -> Consent | None:
        consent = self._consents.get(request_id or "")
        if consent is None or consent.identifier or self._clock.now() - consent.begun > self._life:
            return None
        return consent


def _back(consent: Consent, parameters: Mapping[str, str]) -> Response:
    address = urlsplit(consent.return_url)
    added = urlencode({"trackingID": consent.tracking_id, **parameters})
    query = f"{address.query}&{added}" if address.query else added
    return RedirectResponse(urlunsplit(address._replace(path=address.path or "/", query=query)), 302)


def _page(title: str, content: str) -> str:
    title = html.escape(title)
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>{content}'
