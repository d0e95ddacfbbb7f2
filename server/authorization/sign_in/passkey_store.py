"""Passkeys of invited people: public keys, sealed to their row, with which a browser proves that its person is there."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from ...errors import ConfigurationError
from ...local.keys.key_ring import KeyRing
from ...local.keys.sealed_box import BrokenBox
from ...local.keys.sealed_column import PASSKEYS
from ...local.state.state import State
from ..grants.grant import Person
from .invitation_store import Invitation, InvitationStore, name_of

KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,1400}")
"""Up to 1,023 bytes, as WebAuthn has it (section 4)."""
LONGEST = 12_000


class NoPasskey(Exception):
    """What a browser sent proves nobody, in a few words."""


class PasskeyStore:
    def __init__(
        self,
        state: State,
        ring: KeyRing,
        invitations: InvitationStore,
        origin: str,
        owner: str,
        now: Callable[[], float],
    ) -> None:
        self._state = state
        self._sealer = PASSKEYS.sealer(ring)
        self._invitations = invitations
        self._origin = origin
        self._host = urlsplit(origin).hostname or ""
        self._owner = owner
        self._now = now

    def to_make(self, invitation: Invitation, challenge: str) -> str:
        """Options for the browser, as JSON."""
        webauthn = library()
        structs = webauthn.helpers.structs
        options = webauthn.generate_registration_options(
            rp_id=self._host, rp_name=self._owner, user_name=invitation.name, user_id=invitation.person.encode(),
            challenge=challenge.encode(),
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
        )  # fmt: skip
        return str(webauthn.options_to_json(options))

    async def make(self, invitation: Invitation, challenge: str, credential: str) -> None:
        """Uses the invitation up. Raises NoPasskey."""
        webauthn = library()
        try:
            made = webauthn.verify_registration_response(
                credential=credential[:LONGEST], expected_challenge=challenge.encode(), expected_rp_id=self._host,
                expected_origin=self._origin, require_user_verification=True,
            )  # fmt: skip
        except (
            webauthn.helpers.exceptions.WebAuthnException,
            ValueError,
            KeyError,
            TypeError,
            RecursionError,
        ) as failed:
            raise NoPasskey(type(failed).__name__) from failed
        key_id, now = _text(made.credential_id), self._now()
        box = self._sealer.seal(
            made.credential_public_key, (PASSKEYS.table, PASSKEYS.column, key_id, invitation.person)
        )
        async with self._state.writing() as transaction:
            if not await self._invitations.take(transaction, invitation.digest):
                raise NoPasskey("the invitation was used")
            transaction.put(
                "INSERT INTO passkey (id, person, box, counter, made, used) VALUES (?, ?, ?, ?, ?, ?)",
                key_id, invitation.person, box, made.sign_count, now, now,
            )  # fmt: skip

    def to_use(self, challenge: str) -> str:
        """Options for the browser, as JSON. It finds the passkey by itself."""
        webauthn = library()
        required = webauthn.helpers.structs.UserVerificationRequirement.REQUIRED
        options = webauthn.generate_authentication_options(
            rp_id=self._host, challenge=challenge.encode(), user_verification=required
        )
        return str(webauthn.options_to_json(options))

    async def proved(self, challenge: str, credential: str) -> Person:
        """Whom the answer to a challenge proves. Raises NoPasskey."""
        webauthn = library()
        try:
            told: Any = json.loads(credential[:LONGEST])
            row = await self._state.row("SELECT * FROM passkey WHERE id = ?", _id_in(told))
            if row is None:
                raise NoPasskey("no such passkey")
            place = (PASSKEYS.table, PASSKEYS.column, row["id"], row["person"])
            found = webauthn.verify_authentication_response(
                credential=told, expected_challenge=challenge.encode(), expected_rp_id=self._host,
                expected_origin=self._origin, credential_public_key=self._sealer.open(bytes(row["box"]), place),
                credential_current_sign_count=row["counter"], require_user_verification=True,
            )  # fmt: skip
        except (
            webauthn.helpers.exceptions.WebAuthnException,
            BrokenBox,
            ValueError,
            KeyError,
            TypeError,
            RecursionError,
        ) as failed:
            raise NoPasskey(type(failed).__name__) from failed
        async with self._state.writing() as transaction:
            await transaction.execute(
                "UPDATE passkey SET counter = ?, used = ? WHERE id = ?",
                found.new_sign_count,
                self._now(),
                row["id"],
            )
        return self._person(row["person"])

    async def renewed(self, person: Person) -> Person | None:
        """While one of their passkeys is there."""
        row = await self._state.row("SELECT 1 AS there FROM passkey WHERE person = ? LIMIT 1", person.subject)
        return None if row is None else self._person(person.subject)

    def _person(self, person: str) -> Person:
        name = name_of(person)
        return Person(self._origin, person, name, {"person": name}, "passkey", self._now())


def _id_in(told: Any) -> str:
    """Raises ValueError for what no passkey is called."""
    name = str(told["id"])
    if not KEY_ID.fullmatch(name):
        raise ValueError("no such passkey")
    return name


def library() -> Any:
    """Raises ConfigurationError where it is not installed."""
    try:
        import webauthn
        import webauthn.helpers.exceptions  # pyright: ignore[reportUnusedImport]
        import webauthn.helpers.structs  # pyright: ignore[reportUnusedImport]
    except ImportError:
        raise ConfigurationError(
            "People sign in with passkeys, and what checks them is not installed",
            advice="Install filemaker-mcp[team].",
        ) from None
    return webauthn


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
