"""One sign-in that a page asks a person for: what is wanted next, and when it is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import anyio
from anyio import to_thread

from ...errors import FilemakerMcpError, SignInFailed
from ...text.sentence import marked
from ..clock import Clock, Moment
from .claris_id import ClarisId
from .claris_sign_in import CodeRequest
from .kept_sign_in import KeptSignIn
from .sign_in_dialogue import TRIES, SignInDialogue

BEGINNINGS = 5
"""Proofs of the password for one address. Each may send a message to a telephone."""
LIFE_SECONDS = 900.0
"""Of an address that nobody uses."""
CODE_SECONDS = 170.0
"""After this a code is not asked for any more: Claris takes it for three minutes."""
AGAIN = marked("Let the assistant try again: it is given a new address.")


class SignInQuestion:
    """`step` counts what was answered, so that the same form sent twice is answered once. `end` says why it is over."""

    def __init__(self, ids: ClarisId, password: Callable[[], str] | None, clock: Clock) -> None:
        """`password` is the stored one. Without it the person types it."""
        self.user = ids.user
        self.has_password = password is not None
        self.request: CodeRequest | None = None
        self.step = 0
        self.problem = ""
        self.end = ""
        self.is_signed_in = False
        self.ids = ids
        self._password = password
        self._clock = clock
        self._dialogue = ids.dialogue()
        self._asked = self._used = Moment.now(clock)
        self._wrong = 0
        self._begun = 0
        self._lock = anyio.Lock()

    @property
    def is_over(self) -> bool:
        is_old = self._used.age(self._clock) > LIFE_SECONDS
        return self.is_signed_in or bool(self.end) or is_old

    def look(self) -> None:
        """A person looks. A code that would come too late is not asked for, and one that Claris waits for already is."""
        self._used = Moment.now(self._clock)
        if self.request is not None and self._asked.age(self._clock) > CODE_SECONDS:
            self.request = None
            self.problem = "The time for that code is over."
        if self.request is None:
            waiting = self.ids.waiting_question(CODE_SECONDS)
            if waiting is not None:
                self._dialogue, self.request, self._asked = waiting
                self.problem = ""

    async def take(self, form: Mapping[str, str]) -> None:
        """What the person sent. Nothing happens to an answer to an earlier step."""
        async with self._lock:
            if self.is_over or form.get("step") != str(self.step):
                return
            self._used = Moment.now(self._clock)
            self.step += 1
            self.problem = ""
            if form.get("answer") == "anew":
                self.request = None
                return
            try:
                await self._advance(form)
            except FilemakerMcpError as error:
                self._note(error)

    async def _advance(self, form: Mapping[str, str]) -> None:
        if self.request is None and self._begun >= BEGINNINGS:
            self.end = f"The sign-in was begun {BEGINNINGS} times. {AGAIN}"
            return
        if self.request is None:
            answer = await self._begin(form.get("password", ""))
        else:
            answer = await self._dialogue.answer(self.request, form.get("code", ""))
        if isinstance(answer, KeptSignIn):
            await self._dialogue.keep(answer)
            self.is_signed_in = True
            return
        self.request, self._asked = answer, Moment.now(self._clock)

    async def _begin(self, typed: str) -> KeptSignIn | CodeRequest:
        self._begun += 1
        self._dialogue: SignInDialogue = self.ids.dialogue()
        password = typed if self._password is None else await to_thread.run_sync(self._password)
        return await self._dialogue.begin(self.user, password)

    def _note(self, error: FilemakerMcpError) -> None:
        reason = error.reason if isinstance(error, SignInFailed) else ""
        is_mistyped = reason == "bad_code" or (reason == "denied" and not self.has_password)
        if is_mistyped:
            self._wrong += 1
            left = TRIES - self._wrong
            self.problem = f"{error.what}. {left} more {'try' if left == 1 else 'tries'}."
        else:
            self.request = None
            self.problem = f"{error.what}." if reason == "code_too_late" else str(error)
        if self._wrong >= TRIES:
            self.end = f"{error.what}, for the third time. {AGAIN}"
        elif reason in ("locked", "denied", "not_kept") and not is_mistyped:
            self.end = str(error)
