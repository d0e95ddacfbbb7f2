"""What waits for the person: plans to decide about, and records that a runbook left to them."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ..approval.plan_words import stands_in
from ..pages.forms import FormTooLong, form_of
from ..runbooks.review import Finding
from ..text.sentence import marked
from .frame import Frame
from .held_records import HeldRecords
from .own_changes import OwnChanges


class WaitingPages:
    def __init__(self, frame: Frame, own: OwnChanges, held: HeldRecords, *, may_answer: bool) -> None:
        """`may_answer`: what the person found of such a record is heard here. A browser far from this machine may be driven by an
        assistant, and its yes would run a script again."""
        self._may_answer = may_answer
        self._frame = frame
        self._own = own
        self._held = held

    def routes(self) -> list[BaseRoute]:
        return [Route("/", self._waiting), Route("/held", self._found, methods=["POST"])]

    async def _waiting(self, request: Request) -> Response:
        language = self._frame.html.language(request)
        return self._frame.page(
            request,
            "waiting.html",
            "Waiting",
            stands=partial(stands_in, language),
            changes=await self._own.waiting(),
            of_others=await self._own.waiting_of_others(),
            held=await self._held.waiting(),
            findings=Finding,
            may_answer=self._may_answer,
        )

    async def _found(self, request: Request) -> Response:
        """What the person found of one record, or of all that a runbook left."""
        refused = self._frame.refused(request)
        if refused is not None:
            return refused
        if not self._may_answer:
            return self._frame.not_there(request)
        try:
            form = await form_of(request)
        except FormTooLong:
            return self._frame.message(
                request, 413, marked("Not understood"), marked("More came than this page asks for.")
            )
        asked = form.get("finding", "")
        if asked not in [each.value for each in Finding]:
            return self._frame.message(
                request, 400, marked("Not understood"), marked("Neither button was pressed.")
            )
        names = (form.get("database", ""), form.get("runbook", ""), form.get("record", ""))
        if not await self._held.settle(*names, Finding(asked)):
            return self._frame.message(
                request,
                410,
                marked("This was answered"),
                marked("The record does not wait any more. Nothing was done."),
            )
        return RedirectResponse("/", 303)
