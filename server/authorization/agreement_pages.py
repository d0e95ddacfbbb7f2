"""The page at the public address on which a person agrees to a plan: as themselves, and by an act of that very moment. A browser
that is signed in is not enough, since an assistant may drive it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from ..approval.plan_inspection import PlanInspection
from ..approval.plan_pages import PlanPages
from ..approval.plan_question import (
    ASKED_YOURSELF,
    ASKER_ENDED,
    CHANGES_STOPPED,
    KEY_OF_NOBODY,
    SEES_ALL,
    SEES_WHOLE,
    PlanQuestion,
)
from ..changes.consent.person_consent import ConsentMethod
from ..changes.plans.stored_plans import Filed
from ..errors import NameUnknown
from ..pages.headers import StrictHeaders
from ..text.one_line import one_line
from ..text.sentence import marked, say
from .agreed_persons import AgreedPersons
from .agreement_right import AgreementRight, RightOf
from .grants.grant import Person
from .opened_pages import OpenedPages
from .page_frame import PageFrame
from .sign_in.arrival_desk import Admission, ArrivalDesk
from .sign_in.browser_cookies import begun_in, set_begun
from .sign_in.pending import Pending, PendingStore

PATH = "/agree"
BECAUSE = say("the rules of this server want a person to agree to it")
MOST_OPEN = 200
LONGEST_NAME = 60
METHODS = ("GET", "HEAD", "POST")
REMARKS = {AgreementRight.SEES_ALL: SEES_ALL, AgreementRight.SEES_WHOLE: SEES_WHOLE}
BARRED = {
    AgreementRight.LOOKS: ASKED_YOURSELF,
    AgreementRight.NOBODYS: KEY_OF_NOBODY,
    AgreementRight.STOPPED: CHANGES_STOPPED,
    AgreementRight.ENDED: ASKER_ENDED,
}
ACTS = {
    "passkey": "by a passkey",
    "provider": "by signing in anew at their provider",
    "account": "by their password",
}


@dataclass
class OwnQuestion(PlanQuestion):
    """Agreed to only by an act that follows."""

    person: Person = field(kw_only=True)

    async def agree(self, typed: str) -> None:
        raise _ActNeeded(self, typed if self.inspection.must_type else "")


class _ActNeeded(Exception):
    def __init__(self, question: OwnQuestion, typed: str) -> None:
        super().__init__()
        self.question = question
        self.typed = typed


class AgreementPages:
    def __init__(
        self,
        frame: PageFrame,
        desk: ArrivalDesk,
        pending: PendingStore,
        files: Callable[[], Filed],
        right_of: RightOf,
        refusal: Admission,
        opened: OpenedPages,
        agreed: AgreedPersons,
    ) -> None:
        """`files` are asked for when somebody comes, and so is `refusal`."""
        self._frame = frame
        self._desk = desk
        self._pending = pending
        self._files = files
        self._right_of = right_of
        self._refusal = refusal
        self._opened = opened
        self._agreed_persons = agreed
        self._questions: dict[tuple[str, str, str], OwnQuestion] = {}
        pages = PlanPages(self._found, lambda: frame.origin, frame.html).app
        pages.add_exception_handler(_ActNeeded, self._act)  # pyright: ignore[reportArgumentType]
        self._pages = StrictHeaders(pages)
        desk.arrivals["agreement"] = self._agreed

    def routes(self) -> list[Mount]:
        return [Mount(PATH, self._served)]

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method not in METHODS:
            await Response(status_code=405, headers={"Allow": ", ".join(METHODS)})(scope, receive, send)
            return
        person = await self._desk.signed_in(request)
        if isinstance(person, Response):
            await person(scope, receive, send)
            return
        if refusal := await self._refusal(person):
            await self._frame.message(request, 403, marked("You are not let in"), refusal)(
                scope, receive, send
            )
            return
        name = scope["path"].removeprefix(f"{PATH}/").partition("/")[0]
        question = await self._question(person, name)
        if question is None:
            answer = self._frame.message(
                request,
                404,
                marked("There is no such plan"),
                marked("It is not there, or it is not yours to decide."),
            )
            await answer(scope, receive, send)
            return
        scope["state"] = {**scope.get("state", {}), "question": question}
        before = set(question.inspection.opened)

        async def noted(message: Message) -> None:
            """What is shown is written down before it is shown: the next answer may go to another server."""
            new = question.inspection.opened - before
            if message["type"] == "http.response.start" and new:
                await self._opened.note(person, question.plan.id, question.plan.digest, new)
            await send(message)

        await self._pages(scope, receive, noted)

    async def _found(self, request: Request) -> PlanQuestion | None:
        return request.state.question

    async def _question(self, person: Person, name: str) -> OwnQuestion | None:
        """One for each person and plan, with what they opened of it at any server."""
        try:
            agreements, standing = await self._files().change(name)
        except NameUnknown:
            return None
        glance = standing.glance
        right = AgreementRight.NONE if glance is None else await self._right_of(person, glance)
        if glance is None or right is AgreementRight.NONE:
            return None
        key = (person.caller, name, glance.digest)
        if key not in self._questions:
            while len(self._questions) >= MOST_OPEN:
                del self._questions[next(iter(self._questions))]
            inspection = PlanInspection(await agreements.plan(name), await agreements.show_all(name))
            self._questions[key] = OwnQuestion(inspection, BECAUSE, agreements, person=person)
        question = self._questions[key]
        question.person = person
        question.answers_as = person.caller
        question.asked_by = self._frame.html.called(glance.who.caller.id)
        question.inspection.opened |= await self._opened.of(person, name, glance.digest)
        question.barred = BARRED.get(right, "")
        question.remark = REMARKS.get(right, "")
        return question

    async def _act(self, request: Request, needed: _ActNeeded) -> Response:
        """The person proves now that they are there, for this plan as they saw it."""
        question = needed.question
        way = self._desk.way(question.person.way)
        if way is None:
            return self._frame.over(request)
        plan, cookie = question.plan, begun_in(request)
        bound = hashlib.sha256(f"{plan.id}|{plan.digest}".encode()).hexdigest()
        facts = {
            "plan": plan.id, "digest": plan.digest, "typed": needed.typed, "caller": question.person.caller,
            "is_fresh": True, "nonce": f"{bound}.{secrets.token_urlsafe(16)}",
        }  # fmt: skip
        pending = self._pending.begin("agreement", cookie, facts, is_agreed=True)
        answer = await way.begin(request, pending)
        set_begun(answer, cookie)
        return answer

    async def _agreed(self, request: Request, pending: Pending, person: Person) -> Response:
        if refusal := await self._refusal(person):
            return self._frame.message(request, 403, marked("Nothing was agreed to"), refusal)
        facts = pending.facts
        question = await self._question(person, facts["plan"])
        if person.caller != facts["caller"] or question is None:
            return self._frame.message(
                request,
                403,
                marked("Nothing was agreed to"),
                marked("Somebody else signed in than the person who looked at the plan, or too late."),
            )
        standing = await question.agreements.standing(facts["plan"])
        glance = standing.glance
        is_open = glance is not None and glance.digest == facts["digest"] and not glance.approved_by
        right = AgreementRight.NONE if glance is None else await self._right_of(person, glance)
        if not is_open or standing.is_expired or not right.may_agree:
            return self._frame.message(
                request,
                409,
                marked("Nothing was agreed to"),
                marked("The plan is not what it was. Open its page again."),
            )
        by = f"{person.caller}, {_called(person.name)}{ACTS.get(person.way, 'on the page')}"
        consent = question.inspection.consent(by, ConsentMethod.PAGE, facts["typed"])
        consent = replace(consent, person=person.caller)
        await self._agreed_persons.keep(person)
        await question.agreements.agreed(question.plan, question.plan.who, consent)
        return self._frame.message(
            request,
            200,
            marked("You agreed"),
            marked("The assistant can carry the change out now. You can close this page."),
        )


def _called(name: str) -> str:
    """What a person is called where they signed in, which they may choose: in quotes that end where it does."""
    bare = one_line(name).replace('"', "'").strip()
    return (
        f'called "{bare if len(bare) <= LONGEST_NAME else f"{bare[:LONGEST_NAME]}…"}" there, ' if bare else ""
    )
