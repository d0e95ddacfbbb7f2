"""Changes in the console: what waits, what was done, each with every record; deciding, and planning the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from ..approval.plan_inspection import PlanInspection
from ..approval.plan_pages import PlanPages
from ..approval.plan_question import ASKED_YOURSELF, PlanQuestion
from ..approval.plan_table import plan_file
from ..approval.plan_view import filter_of, near, shown_row
from ..approval.plan_words import doing_in, stands_in
from ..caller import Caller
from ..changes.journal.journal import Journal
from ..changes.plans.outcome import ItemState
from ..changes.plans.plan import Who
from ..changes.unhurried import unhurried
from ..errors import FilemakerMcpError
from ..pages.messages import STATES
from ..text.sentence import marked, say
from .change_filter import change_filter_of
from .change_lines import WORDS
from .change_outcomes import ChangeOutcomes
from .console_database import ConsoleDatabase
from .frame import Frame, page_number
from .own_changes import PAGE, OwnChange, OwnChanges

BECAUSE = say("the plan waits, and nothing of it is carried out before somebody agrees or the chat goes on")
CLIENT = "filemaker-mcp console"
MOST_OPEN = 50
"""Questions that are kept with what was opened of each."""


class ChangePages:
    def __init__(
        self,
        frame: Frame,
        own: OwnChanges,
        outcomes: ChangeOutcomes,
        journal: Journal,
        databases: Mapping[str, ConsoleDatabase],
        user: str,
        decided_at: str = "",
    ) -> None:
        """`decided_at` is where a person decides about a plan, its id put after it, where that takes more than this page asks for."""
        self._frame = frame
        self._own = own
        self._outcomes = outcomes
        self._journal = journal
        self._databases = databases
        self._user = user
        self._decided_at = decided_at
        self._questions: dict[tuple[str, str], PlanQuestion] = {}
        self._decisions = PlanPages(self._question, frame.origin, frame.html).app

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/changes", self._changes),
            Route("/changes/{token}/undo", self._undo, methods=["POST"]),
            Mount("/changes", self._own_only),
        ]

    async def _changes(self, request: Request) -> Response:
        number, wanted = page_number(request), change_filter_of(request.query_params)
        changes, count = await self._own.page(number, wanted)
        layouts, clients, people = await self._own.choices()
        pages = max(1, -(-count // PAGE))

        def link(page: int) -> str:
            return "/changes?" + urlencode({"page": page, **wanted.query})

        return self._frame.page(
            request,
            "changes.html",
            "Changes",
            stands=partial(stands_in, self._frame.html.language(request)),
            changes=changes,
            count=count,
            wanted=wanted,
            states=STATES,
            layouts=layouts,
            clients=clients,
            people=people,
            number=number,
            near=near(number, pages),
            link=link,
        )

    async def _own_only(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A change of somebody else is as one that is not there. What nobody decides about any more is shown as it ended."""
        request = Request(scope, receive)
        name, _, rest = scope["path"].removeprefix("/changes/").partition("/")
        change = await self._own.one(name)
        if change is None:
            response = self._frame.not_there(request)
        elif request.method == "GET" and not rest and not _is_undecided(change):
            response = await self._ended(request, change)
        elif rest == "plan.csv":
            response = await self._table(change)
        elif self._decided_at and not rest:
            response = RedirectResponse(f"{self._decided_at}/{quote(change.plan.id)}", 303)
        else:
            await self._decisions(scope, receive, send)
            return
        await response(scope, receive, send)

    async def _table(self, change: OwnChange) -> Response:
        """With what became of each record, unless it is still to be decided about."""
        if _is_undecided(change):
            return plan_file(change.plan.id, change.listing)
        outcomes = (read() for read in await self._outcomes.every(change.plan.id))
        ended = ((WORDS[outcome.state], outcome) for outcome in outcomes)
        return plan_file(change.plan.id, change.listing, ended)

    async def _question(self, request: Request) -> PlanQuestion | None:
        """One for each plan, so that what was opened is known when somebody decides."""
        change = await self._own.one(request.path_params["token"])
        if change is None:
            return None
        key = (change.plan.id, change.plan.digest)
        if key not in self._questions:
            while len(self._questions) >= MOST_OPEN:
                del self._questions[next(iter(self._questions))]
            show_all = await change.agreements.show_all(change.plan.id)
            inspection = PlanInspection(change.plan, show_all)
            inspection.listing = change.listing
            barred = ASKED_YOURSELF if change.plan.four_eyes else ""
            self._questions[key] = PlanQuestion(inspection, BECAUSE, change.agreements, barred=barred)
        return self._questions[key]

    async def _ended(self, request: Request, change: OwnChange) -> Response:
        """Every record with what became of it, and who agreed to it."""
        plan, state = change.plan, request.query_params.get("state", "")
        states = await self._outcomes.states(plan.id)
        language = self._frame.html.language(request)
        wanted = filter_of(request.query_params, language)
        if state in [each.value for each in ItemState]:
            numbers = frozenset(n for n, (_, each) in enumerate(states, 1) if each == state)
            wanted = replace(wanted, numbers=numbers)
        page = await unhurried(plan.records, change.listing.page, page_number(request), wanted)
        totals = await unhurried(plan.records, lambda: change.listing.totals)
        outcomes = await self._outcomes.some(plan.id, [states[row.number - 1][0] for row in page.rows])
        entries = await self._journal.entries(plan=plan.id, by_record=False)
        here = request.url.path

        def link(**asked: object) -> str:
            kept = {"words": wanted.words, "field": wanted.field, "state": state}
            query = {name: value for name, value in {**kept, **asked}.items() if value}
            return f"{here}?{urlencode(query)}#records"

        return self._frame.page(
            request,
            "change.html",
            "Changes",
            plan=plan,
            heading=plan.heading,
            doing=partial(doing_in, language),
            change=change,
            counts=Counter(each for _, each in states),
            words=WORDS,
            page=page,
            rows=[(shown_row(row, language), each) for row, each in zip(page.rows, outcomes, strict=True)],
            near=near(page.number, page.pages),
            wanted=wanted,
            state=state,
            entries=list(reversed(entries)),
            fields=[total.name for total in totals],
            link=link,
            here=here,
            can_undo=self._database_of(change) is not None
            and change.state != "undone"
            and any(each is ItemState.DONE for _, each in states),
        )

    def _database_of(self, change: OwnChange) -> ConsoleDatabase | None:
        """The configured database that the change was made in, by the same account."""
        caller = change.plan.who.caller
        for database in self._databases.values():
            if database.identity == change.plan.database and caller == Caller(self._user, database.account):
                return database
        return None

    async def _undo(self, request: Request) -> Response:
        refused = self._frame.refused(request)
        if refused is not None:
            return refused
        change = await self._own.one(request.path_params["token"])
        database = change and self._database_of(change)
        if change is None or database is None:
            return self._frame.not_there(request)
        try:
            planned = await database.plan_undo(Who(change.plan.who.caller, CLIENT), change.plan.id)
        except FilemakerMcpError as error:
            return self._frame.message(request, 409, marked("There is no way back as it stands"), str(error))
        return RedirectResponse(f"/changes/{quote(planned.plan.id)}", 303)


def _is_undecided(change: OwnChange) -> bool:
    standing = change.standing
    glance = standing.glance
    return glance is not None and glance.is_untouched and not glance.approved_by and not standing.is_expired
