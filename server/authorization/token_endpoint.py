"""/token and /revoke: codes and refresh tokens become tokens. No client is looked up at another host here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import FilemakerMcpError, StateAway
from ..pages.forms import FormTooLong, form_of
from .address_limit import AddressLimit
from .authorize_request import is_resource, with_lower
from .grants.grant_store import ACCESS_SECONDS, Code, GrantStore, NotGranted, Pair
from .named_locks import NamedLocks
from .not_proved import NotProved
from .pkce import proves
from .standing import Standing

logger = logging.getLogger(__name__)

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
SWEEP_SECONDS = 3_600.0
FORM = "application/x-www-form-urlencoded"


class TokenEndpoint:
    def __init__(
        self,
        grants: GrantStore,
        standing: Standing,
        resource: str,
        limit: AddressLimit,
        now: Callable[[], float],
    ) -> None:
        self._grants = grants
        self._standing = standing
        self._resource = resource
        self._limit = limit
        self._now = now
        self._locks = NamedLocks()
        self._swept: float | None = None

    def routes(self) -> list[Route]:
        return [
            Route("/token", self._token, methods=["POST"]),
            Route("/revoke", self._revoke, methods=["POST"]),
        ]

    async def _token(self, request: Request) -> Response:
        form = await self._form(request)
        if isinstance(form, Response):
            return form
        try:
            pair = await self._pair(form)
        except NotGranted as refusal:
            logger.info("A token was not given: %s", refusal)
            return _refused("invalid_grant", "Ask the person to sign in again.")
        except _Refused as refusal:
            return _refused(refusal.code, str(refusal))
        except (NotProved, StateAway):
            return _refused(
                "temporarily_unavailable",
                "Whether the account is still good could not be found out. Try again.",
                503,
            )
        await self._sweep()
        return JSONResponse(
            {
                "access_token": pair.access,
                "token_type": "Bearer",
                "expires_in": int(ACCESS_SECONDS),
                "refresh_token": pair.refresh,
                "scope": " ".join(sorted(pair.scopes)),
            },
            headers=NO_STORE,
        )

    async def _sweep(self) -> None:
        """What is over goes, once an hour."""
        now = self._now()
        if self._swept is None or not 0 <= now - self._swept < SWEEP_SECONDS:
            self._swept = now
            await self._grants.expire()

    async def _pair(self, form: Mapping[str, str]) -> Pair:
        kind, client = form.get("grant_type"), form.get("client_id", "")
        if kind == "authorization_code":
            if not is_resource(form.get("resource", ""), self._resource):
                raise _Refused("invalid_target", f"`resource` has to be {self._resource}.")
            verifier, redirect = form.get("code_verifier", ""), form.get("redirect_uri", "")

            def is_right(code: Code) -> bool:
                is_client = code.grant.client == client and code.redirect == redirect
                return is_client and proves(verifier, code.challenge)

            return await self._grants.redeemed(form.get("code", ""), is_right)
        if kind == "refresh_token":
            if "resource" in form and not is_resource(form["resource"], self._resource):
                raise _Refused("invalid_target", f"`resource` has to be {self._resource}.")
            return await self._refreshed(form, client)
        raise _Refused("unsupported_grant_type", "There are authorization_code and refresh_token.")

    async def _refreshed(self, form: Mapping[str, str], client: str) -> Pair:
        token = form.get("refresh_token", "")
        grant = (await self._grants.refreshable(token, client)).grant.id
        async with self._locks.hold(
            grant
        ):  # a provider's own refresh token may be good for one request alone
            return await self._refreshed_alone(form, token, client)

    async def _refreshed_alone(self, form: Mapping[str, str], token: str, client: str) -> Pair:
        found = await self._grants.refreshable(token, client)
        granted = found.grant.scopes
        asked = with_lower(form["scope"].split()) if form.get("scope") else granted
        if not asked <= granted:
            raise _Refused("invalid_scope", "More than was allowed is not given without the person.")
        if found.is_again:
            return await self._grants.refreshed(found, found.grant.person, asked)
        person = await self._standing.renewed(found.grant.person)
        if person is None:
            await self._grants.wait(found.grant.person.caller)
            raise NotGranted("The account is not good any more")
        return await self._grants.refreshed(found, person, asked)

    async def _revoke(self, request: Request) -> Response:
        form = await self._form(request)
        if isinstance(form, Response):
            return form
        await self._grants.end_by_token(form.get("token", ""), form.get("client_id", ""))
        return Response(status_code=200, headers=NO_STORE)

    async def _form(self, request: Request) -> Mapping[str, str] | Response:
        if not self._limit.allows(request.client.host if request.client else ""):
            return _refused("temporarily_unavailable", "Too many requests from one address.", 429)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return _refused("invalid_request", f"The body has to be {FORM}.")
        try:
            return await form_of(request)
        except FormTooLong:
            return _refused("invalid_request", "The body is too long.", 413)


class _Refused(FilemakerMcpError):
    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def _refused(code: str, words: str, status: int = 400) -> Response:
    return JSONResponse({"error": code, "error_description": words}, status, NO_STORE)
