"""The pages of each person of a team, and what they agree to, put together from the settings."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from ....tools._tool import Need
from ...authorization.agreed_persons import AgreedPersons
from ...authorization.agreement_pages import PATH as AGREE
from ...authorization.agreement_pages import AgreementPages
from ...authorization.agreement_right import AgreementRight
from ...authorization.grants.grant import Person
from ...authorization.opened_pages import OpenedPages
from ...authorization.sign_in.account_links import PATH as ACCOUNTS
from ...authorization.team_pages import TeamPages
from ...callers.caller_keys import CallerKeys
from ...changes.contents.earlier_records import take_over
from ...changes.journal.journal import Journal
from ...changes.plans.plan_seal import Named
from ...changes.plans.stored_plans import Filed
from ...config.settings import Settings
from ...console.file_pages import FilePages
from ...console.frame import Frame
from ...console.person_pages import person_pages
from ...http.file_form import PATH as UPLOAD
from ..console_source import console_sources
from ..mcp_server import needs_of
from ..shared_parts import SharedParts
from .agreement_validity import AgreementValidity
from .approvers import Approvers, ApproverSight
from .caller_servers import CallerServers
from .persons import Persons
from .seat_parts import folder_of
from .team_sign_in import TeamSignIn, identity_of

MOST_PEOPLE = 100
"""Whose pages are kept; the others' are made anew."""


class PersonDesk:
    def __init__(
        self,
        settings: Settings,
        parts: SharedParts,
        team: TeamSignIn,
        servers: CallerServers,
        *,
        see_all: bool,
    ) -> None:
        self._settings = settings
        self._parts = parts
        self._team = team
        self._servers = servers
        self._pages: OrderedDict[tuple[str, str], ASGIApp] = OrderedDict()
        """By caller and by all that decides what they get."""
        parts.state.first(partial(take_over, seal=parts.seal, is_shared=parts.state.is_shared))
        persons = Persons(team.seats, CallerKeys(lambda: parts.state, lambda: parts.seal))
        self._approvers = Approvers(
            team.seats, self._unjudged, servers.workspace_of, persons, see_all=see_all
        )
        now = parts.clock.wall
        self._agreed = AgreedPersons(lambda: parts.state, parts.ring, now)
        parts.validity = AgreementValidity(self._agreed, team.server.desk, team.refusal, self._right, now)

    def routes(self) -> list[BaseRoute]:
        server, refusal = self._team.server, self._team.refusal
        agreement = AgreementPages(
            server.frame, server.desk, server.pending, self._files, self._right, refusal,
            OpenedPages(lambda: self._parts.state, self._parts.clock.wall), self._agreed,
        )  # fmt: skip
        return [
            *agreement.routes(),
            *TeamPages(server.frame, server.desk, refusal, self._pages_of, self._team.linkable).routes(),
        ]

    def _files(self) -> Filed:
        return replace(self._unjudged(), validity=self._parts.validity)

    def _unjudged(self) -> Filed:
        """For what judges agreements."""
        state, seal = self._parts.state, self._parts.seal
        return Filed(state, Journal(state, now=self._parts.clock.wall, seal=seal), seal)

    async def _right(self, person: Person, plan: Named) -> AgreementRight:
        return await self._approvers.right(person, identity_of(person), plan)

    async def _pages_of(self, person: Person) -> ASGIApp:
        approver = await self._approvers.approver(person, identity_of(person))
        key = (person.caller, f"{approver.seat.digest} {approver.role}")
        if key not in self._pages:
            while len(self._pages) >= MOST_PEOPLE:
                self._pages.popitem(last=False)
            frame = Frame(
                lambda: self._team.server.frame.origin,
                self._settings.page_language,
                person=person.name,
                called=self._team.seats.called,
            )
            opened = partial(self._servers.workspace_of, approver.identity)
            links_at = ACCOUNTS if await self._team.linkable(person) else ""
            sent_to = UPLOAD if Need.EDIT in needs_of(approver.seat) else ""
            routes = [
                *FilePages(frame, folder_of(approver.seat, self._parts), sent_to=sent_to).routes(),
                *person_pages(
                    frame,
                    self._files(),
                    console_sources(approver.seat, opened),
                    person.caller,
                    ApproverSight(self._approvers, approver),
                    AGREE,
                    links_at,
                ),
            ]

            async def nothing(request: Request, error: Exception) -> Response:
                return frame.not_there(request)

            self._pages[key] = Starlette(routes=routes, exception_handlers={404: nothing})
        self._pages.move_to_end(key)
        return self._pages[key]
