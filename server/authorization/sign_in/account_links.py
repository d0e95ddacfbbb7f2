"""A person who signed in at the company's provider links an account of theirs: whose it becomes is said, and the address of the
page carries nothing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...text.sentence import marked
from ..not_proved import NotProved
from .account_page import REFUSED, AccountPage
from .account_sign_in import AWAY
from .arrival_desk import ArrivalDesk
from .credential_store import CredentialStore

PATH = "/accounts"


class AccountLinks:
    def __init__(self, page: AccountPage, credentials: CredentialStore, desk: ArrivalDesk) -> None:
        self._page = page
        self._credentials = credentials
        self._desk = desk

    def routes(self) -> list[Route]:
        return [Route(PATH, self._link, methods=["GET", "POST"])]

    async def _link(self, request: Request) -> Response:
        person = await self._desk.signed_in(request)
        if isinstance(person, Response):
            return person
        if not self._page.is_reached(request):
            return self._page.elsewhere(request)
        who = f"{person.name} ({person.issuer})"
        if request.method == "GET":
            return self._page.shown(request, PATH, who=who)
        form = await self._desk.frame.form(request)
        if isinstance(form, Response):
            return form
        typed = self._page.typed_in(form)
        try:
            if not await self._page.is_proved(request, typed):
                return self._page.shown(request, PATH, who=who, typed=typed, problem=REFUSED)
        except NotProved:
            return self._page.shown(request, PATH, who=who, typed=typed, problem=AWAY)
        await self._credentials.keep(person.caller, typed.database, typed.account, typed.password)
        return self._desk.frame.message(
            request,
            200,
            marked("The account is linked"),
            self._desk.frame.language(request).text(
                "What %(who)s asks for in %(database)s is done as %(account)s.",
                who=who,
                database=typed.database,
                account=typed.account,
            ),
        )
