"""Between the page that asks and the code that is given: a person shows who they are in one of the ways that the owner offers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from urllib.parse import quote, urlencode
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ...pages.headers import HEADERS
from ...text.sentence import marked
from ..address_limit import AddressLimit
from ..clients.client_registry import ClientRegistry
from ..grants.grant import Grant, Person
from ..grants.grant_store import LIFE_SECONDS, Code, GrantStore, grant_id
from ..grants.revocations import Revocations, Revoked
from ..grants.token_text import fresh
from ..not_proved import NotProved
from ..page_frame import PageFrame
from .browser_cookies import begun_in, set_begun
from .pending import Pending, PendingStore, TooLong
from .person_sessions import PersonSessions
from .way import Way

OWN_PATH = re.compile(r"/[A-Za-z0-9._~%-][A-Za-z0-9._~/?=&%+!$'()*,;:@-]{0,2000}|/")
"""Where a browser goes on within this server: two slashes at the start, or a backslash, would lead elsewhere."""
SIGN_INS = 120
"""Begun from one address in a minute."""

Admission = Callable[[Person], Awaitable[str]]
"""Why the owner gives a person nothing, in a sentence; empty where they are let in."""
DatabasesOf = Callable[[Person], Awaitable[Collection[str]]]
"""The databases that the owner gives a person now, by name."""
Arrival = Callable[[Request, Pending, Person], Awaitable[Response]]


class ArrivalDesk:
    def __init__(
        self, frame: PageFrame, pending: PendingStore, grants: GrantStore, sessions: PersonSessions,
        revocations: Revocations, registry: ClientRegistry, admission: Admission, now: Callable[[], float],
        databases_of: DatabasesOf,
    ) -> None:  # fmt: skip
        self._looking = WeakValueDictionary[str, asyncio.Lock]()
        """By session: a provider takes a renewal once."""
        self._begun_from = AddressLimit(SIGN_INS, 60, now)
        self.frame = frame
        self.pending = pending
        self._grants = grants
        self._sessions = sessions
        self._revocations = revocations
        self._registry = registry
        self._admission = admission
        self._now = now
        self._databases_of = databases_of
        self.ways: Sequence[Way] = ()
        self.arrivals: dict[str, Arrival] = {"grant": self._allowed, "session": self._entered}
        """What follows a sign-in, by the purpose for which it was begun."""

    def routes(self) -> list[Route]:
        return [
            Route("/sign-in", self._begun, methods=["GET"]),
            Route("/sign-in/way", self._chosen, methods=["POST"]),
            Route("/sign-out", self._out, methods=["POST"]),
        ]

    def way(self, name: str) -> Way | None:
        return next((each for each in self.ways if each.name == name), None)

    async def go_on(self, request: Request, pending: Pending) -> Response:
        if len(self.ways) == 1:
            return await self.ways[0].begin(request, pending)
        return self.frame.page(request, "ways.html", request=pending.ticket, ways=self.ways)

    async def arrived(self, request: Request, pending: Pending, person: Person) -> Response:
        """Ends what was begun: it was for this browser, and for once."""
        taken = await self.pending.taken(pending.ticket, begun_in(request))
        if taken is None or not taken.is_agreed:
            return self.frame.over(request)
        if await self._revocations.are_any([(Revoked.CALLER, person.caller)]):
            return self.frame.message(
                request,
                403,
                marked("You are not let in"),
                marked("Whoever runs this server has ended your access."),
            )
        refusal = await self._admission(person)
        if refusal:
            return self.frame.message(request, 403, marked("You are not let in"), refusal)
        answer = await self.arrivals[taken.purpose](request, taken, person)
        set_begun(answer, fresh())
        return answer

    async def signed_in(self, request: Request) -> Person | Response:
        """The person of this browser, or the page that leads to signing in and back here."""
        try:
            person = await self._person(request)
        except NotProved:
            return self.frame.message(
                request,
                502,
                marked("Your company's sign-in cannot be reached"),
                marked("Nothing was allowed. Try again in a few minutes."),
            )
        if person is not None:
            return person
        raw: bytes = request.scope.get("raw_path") or quote(request.url.path).encode()
        path = raw.decode("latin-1")  # as the browser wrote it
        here = path + (f"?{request.url.query}" if request.url.query else "")
        if request.headers.get("sec-fetch-site", "none") in ("cross-site", "same-site"):
            # A strict cookie does not come along from elsewhere. The page asks for itself once more, from here.
            return self.frame.page(
                request,
                "forward.html",
                to=here,
                heading=marked("One moment"),
                words=marked("This page opens itself again."),
            )
        return RedirectResponse(f"/sign-in?{urlencode({'next': here})}", 303, HEADERS)

    async def _person(self, request: Request) -> Person | None:
        """As they were within the last hour. Raises NotProved where that could not be found out."""
        session = await self._sessions.found(request)
        if session is None or not self._sessions.is_old(session):
            return None if session is None else session.person
        async with self._looking.setdefault(session.digest, asyncio.Lock()):
            session = await self._sessions.found(request)  # another request may have asked meanwhile
            if session is None or not self._sessions.is_old(session):
                return None if session is None else session.person
            way = self.way(session.person.way)
            person = None if way is None else await way.renewed(session.person)
            if person is None:
                await self._sessions.end(request)
            else:
                await self._sessions.renewed(session, person)
            return person

    async def _begun(self, request: Request) -> Response:
        if not self._begun_from.allows(request.client.host if request.client else ""):
            return self.frame.message(
                request, 429, marked("Too many at once"), marked("Open the page again.")
            )
        to = request.query_params.get("next", "/")
        if not OWN_PATH.fullmatch(to):
            return self.frame.message(
                request,
                400,
                marked("Not understood"),
                marked("The address to go on to is none of this server's."),
            )
        cookie = begun_in(request)
        try:
            pending = self.pending.begin("session", cookie, {"next": to}, is_agreed=True)
        except TooLong:
            return self.frame.message(
                request,
                400,
                marked("Not understood"),
                marked("The address to go on to is longer than any of this server's."),
            )
        answer = await self.go_on(request, pending)
        set_begun(answer, cookie)
        return answer

    async def _chosen(self, request: Request) -> Response:
        form = await self.frame.form(request)
        if isinstance(form, Response):
            return form
        pending = self.pending.found(form.get("request", ""), begun_in(request))
        way = self.way(form.get("way", ""))
        if pending is None or way is None or not pending.is_agreed:
            return self.frame.over(request)
        return await way.begin(request, pending)

    async def _out(self, request: Request) -> Response:
        form = await self.frame.form(request)
        if isinstance(form, Response):
            return form
        await self._sessions.end(request)
        return self.frame.message(
            request, 200, marked("You are signed out"), marked("You can close this page.")
        )

    async def _allowed(self, request: Request, pending: Pending, person: Person) -> Response:
        facts, now = pending.facts, self._now()
        grant = Grant(
            grant_id(), person, facts["client"], facts["client_name"], frozenset(facts["scopes"]), now,
            now + LIFE_SECONDS, tuple(await self._databases_of(person)),
        )  # fmt: skip
        await self._registry.used(facts["client"])
        code = await self._grants.code(Code(grant, facts["redirect"], facts["challenge"]))
        given = {"code": code, "iss": self.frame.origin}
        if facts["state"] is not None:
            given["state"] = facts["state"]
        mark = "&" if "?" in facts["redirect"] else "?"
        return RedirectResponse(f"{facts['redirect']}{mark}{urlencode(given)}", 303, HEADERS)

    async def _entered(self, request: Request, pending: Pending, person: Person) -> Response:
        answer = RedirectResponse(pending.facts["next"], 303, HEADERS)
        await self._sessions.begin(answer, person)
        return answer
