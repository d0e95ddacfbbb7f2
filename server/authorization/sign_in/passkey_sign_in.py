"""Signing in with a passkey, and the pages on which an invited person makes one. Nobody types a password anywhere."""

from __future__ import annotations

import logging
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...pages.headers import HEADERS
from ...pages.html import FOLDER
from ...text.sentence import marked, say
from ..address_limit import AddressLimit
from ..clients.return_address import form_target
from ..grants.grant import Person
from ..page_frame import PageFrame
from .arrival_desk import ArrivalDesk
from .browser_cookies import begun_in, set_begun
from .invitation_store import Invitation, InvitationStore
from .passkey_store import NoPasskey, PasskeyStore, library
from .pending import Pending, PendingStore

logger = logging.getLogger(__name__)

SCRIPT = "/passkey.js"
PATH = "/sign-in/passkey"
INVITED = "/invited"
TRIES = 30
"""From one address in a minute."""


class PasskeySignIn:
    name = "passkey"
    label = marked("Sign in with a passkey")

    def __init__(
        self, passkeys: PasskeyStore, invitations: InvitationStore, frame: PageFrame, pending: PendingStore,
        desk: ArrivalDesk, limit: AddressLimit, resource: str,
    ) -> None:  # fmt: skip
        """`resource` is the address of MCP, which people add in their assistants."""
        library()
        self._passkeys = passkeys
        self._invitations = invitations
        self._frame = frame
        self._pending = pending
        self._desk = desk
        self._limit = limit
        self._resource = resource

    def routes(self) -> list[Route]:
        return [
            Route(SCRIPT, self._script, methods=["GET"]),
            Route(PATH, self._shown, methods=["POST"]),
            Route(INVITED, self._invited, methods=["GET"]),
            Route(f"{INVITED}/begin", self._begun, methods=["POST"]),
            Route(f"{INVITED}/finish", self._finished, methods=["POST"]),
        ]

    async def begin(self, request: Request, pending: Pending) -> Response:
        challenge = secrets.token_urlsafe(32)
        pending = self._pending.changed(pending, upstream={"challenge": challenge})
        to = pending.facts.get("redirect")
        return self._frame.page(
            request,
            "passkey.html", scripts=True, forms_to=form_target(to) if to else "", request=pending.ticket, action=PATH,
            options=self._passkeys.to_use(challenge), heading=self.label, invites=False,
        )  # fmt: skip

    async def renewed(self, person: Person) -> Person | None:
        return await self._passkeys.renewed(person)

    async def _shown(self, request: Request) -> Response:
        form = await self._frame.form(request)
        if isinstance(form, Response):
            return form
        pending = self._pending.found(form.get("request", ""), begun_in(request))
        if pending is None or "challenge" not in pending.upstream or not self._may(request):
            return self._frame.over(request)
        challenge = pending.upstream["challenge"]
        try:
            person = await self._passkeys.proved(challenge, form.get("credential", ""))
        except NoPasskey as problem:
            logger.info("A passkey proves nobody: %s", problem)
            return self._frame.message(
                request,
                403,
                marked("You were not signed in"),
                marked("This server does not know that passkey. Begin again in your assistant."),
            )
        return await self._desk.arrived(request, pending, person)

    async def _invited(self, request: Request) -> Response:
        """What was invited by stands behind # and is not sent along."""
        answer = self._frame.page(
            request,
            "passkey.html", scripts=True, request="", action=f"{INVITED}/finish", options="", invites=True,
            heading=marked("Make your passkey"),
        )  # fmt: skip
        set_begun(answer, begun_in(request))
        return answer

    async def _begun(self, request: Request) -> Response:
        form = await self._frame.form(request)
        if isinstance(form, Response):
            return form
        invitation = await self._invitations.found(form.get("invitation", "")) if self._may(request) else None
        if invitation is None:
            problem = self._frame.language(request).text("This invitation was used, or is too old.")
            return JSONResponse({"problem": problem}, 410, HEADERS)
        challenge = secrets.token_urlsafe(32)
        facts = {
            "invitation": [invitation.digest, invitation.person, invitation.name],
            "challenge": challenge,
        }
        pending = self._pending.begin("passkey", begun_in(request), facts)
        told = {"request": pending.ticket, "options": self._passkeys.to_make(invitation, challenge)}
        return JSONResponse(told, headers=HEADERS)

    async def _finished(self, request: Request) -> Response:
        form = await self._frame.form(request)
        if isinstance(form, Response):
            return form
        pending = await self._pending.taken(form.get("request", ""), begun_in(request))
        if pending is None or pending.purpose != "passkey":
            return self._frame.over(request)
        try:
            await self._passkeys.make(
                Invitation(*pending.facts["invitation"]),
                pending.facts["challenge"],
                form.get("credential", ""),
            )
        except NoPasskey as problem:
            logger.info("A passkey was not made: %s", problem)
            return self._frame.message(
                request,
                403,
                marked("No passkey was made"),
                marked("Open the invitation again, or ask for another one."),
            )
        return self._frame.message(
            request,
            200,
            marked("You have a passkey now"),
            say("Add %(address)s in your assistant, and sign in there with it.", address=self._resource),
        )

    def _may(self, request: Request) -> bool:
        return self._limit.allows(request.client.host if request.client else "")

    async def _script(self, request: Request) -> Response:
        text = (FOLDER / "passkey.js").read_text(encoding="utf-8")
        return Response(text, media_type="text/javascript", headers=HEADERS)
