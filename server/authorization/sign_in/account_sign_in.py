"""Signing in with the FileMaker account itself, where there is nothing better: reached from /authorize, never first from a chat."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...callers.caller_identity import Identity
from ...text.sentence import marked
from ..clients.return_address import form_target
from ..grants.grant import Person
from ..not_proved import NotProved
from .account_page import REFUSED, AccountPage, Typed
from .account_tries import STRANGERS
from .arrival_desk import ArrivalDesk
from .browser_cookies import KNOWN, begun_in
from .credential_store import CredentialStore
from .pending import Pending

PATH = "/sign-in/account"
AWAY = marked("FileMaker cannot be reached. Nothing was allowed. Try again in a few minutes.")


class AccountSignIn:
    name = "account"
    label = marked("Sign in with your FileMaker account")

    def __init__(
        self, page: AccountPage, credentials: CredentialStore, desk: ArrivalDesk, now: Callable[[], float]
    ) -> None:
        self._page = page
        self._credentials = credentials
        self._desk = desk
        self._now = now

    def routes(self) -> list[Route]:
        return [Route(PATH, self._typed, methods=["POST"])]

    async def begin(self, request: Request, pending: Pending) -> Response:
        if not self._page.is_reached(request):
            return self._page.elsewhere(request)
        if pending.purpose != "grant" and KNOWN not in request.cookies:
            return self._desk.frame.message(
            request,
                403, marked("Sign in from your assistant first"),
                marked("No password is asked for on a page that a chat leads to. Connect this server in your assistant, in this browser, then open the page again."),
            )  # fmt: skip
        return self._shown(request, pending)

    async def renewed(self, person: Person) -> Person | None:
        """While their password is kept. Whether it is still good, FileMaker says with the other accounts."""
        database = str(person.claims["database"])
        identity = Identity(person.issuer, person.subject, "", frozenset())
        kept = await self._credentials.kept(identity, database)
        return None if kept is None else Person(
            person.issuer, person.subject, person.name, person.claims, self.name, self._now()
        )  # fmt: skip

    async def _typed(self, request: Request) -> Response:
        form = await self._desk.frame.form(request)
        if isinstance(form, Response):
            return form
        pending = self._desk.pending.found(form.get("request", ""), begun_in(request))
        if pending is None or not pending.is_agreed:
            return self._desk.frame.over(request)
        if not self._page.is_reached(request):
            return self._page.elsewhere(request)
        typed = self._page.typed_in(form, list(self._page.rules.databases))
        is_known = typed.database in self._page.rules.databases and (
            self._page.tries.browser_of(request, self._page.key_of(typed)) != STRANGERS
        )
        if pending.purpose != "grant" and not is_known:
            return self._shown(request, pending, typed, REFUSED)
        try:
            if not await self._page.is_proved(request, typed):
                return self._shown(request, pending, typed, REFUSED)
        except NotProved:
            return self._shown(request, pending, typed, AWAY)
        key = self._page.key_of(typed)
        claims = {"database": typed.database, "account": typed.folded}
        person = Person(self._desk.frame.origin, key, typed.account, claims, self.name, self._now())
        await self._credentials.keep(person.caller, typed.database, typed.account, typed.password)
        answer = await self._desk.arrived(request, pending, person)
        self._page.tries.remember(answer, key)
        return answer

    def _shown(
        self, request: Request, pending: Pending, typed: Typed | None = None, problem: str = ""
    ) -> Response:
        to = pending.facts.get("redirect")
        return self._page.shown(
            request,
            PATH,
            list(self._page.rules.databases),
            request=pending.ticket,
            typed=typed,
            problem=problem,
            forms_to=form_target(to) if to else "",
        )
