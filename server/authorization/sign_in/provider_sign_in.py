"""Signing in at the company's identity provider: its tokens stay here, and clients get ours."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...text.one_line import one_line
from ...text.sentence import marked
from ..grants.grant import Person
from ..not_proved import NotProved
from ..page_frame import PageFrame
from ..pkce import challenge_of
from .arrival_desk import ArrivalDesk
from .browser_cookies import TICKET, begun_in, forget, set_ticket, ticket_of
from .id_token_claims import NoPerson, claims_in, subject_in, told_of
from .identity_provider import Denied, IdentityProvider, NoAnswer
from .pending import Pending, PendingStore

logger = logging.getLogger(__name__)

PATH = "/sign-in/provider"
WITHOUT_RENEWAL = 8 * 3_600.0
"""How long somebody stays whom the provider gives no refresh token for."""


class ProviderSignIn:
    name = "provider"

    def __init__(
        self,
        provider: IdentityProvider,
        frame: PageFrame,
        pending: PendingStore,
        desk: ArrivalDesk,
        now: Callable[[], float],
    ) -> None:
        self._provider = provider
        self._frame = frame
        self._pending = pending
        self._desk = desk
        self._now = now
        self.label = provider.terms.label

    def routes(self) -> list[Route]:
        return [Route(PATH, self._returned, methods=["GET"])]

    async def begin(self, request: Request, pending: Pending) -> Response:
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        asked = {"nonce": pending.facts.get("nonce") or nonce, "verifier": verifier, "at": repr(self._now())}
        pending = self._pending.changed(pending, upstream=asked)
        fresh = {"max_age": "0", "prompt": "login"} if pending.facts.get("is_fresh") else {}
        try:
            to = await self._provider.address(
                redirect_uri=self._frame.origin + PATH, state=pending.id, nonce=asked["nonce"],
                code_challenge=challenge_of(verifier), code_challenge_method="S256", **fresh,
            )  # fmt: skip
        except NoAnswer as problem:
            return self._away(request, problem)
        answer = self._frame.page(
            request,
            "forward.html",
            to=to,
            heading=marked("Sign in"),
            words=marked("You go on to your company's sign-in."),
        )
        set_ticket(request, answer, pending.id, pending.ticket)
        return answer

    async def renewed(self, person: Person) -> Person | None:
        if not person.renewal:
            return person if self._now() - person.at < WITHOUT_RENEWAL else None
        try:
            tokens = await self._provider.tokens(grant_type="refresh_token", refresh_token=person.renewal)
            return await self._later(person, tokens)
        except Denied as refusal:
            logger.info("The provider renews a person no more: %s", refusal)
            return None
        except NoPerson as problem:
            logger.warning("A renewal by the provider proves nobody: %s", problem)
            return None
        except NoAnswer as problem:
            raise NotProved("The identity provider cannot be asked") from problem

    async def _returned(self, request: Request) -> Response:
        cookie, query = begun_in(request), request.query_params
        name = query.get("state", "")
        pending = self._pending.found(ticket_of(request, name), cookie)
        if pending is None or pending.id != name or not pending.upstream or not pending.is_agreed:
            return self._frame.over(request)
        answer = await self._proved(request, pending)
        forget(answer, f"{TICKET}{name}")
        return answer

    async def _proved(self, request: Request, pending: Pending) -> Response:
        asked, query = pending.upstream, request.query_params
        if query.get("iss", self._provider.terms.issuer) != self._provider.terms.issuer:
            return self._frame.over(request)
        if "code" not in query:
            return self._frame.message(
                request,
                403,
                marked("You were not signed in"),
                marked("Your company's sign-in did not let you in. Begin again in your assistant."),
            )
        try:
            person = await self._person(query["code"], asked, pending)
        except (Denied, NoPerson) as problem:
            logger.warning("A sign-in at the provider proves nobody: %s", problem)
            return self._frame.message(
                request,
                403,
                marked("You were not signed in"),
                marked(
                    "What came from your company's sign-in could not be used. Begin again in your assistant."
                ),
            )
        except NoAnswer as problem:
            return self._away(request, problem)
        return await self._desk.arrived(request, pending, person)

    async def _person(self, code: str, asked: Mapping[str, str], pending: Pending) -> Person:
        tokens = await self._provider.tokens(
            grant_type="authorization_code", code=code, redirect_uri=self._frame.origin + PATH,
            code_verifier=asked["verifier"],
        )  # fmt: skip
        since = float(asked["at"]) if pending.facts.get("is_fresh") else None
        terms, keys = self._provider.terms, await self._provider.keys()
        claims = await claims_in(
            tokens.get("id_token"), keys, terms, nonce=asked["nonce"], now=self._now(), since=since
        )
        told = {**await self._told(claims, tokens), **told_of(claims)}
        subject = subject_in({**claims, **told}, terms)
        name = next(
            (
                told[each]
                for each in ("name", "preferred_username", "email")
                if isinstance(told.get(each), str)
            ),
            subject,
        )
        renewal = tokens.get("refresh_token")
        return Person(
            terms.issuer,
            subject,
            one_line(str(name))[:200],
            told,
            self.name,
            self._now(),
            renewal if isinstance(renewal, str) else "",
        )

    async def _later(self, person: Person, tokens: Mapping[str, Any]) -> Person:
        """Who they are now, from what a renewal gave. Raises NoPerson for somebody else."""
        terms, told = self._provider.terms, dict[str, Any]()
        if "id_token" in tokens:
            claims = await claims_in(
                tokens["id_token"], await self._provider.keys(), terms, nonce=None, now=self._now()
            )
            if subject_in(claims, terms) != person.subject:
                raise NoPerson("the renewal is about somebody else")
            told = {**await self._told(claims, tokens), **told_of(claims)}
        renewal = tokens.get("refresh_token")
        return replace(
            person, claims=told or person.claims, at=self._now() if told else person.at,
            renewal=renewal if isinstance(renewal, str) else person.renewal,
        )  # fmt: skip

    async def _told(self, claims: Mapping[str, Any], tokens: Mapping[str, Any]) -> dict[str, Any]:
        """By the provider's userinfo, which has to be about the same person."""
        more = await self._provider.userinfo(str(tokens.get("access_token", "")))
        if more and more.get("sub") != claims["sub"]:
            raise NoPerson("its userinfo is about somebody else")
        return told_of(more)

    def _away(self, request: Request, problem: NoAnswer) -> Response:
        logger.warning("The identity provider cannot be used: %s", problem)
        return self._frame.message(
            request,
            502,
            marked("Your company's sign-in cannot be reached"),
            marked("Nothing was allowed. Try again in a few minutes."),
        )
