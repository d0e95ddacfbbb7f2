"""The pages on which a person looks at a plan and decides: the list, one record whole, the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from ..changes.display.plan_listing import PlanListing
from ..changes.plans.agreements import AN_HOUR, Standing
from ..pages.forms import FormTooLong, form_of, is_from_its_page
from ..pages.html import Html, style_sheet
from .plan_question import PlanQuestion
from .plan_table import csv_of
from .plan_view import filter_of, plan_facts, shown_row

STYLE = "/style.css"
LONGEST_NUMBER = 9
"""Digits; Python itself refuses to read thousands of them."""
REOPEN = {"name": "answer", "value": "reopen", "label": "Look at the plan again"}


class PlanPages:
    """`find` gives the question that an address is about, to whoever may see it. `origin` is where the pages are."""

    def __init__(
        self,
        find: Callable[[Request], Awaitable[PlanQuestion | None]],
        origin: Callable[[], str],
        html: Html | None = None,
    ) -> None:
        self._find = find
        self._origin = origin
        self._html = html or Html(STYLE)
        self.app = Starlette(
            routes=[
                Route(STYLE, self._style),
                Route("/{token}", self._plan, methods=["GET", "POST"]),
                Route("/{token}/plan.csv", self._table),
                Route("/{token}/{number:int}", self._record),
            ]
        )

    async def _style(self, request: Request) -> Response:
        return Response(style_sheet(), media_type="text/css")

    async def _plan(self, request: Request) -> Response:
        question = await self._find(request)
        if question is None:
            return self._message(410, "This question is over", "Ask the assistant to try again.")
        standing = await question.agreements.standing(question.plan.id)
        if request.method == "POST":
            return await self._answer(request, question, standing)
        over = _over(question, standing)
        if over is not None:
            return self._message(410, *over)
        if standing.declined is not None:
            return self._declined(200, standing.declined)
        is_looked_at = request.method == "GET" and "sec-purpose" not in request.headers
        if not is_looked_at:
            return Response(status_code=204)
        return self._shown(request, question)

    async def _record(self, request: Request) -> Response:
        question = await self._find(request)
        listing = question and question.inspection.listing
        row = listing and listing.row(request.path_params["number"])
        if question is None or listing is None or row is None:
            return self._message(404, "There is no such record", "Go back to the plan.")
        here = request.url.path.rpartition("/")[0]
        back = f"{here}?page={listing.page_of(row.number)}#r{row.number}"
        page = self._html.page("record.html", plan=question.plan, row=shown_row(row), back=back)
        return HTMLResponse(page)

    async def _table(self, request: Request) -> Response:
        """All records in one file. It opens no page: what was looked at elsewhere is not known here."""
        question = await self._find(request)
        if question is None:
            return self._message(410, "This question is over", "Ask the assistant to try again.")
        over = _over(question, await question.agreements.standing(question.plan.id))
        if over is not None:
            return self._message(410, *over)
        return table_of(question.plan.id, question.inspection.listing)

    async def _answer(self, request: Request, question: PlanQuestion, standing: Standing) -> Response:
        if not is_from_its_page(request, self._origin()):
            return self._message(403, "Refused", "The answer did not come from this page.")
        try:
            form = await form_of(request)
        except FormTooLong:
            return self._message(413, "Not understood", "More came than this page asks for.")
        over = _over(question, standing)
        if over is not None:
            return self._message(410, over[0], f"{over[1]} Your answer just now did nothing.")
        answer = form.get("answer")
        if answer == "reopen":
            await question.reopen()
            return RedirectResponse(request.url.path, 303)
        if standing.declined is not None:
            return self._declined(409, standing.declined)
        if form.get("digest") != question.plan.digest:
            return self._message(409, "This is not what you looked at", "Open the page again.")
        if answer == "no":
            await question.decline()
            return self._declined(200, None)
        if answer != "yes":
            return self._message(400, "Not understood", "Neither button was pressed.")
        typed = form.get("typed", "")
        problem = question.inspection.problem(typed)
        if problem:
            return self._shown(request, question, _page_number(form.get("page", "")), problem)
        await question.agree(typed)
        return self._message(
            200, "You agreed", "The assistant can carry the change out now. You can close this page."
        )

    def _shown(
        self, request: Request, question: PlanQuestion, number: int | None = None, problem: str = ""
    ) -> Response:
        page = number or _page_number(request.query_params.get("page", ""))
        facts = plan_facts(question, request.url.path, page, filter_of(request.query_params), problem)
        return HTMLResponse(self._html.page("plan.html", **facts), 422 if problem else 200)

    def _declined(self, status: int, at: float | None) -> Response:
        when = (
            ""
            if at is None
            else f" You said no at {_clock(at)}; until {_clock(at + AN_HOUR)} it is not asked again."
        )
        words = f"The assistant is told that you did not agree.{when} You can close this page."
        return self._message(status, "Nothing will be changed", words, REOPEN)

    def _message(
        self, status: int, heading: str, words: str, action: dict[str, str] | None = None
    ) -> Response:
        page = self._html.page("message.html", heading=heading, words=words, action=action)
        return HTMLResponse(page, status)


def _page_number(text: str) -> int:
    """1 for what is no number of a page."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 1


def table_of(plan_id: str, listing: PlanListing) -> Response:
    """Every difference of a plan, as a file."""
    name = quote(f"{plan_id}.csv")
    return StreamingResponse(
        csv_of(listing),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename=plan.csv; filename*=UTF-8''{name}"},
    )


def _over(question: PlanQuestion, standing: Standing) -> tuple[str, str] | None:
    """Why the plan cannot be decided about any more, as a heading and a sentence."""
    glance = standing.glance
    if glance is None:
        if standing.replaced_by:
            return (
                "This plan was replaced",
                f"The assistant added a step. The plan is called {standing.replaced_by} now, and you are asked about it anew.",
            )
        return "This plan is not there any more", "Ask the assistant to try again."
    if glance.digest != question.plan.digest:
        return (
            "This plan is not what it was",
            "It was altered after it was planned. Nothing of it is carried out.",
        )
    if glance.approved_by:
        return "You agreed", f"The plan was agreed to, by {glance.approved_by}."
    if not glance.is_untouched:
        return "This plan was carried out", "There is nothing left to decide."
    if standing.is_expired:
        return "This plan has expired", "A plan lasts a day. Ask the assistant to plan it again."
    return None


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M")
