"""A person who signed in at the company's provider links an account of theirs: whose it becomes is said, and the address of the
page carries nothing. No link leads to the password: a button on a page of ours does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ...pages.headers import HEADERS
from ...text.sentence import marked
from ..grants.grant import Person
from ..not_proved import NotProved
from .account_page import REFUSED, AccountPage
from .account_sign_in import AWAY
from .arrival_desk import ArrivalDesk
from .credential_store import CredentialStore

PATH = "/accounts"
BEGUN_AT = "/connection"
"""The page that has the button."""
BUTTON = {"to": PATH, "name": "answer", "value": "begin", "label": marked("Link your FileMaker account")}

Linkable = Callable[[Person], Awaitable[Mapping[str, Collection[str] | None]]]
"""By database: the account names, folded, that a person may link; None for any that they prove."""


class AccountLinks:
    def __init__(
        self, page: AccountPage, credentials: CredentialStore, desk: ArrivalDesk, linkable: Linkable
    ) -> None:
        self._page = page
        self._credentials = credentials
        self._desk = desk
        self._linkable = linkable

    def routes(self) -> list[Route]:
        return [Route(PATH, self._link, methods=["GET", "POST"])]

    async def _link(self, request: Request) -> Response:
        person = await self._desk.signed_in(request)
        if isinstance(person, Response):
            return person
        if request.method == "GET":
            return RedirectResponse(BEGUN_AT, 303, HEADERS)
        form = await self._desk.frame.form(request)
        if isinstance(form, Response):
            return form
        linkable = await self._linkable(person)
        databases = [name for name in self._page.rules.databases if name in linkable]
        if not databases:
            return RedirectResponse(BEGUN_AT, 303, HEADERS)
        if not self._page.is_reached(request):
            return self._page.elsewhere(request)
        who = f"{person.name} ({person.issuer})"
        if form.get("answer") == BUTTON["value"]:
            return self._page.shown(request, PATH, databases, who=who)
        typed = self._page.typed_in(form, databases)
        names = linkable.get(typed.database, ())
        is_theirs = names is None or typed.folded in names
        try:
            if not await self._page.is_proved(request, typed, is_theirs=is_theirs):
                return self._page.shown(request, PATH, databases, who=who, typed=typed, problem=REFUSED)
        except NotProved:
            return self._page.shown(request, PATH, databases, who=who, typed=typed, problem=AWAY)
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
