"""Keyed digests over plans and agreements, so that nobody who can only write to the state can make or alter one; and what seals
their contents."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ...errors import ConfigurationError
from ...local.keys.key_file import KeyFile, KeyPlace, ring_of
from ...local.keys.key_ring import KeyRing
from ...local.keys.sealed_contents import Contents
from ...local.places import is_nowhere, no_home
from ...local.private_files import kept_key
from ...local.state.state import Row, Transaction
from .codec import WRITER, written
from .plan import Who


class Named(Protocol):
    """A plan, or a glance at one."""

    @property
    def id(self) -> str: ...
    @property
    def database(self) -> str: ...
    @property
    def who(self) -> Who: ...
    @property
    def digest(self) -> str: ...


class Whole(Named, Protocol):
    """A plan with all that its seal covers."""

    @property
    def made(self) -> float: ...
    @property
    def expires(self) -> float: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def undoes(self) -> str: ...


class Seal:
    """`key` is asked for when something is sealed or looked at for the first time. `ring` seals contents."""

    def __init__(self, key: Callable[[], bytes], ring: KeyRing | None = None) -> None:
        self._read = key
        self.contents = Contents(ring or KeyRing.passing())
        self._digest_key = b""
        self._missing: ConfigurationError | None = None

    @classmethod
    def of_file(cls, path: Path | None, keys: Sequence[KeyPlace] = ()) -> Seal:
        """The key in a file, made when there is none. Without a file it lasts as long as the process. `keys` seal contents; where
        none is named, those of a file beside it do."""
        if path is None:
            return cls(lambda: secrets.token_bytes(32))
        return cls(lambda: _key_in(path), ring_of(keys, KeyFile.beside(path)))

    @cached_property
    def _key(self) -> bytes:
        return self._read()

    def _of(self, *values: object) -> str:
        return hmac.new(self._key, written(values).encode(), hashlib.sha256).hexdigest()

    def of_plan(self, plan: Whole) -> str:
        """Its digest covers what it would do."""
        return self._of(
            "plan", plan.id, plan.database, plan.who.caller.id, plan.made, plan.expires, plan.digest,
            plan.fingerprint, plan.undoes,
        )  # fmt: skip

    def covers(self, row: Row, plan: Whole) -> bool:
        """Whether the row of a plan carries the seal over it. One of an earlier version carries none."""
        return self.holds(row["seal"], self.of_plan(plan))

    def of_agreement(self, plan: Named, by: str, person: str, at: float) -> str:
        return self._agreement(plan.id, plan.database, plan.who.caller.id, plan.digest, by, person, repr(at))

    def agreed_by(self, row: Row, plan: Named) -> str:
        """By whom the plan of a row was agreed to. Empty where the agreement is to another plan, or does not carry our seal."""
        by, person, at = str(row["approved_by"]), str(row["approved_person"]), float(row["approved_at"])
        if not by or row["approved_digest"] != plan.digest:
            return ""
        return by if self.holds(row["approved_seal"], self.of_agreement(plan, by, person, at)) else ""

    def is_agreement(self, facts: Mapping[str, Any], *, plan: str, database: str, caller: str) -> bool:
        """Whether the facts of a journal entry carry the seal of the agreement that they tell of."""
        return self.holds(
            str(facts.get("seal")), self.agreement_in(facts, plan=plan, database=database, caller=caller)
        )

    def agreement_in(self, facts: Mapping[str, Any], *, plan: str, database: str, caller: str) -> str:
        given, person = (facts.get("digest"), facts.get("by")), facts.get("person", "")
        return self._agreement(plan, database, caller, *given, person, facts.get("sealed_at"))

    def _agreement(
        self, plan: str, database: str, caller: str, digest: object, by: object, person: str, at: object
    ) -> str:
        """`person` is empty where nobody but whoever asked is known to have been there."""
        told = (plan, database, caller, digest, by, *((person,) if person else ()), at)
        return self._of("agreement", *told)

    def of_entry(self, values: list[str]) -> str:
        """Of a journal entry. As `_of`: texts alone stay what they are, and there is one for each write of a change."""
        text = WRITER.encode(["entry", *values])
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def of_image(self, content: str) -> str:
        """Of the field contents beside an entry, or of the box that holds them, as hexadecimal digits."""
        return self._of("image", content)

    def of_caller_key(self, values: list[str]) -> str:
        """Of the row of a key by which an agent calls."""
        return self._of("caller key", *values)

    def of_taken_over(self, values: list[str]) -> str:
        """Of an entry of an earlier version, as it stands since its contents are sealed."""
        return self._of("taken over", *values)

    async def prepare(self, transaction: Transaction) -> None:
        """Before the first digest over contents. What needs none goes on where the key on which it hangs is not there."""
        try:
            self._digest_key = self._digest_key or await self.contents.digest_key(transaction)
        except ConfigurationError as missing:
            self._missing = missing

    @property
    def is_ready(self) -> bool:
        return bool(self._digest_key) or self._missing is not None

    def of_digest(self, digest: str) -> str:
        """Of a plain digest over contents, which could be guessed. Its key is in the state, sealed: another seal key makes no
        other question of the same one."""
        if self._missing is not None:
            raise self._missing
        if not self._digest_key:
            raise AssertionError("the state was not opened yet")
        return hmac.new(self._digest_key, digest.encode(), hashlib.sha256).hexdigest()

    def of_content(self, sha256: str) -> str:
        """Of a file, so that the state does not tell which files it knows."""
        return self._of("content", sha256)

    def holds(self, seal: object, expected: str) -> bool:
        return isinstance(seal, str) and hmac.compare_digest(seal.encode(errors="replace"), expected.encode())


def _key_in(path: Path) -> bytes:
    try:
        key = kept_key(path)
    except OSError as failed:
        if is_nowhere(path):
            raise no_home("the key by which agreements are sealed", "FILEMAKER_SEAL_KEY") from None
        raise ConfigurationError(
            f"The key by which agreements are sealed cannot be kept in {path}: {failed.strerror}",
            advice="Name another file with the setting `seal_key`.",
        ) from failed
    if len(key) < 32:
        raise ConfigurationError(
            f"{path} holds no key",
            advice="Remove it: another is made then, and plans that wait are asked about anew.",
        )
    return key
