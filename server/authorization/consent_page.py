"""/authorize: who asks for what, shown to a person before anybody is asked to sign in. It is asked every time."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..callers.scopes import Scope
from ..text.sentence import marked
from .address_limit import AddressLimit
from .authorize_request import ORDER, AuthorizeRequest, NotAsked, request_in, with_lower
from .clients.client_directory import ClientDirectory
from .clients.return_address import form_target, host_of, is_loopback
from .page_frame import PageFrame
from .sign_in.arrival_desk import ArrivalDesk
from .sign_in.browser_cookies import begun_in, set_begun
from .sign_in.pending import Pending, PendingStore, TooLong

MEANING = {
    Scope.READ: marked("Read records and figures"),
    Scope.EDIT: marked("Plan and make changes to records"),
    Scope.DELETE: marked("Delete records"),
    Scope.RUN: marked("Run scripts"),
}
WINDOWS = 120
"""Requests from one address in a minute."""


class ConsentPage:
    def __init__(
        self, frame: PageFrame, directory: ClientDirectory, pending: PendingStore, desk: ArrivalDesk, resource: str,
        limit: AddressLimit,
    ) -> None:  # fmt: skip
        self._frame = frame
        self._directory = directory
        self._pending = pending
        self._desk = desk
        self._resource = resource
        self._limit = limit

    def routes(self) -> list[Route]:
        return [
            Route("/authorize", self._asked, methods=["GET"]),
            Route("/consent", self._answered, methods=["POST"]),
        ]

    async def _asked(self, request: Request) -> Response:
        if not self._limit.allows(request.client.host if request.client else ""):
            return self._frame.message(
                request,
                429,
                marked("Too many at once"),
                marked("Wait a minute and begin again in your assistant."),
            )
        try:
            asked = await request_in(
                request.query_params, len(request.url.query), self._directory, self._resource
            )
        except NotAsked as problem:
            return self._frame.message(request, 400, marked("Nobody is let in by this"), str(problem))
        cookie = begun_in(request)
        try:
            pending = self._pending.begin("grant", cookie, _facts(asked))
        except TooLong:
            return self._frame.message(
                request,
                400,
                marked("Nobody is let in by this"),
                marked("The request is longer than any client's."),
            )
        answer = self._page(request, pending)
        set_begun(answer, cookie)
        return answer

    async def _answered(self, request: Request) -> Response:
        form = await self._frame.form(request)
        if isinstance(form, Response):
            return form
        cookie = begun_in(request)
        pending = self._pending.found(form.get("request", ""), cookie)
        if pending is None or pending.purpose != "grant" or pending.is_agreed:
            return self._frame.over(request)
        if form.get("answer") != "yes":
            await self._pending.taken(pending.ticket, cookie)
            return self._frame.message(
                request,
                200,
                marked("Nothing was allowed"),
                marked("The program was given nothing. You can close this page."),
            )
        ticked = [each.value for each in ORDER if form.get(each) == "yes"]
        facts = {**pending.facts, "scopes": sorted(with_lower(ticked))}
        return await self._desk.go_on(request, self._pending.changed(pending, is_agreed=True, facts=facts))

    def _page(self, request: Request, pending: Pending) -> Response:
        facts = pending.facts
        choices = [
            (each.value, MEANING[each], each in facts["scopes"]) for each in ORDER if each != Scope.READ
        ]
        return self._frame.page(
            request,
            "consent.html",
            forms_to=form_target(facts["redirect"]),
            request=pending.ticket,
            name=facts["client_name"],
            proven=facts["proven"],
            host=host_of(facts["redirect"]),
            is_local=is_loopback(facts["redirect"]),
            reads=MEANING[Scope.READ],
            choices=choices,
        )


def _facts(asked: AuthorizeRequest) -> dict[str, object]:
    client = asked.client
    return {
        "client": client.id,
        "client_name": client.name,
        "proven": client.proven,
        "redirect": asked.redirect,
        "state": asked.state,
        "challenge": asked.challenge,
        "scopes": [each.value for each in asked.scopes],
    }
