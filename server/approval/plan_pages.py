"""The pages on which a person looks at a plan and decides: the list, one record whole, the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ..changes.consent.agreements import Standing
from ..changes.unhurried import unhurried
from ..pages.forms import FormTooLong, form_of, is_from_its_page
from ..pages.html import Html, style_sheet
from .plan_endings import ending_of, refusal_words
from .plan_question import CHANGES_STOPPED, PlanQuestion
from .plan_table import plan_file
from .plan_view import filter_of, plan_facts, shown_row
from .plan_words import doing_in, problem_in

STYLE = "/style.css"
LONGEST_NUMBER = 9
"""Digits; Python itself refuses to read thousands of them."""


class PlanPages:
    """`find` gives the question that an address is about, to whoever may see it. `origin` is where the pages are."""

    def __init__(
        self,
        find: Callable[[Request], Awaitable[PlanQuestion | None]],
        origin: Callable[[], str],
        html: Html,
    ) -> None:
        self._find = find
        self._origin = origin
        self._html = html
        self.app = Starlette(
            routes=[
                Route(STYLE, self._style),
                Route("/{token}", self._plan, methods=["GET", "POST"]),
                Route("/{token}/plan.csv", self._table),
                Route("/{token}/{number}", self._record),
            ]
        )

    async def _style(self, request: Request) -> Response:
        return Response(style_sheet(), media_type="text/css")

    async def _plan(self, request: Request) -> Response:
        say = self._html.language(request).text
        question = await self._find(request)
        if question is None:
            return self._message(
                request, 410, say("This question is over"), say("Ask the assistant to try again.")
            )
        standing = await question.agreements.standing(question.plan.id)
        if request.method == "POST":
            return await self._answer(request, question, standing)
        over = ending_of(question, standing, say)
        if over is not None:
            return self._message(request, 410, *over)
        if standing.declined is not None:
            return self._declined(request, question, 200, standing)
        is_looked_at = request.method == "GET" and "sec-purpose" not in request.headers
        if not is_looked_at:
            return Response(status_code=204)
        return await self._shown(request, question)

    async def _record(self, request: Request) -> Response:
        say = self._html.language(request).text
        question = await self._find(request)
        listing = question and question.inspection.listing
        number = request.path_params["number"]
        is_number = number.isdecimal() and len(number) <= LONGEST_NUMBER
        row = listing.row(int(number)) if listing and is_number else None
        if question is None or listing is None or row is None:
            return self._message(request, 404, say("There is no such record"), say("Go back to the plan."))
        here = request.url.path.rpartition("/")[0]
        back = f"{here}?page={listing.page_of(row.number)}#r{row.number}"
        language = self._html.language(request)
        page = self._html.page(
            "record.html",
            language,
            plan=question.plan,
            row=shown_row(row, language),
            doing=partial(doing_in, language),
            back=back,
        )
        return HTMLResponse(page)

    async def _table(self, request: Request) -> Response:
        """All records in one file. It opens no page: what was looked at elsewhere is not known here."""
        say = self._html.language(request).text
        question = await self._find(request)
        if question is None:
            return self._message(
                request, 410, say("This question is over"), say("Ask the assistant to try again.")
            )
        over = ending_of(question, await question.agreements.standing(question.plan.id), say)
        if over is not None:
            return self._message(request, 410, *over)
        return plan_file(question.plan.id, question.inspection.listing)

    async def _answer(self, request: Request, question: PlanQuestion, standing: Standing) -> Response:
        language = self._html.language(request)
        say = language.text
        if not is_from_its_page(request, self._origin()):
            return self._message(request, 403, say("Refused"), say("The answer did not come from this page."))
        try:
            form = await form_of(request)
        except FormTooLong:
            return self._message(
                request, 413, say("Not understood"), say("More came than this page asks for.")
            )
        over = ending_of(question, standing, say)
        if over is not None:
            nothing = say("Your answer just now did nothing.")
            return self._message(request, 410, over[0], f"{over[1]} {nothing}")
        answer = form.get("answer")
        if standing.declined is not None and answer != "reopen":
            return self._declined(request, question, 409, standing)
        if answer in ("yes", "reopen") and (barred := question.barred or await _stopped(question)):
            return self._message(request, 403, say("Refused"), say(barred))
        if form.get("digest") != question.plan.digest:
            return self._message(
                request, 409, say("This is not what you looked at"), say("Open the page again.")
            )
        if answer == "no":
            await question.decline()
            return self._declined(request, question, 200)
        if answer not in ("yes", "reopen"):
            return self._message(request, 400, say("Not understood"), say("Neither button was pressed."))
        if answer == "reopen":
            if standing.declined is not None:
                await question.reopen()
            return RedirectResponse(request.url.path, 303)
        typed = form.get("typed", "")
        problem = problem_in(language, question.inspection, typed)
        if problem:
            return await self._shown(request, question, _page_number(form.get("page", "")), problem)
        await question.agree(typed)
        return self._message(
            request,
            200,
            say("You agreed"),
            say("The assistant can carry the change out now. You can close this page."),
        )

    async def _shown(
        self, request: Request, question: PlanQuestion, number: int | None = None, problem: str = ""
    ) -> Response:
        page = number or _page_number(request.query_params.get("page", ""))
        language = self._html.language(request)
        wanted = filter_of(request.query_params, language)
        asked = (question, request.url.path, page, wanted, language, problem)
        facts = await unhurried(question.plan.records, plan_facts, *asked)
        return HTMLResponse(self._html.page("plan.html", language, **facts), 422 if problem else 200)

    def _declined(
        self, request: Request, question: PlanQuestion, status: int, standing: Standing | None = None
    ) -> Response:
        """`standing` where the no was said before."""
        language = self._html.language(request)
        words = refusal_words(question, language, standing, self._html.called)
        words.append(language.text("You can close this page."))
        if question.barred:
            return self._message(request, status, language.text("Nothing will be changed"), " ".join(words))
        label = language.text("Look at the plan again")
        reopen = {"name": "answer", "value": "reopen", "label": label, "digest": question.plan.digest}
        return self._message(
            request, status, language.text("Nothing will be changed"), " ".join(words), reopen
        )

    def _message(
        self, request: Request, status: int, heading: str, words: str, action: dict[str, str] | None = None
    ) -> Response:
        """`heading` and `words` in the person's language."""
        language = self._html.language(request)
        page = self._html.page("message.html", language, heading=heading, words=words, action=action)
        return HTMLResponse(page, status)


def _page_number(text: str) -> int:
    """1 for what is no number of a page."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 1


async def _stopped(question: PlanQuestion) -> str:
    """Why nobody agrees to it now, as a message of the pages; empty where somebody may."""
    return CHANGES_STOPPED if await question.agreements.is_stopped(question.plan) else ""
