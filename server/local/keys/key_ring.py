"""The keys by which the contents of the state are sealed. They lie outside it: a copy of the state tells nothing without them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from ...errors import ConfigurationError

LENGTH = 32
"""Bytes of a key that is derived, and of the material at the least."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    id: str
    """Stands beside what it has sealed; no secret."""
    material: bytes = field(repr=False)


class KeyRing:
    """The first key seals, all of them open. Nothing is read before a key is needed."""

    def __init__(
        self, read: Callable[[], Sequence[SecretKey]], stamp: Callable[[], object] = lambda: None
    ) -> None:
        """`read` raises ConfigurationError for keys that cannot be had. It is asked again when `stamp` gives something else: the
        keys may be replaced while a server runs."""
        self._read = read
        self._stamp = stamp
        self._seen: object = None
        self._keys: tuple[SecretKey, ...] = ()
        self._derived: dict[tuple[str, str], bytes] = {}

    @classmethod
    def passing(cls) -> Self:
        """One key that lasts as long as the process."""
        key = SecretKey("process", secrets.token_bytes(LENGTH))
        return cls(lambda: (key,))

    @property
    def keys(self) -> tuple[SecretKey, ...]:
        stamp = self._stamp()
        if not self._keys or stamp != self._seen:
            self._keys = tuple(self._read())
            self._seen = self._stamp()
        return self._keys

    @property
    def first(self) -> str:
        """The id of the key that seals."""
        return self.keys[0].id

    def derived(self, key_id: str, purpose: str) -> bytes:
        """32 bytes for one purpose (HKDF, SHA-256): what is sealed for one opens for no other. Raises ConfigurationError for a
        key that is not there."""
        if (key_id, purpose) not in self._derived:
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF

            made = HKDF(SHA256(), LENGTH, salt=None, info=f"filemaker-mcp/{purpose}".encode())
            self._derived[key_id, purpose] = made.derive(self._material(key_id))
        return self._derived[key_id, purpose]

    def all_derived(self, purpose: str) -> list[bytes]:
        """Of every key, the one that seals first."""
        return [self.derived(key.id, purpose) for key in self.keys]

    def _material(self, key_id: str) -> bytes:
        for key in self.keys:
            if key.id == key_id:
                return key.material
        known = ", ".join(repr(key.id) for key in self.keys)
        raise ConfigurationError(
            f"What is kept was sealed by the key {key_id!r}, and the keys that are named here are {known}",
            advice="Put that key back into `secrets.keys`, behind the others, or beside seal.key where it was.",
        )
