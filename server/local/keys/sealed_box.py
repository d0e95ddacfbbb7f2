"""Contents sealed by AES-256-GCM, bound to the place where they belong: a box that was moved to another row does not open."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import FilemakerMcpError
from .key_ring import KeyRing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORM = 1
"""The first byte of a box. Then the length of the key's id, the id, the nonce, and what AES-GCM gave."""
NONCE = 12
"""Bytes, random. A derived key stays well below 2**32 boxes, after which they could repeat (NIST SP 800-38D)."""
Place = Sequence[str]
"""What tells a row from every other: table, column, primary key, owner."""


class BrokenBox(FilemakerMcpError):
    """Altered, or moved from where it belongs."""

    def __init__(self, place: Place) -> None:
        super().__init__(
            f"What is kept of {' '.join(place[:2])} was altered or moved in the server's records",
            advice="It is not used. 'filemaker-mcp journal verify' tells what else was.",
        )


class Sealer:
    """Seals for one purpose with the keys of a ring."""

    def __init__(self, ring: KeyRing, purpose: str) -> None:
        self._ring = ring
        self._purpose = purpose
        self._ciphers: dict[str, AESGCM] = {}

    def seal(self, content: bytes, place: Place) -> bytes:
        key_id = self._ring.first
        return sealed(self._cipher(key_id), key_id, content, place)

    def open(self, box: bytes, place: Place) -> bytes:
        """Raises BrokenBox, and ConfigurationError where its key is not on the ring."""
        return opened(self._cipher(key_of(box)), box, place)

    def is_of_first(self, box: bytes) -> bool:
        """Whether the key that seals now has sealed it."""
        return key_of(box) == self._ring.first

    def resealed(self, box: bytes, place: Place) -> bytes:
        """The same contents by the key that seals now."""
        return self.seal(self.open(box, place), place)

    def _cipher(self, key_id: str) -> AESGCM:
        if key_id not in self._ciphers:
            self._ciphers[key_id] = cipher(self._ring.derived(key_id, self._purpose))
        return self._ciphers[key_id]


def cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def sealed(by: AESGCM, key_id: str, content: bytes, place: Place) -> bytes:
    head = bytes((FORM, len(key_id.encode()))) + key_id.encode()
    nonce = secrets.token_bytes(NONCE)
    return head + nonce + by.encrypt(nonce, content, bound(head, place))


def opened(by: AESGCM, box: bytes, place: Place) -> bytes:
    """Raises BrokenBox."""
    start = 2 + box[1]
    try:
        return by.decrypt(box[start : start + NONCE], box[start + NONCE :], bound(box[:start], place))
    except _refusals():
        raise BrokenBox(place) from None


def _refusals() -> tuple[type[Exception], ...]:
    from cryptography.exceptions import InvalidTag

    return InvalidTag, ValueError


def key_of(box: bytes) -> str:
    """The id of the key that sealed it. Raises BrokenBox."""
    try:
        if box[0] == FORM and len(box) > 2 + box[1] + NONCE:
            return box[2 : 2 + box[1]].decode()
    except (IndexError, UnicodeDecodeError):
        pass
    raise BrokenBox(("a sealed box",))


def bound(head: bytes, place: Place) -> bytes:
    """Associated data. Lengths keep ("ab", "c") apart from ("a", "bc")."""
    text = "".join([f"{len(part)}:{part}" for part in place])
    return head + text.encode("utf-8", "surrogatepass")
