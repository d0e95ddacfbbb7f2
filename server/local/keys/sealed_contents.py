"""Contents of records, sealed by a key of their own for each record. Where that key is destroyed, all that it sealed is gone."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..state.state import Question, Row, Transaction
from .key_ring import LENGTH, KeyRing
from .sealed_box import BrokenBox, Place, cipher, key_of, opened, sealed
from .sealed_column import DATA_KEY

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AT_ONCE = 500
"""Subjects that one statement asks for."""
JOINED = "data_key.id AS key_id, data_key.box AS key_box"
"""What a statement selects beside a box, with `LEFT JOIN data_key ON data_key.id = TABLE.key`."""


DIGESTS = "digests"
"""The id of the key of digests."""
USERS = ("image", "item", "step", "plan", "kept_file", "held", "left_item")
"""Tables whose boxes are sealed by keys of subjects, which they name in the column `key`."""
KNOWN = 1_000
"""Keys that are kept unsealed, since a record is mostly looked at several times."""


@dataclass(frozen=True, slots=True)
class DataKey:
    id: str
    cipher: AESGCM = field(repr=False)


class Contents:
    """Seals and opens; the keys stand in the state, sealed by the ring, which is outside it."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._sealer = DATA_KEY.sealer(ring)
        self._known: dict[str, DataKey] = {}

    def wanted(self, database: str, subjects: Iterable[str]) -> list[Question]:
        """Asks for the keys of subjects: records, or whatever else holds contents."""
        parts = _parts(list(dict.fromkeys(subjects)))
        return [
            (
                f"SELECT subject, {JOINED} FROM data_key WHERE database = ? AND subject IN ({', '.join('?' * len(part))})",
                (database, *part),
            )
            for part in parts
        ]

    def keys(
        self, transaction: Transaction, database: str, subjects: Iterable[str], known: Iterable[Row]
    ) -> dict[str, DataKey]:
        """Of each subject: the one that is `known` from the answers to `wanted`, in this transaction, or a new one."""
        keys = {str(row["subject"]): self.key(row) for row in known}
        new: list[tuple[str, str, str, bytes]] = []
        for subject in subjects:
            if subject not in keys:
                key_id, secret = secrets.token_hex(8), secrets.token_bytes(LENGTH)
                keys[subject] = DataKey(key_id, cipher(secret))
                new.append((key_id, database, subject, self._sealer.seal(secret, _place(key_id))))
        transaction.put_many("INSERT INTO data_key (id, database, subject, box) VALUES (?, ?, ?, ?)", new)
        return keys

    def new_key(self, transaction: Transaction, database: str, subject: str) -> DataKey:
        """For a subject that has none yet."""
        return self.keys(transaction, database, (subject,), ())[subject]

    def key(self, row: Row) -> DataKey:
        """As `JOINED` tells it. Raises BrokenBox."""
        box, key_id = row["key_box"], str(row["key_id"])
        if not isinstance(box, bytes):
            raise BrokenBox(("the key of", key_id))
        if key_id not in self._known:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[key_id] = DataKey(key_id, cipher(self._sealer.open(box, _place(key_id))))
        return self._known[key_id]

    async def digest_key(self, transaction: Transaction) -> bytes:
        """By which digests over contents are keyed: one for all that the state holds, made when there is none. It outlives the
        keys outside, so that the same question stays the same."""
        row = await transaction.row("SELECT box FROM data_key WHERE id = ?", DIGESTS)
        if row is not None:
            return self._sealer.open(bytes(row["box"]), _place(DIGESTS))
        secret = secrets.token_bytes(LENGTH)
        transaction.put(
            "INSERT INTO data_key (id, database, subject, box) VALUES (?, '', '', ?)",
            DIGESTS, self._sealer.seal(secret, _place(DIGESTS)),
        )  # fmt: skip
        return secret

    async def destroy_unused(self, transaction: Transaction, key_ids: Iterable[str]) -> int:
        """Of the keys, those by which nothing is sealed any more are gone for good; how many. The only place where keys end."""
        unused = set(key_ids) - {"", DIGESTS}
        for table in USERS:
            for part in _parts(sorted(unused)):
                marks = ", ".join("?" * len(part))
                rows = await transaction.rows(
                    f"SELECT DISTINCT key FROM {table} WHERE key IN ({marks})", *part
                )
                unused -= {str(row["key"]) for row in rows}
        transaction.put_many("DELETE FROM data_key WHERE id = ?", [(key_id,) for key_id in unused])
        for key_id in unused:
            self._known.pop(key_id, None)
        return len(unused)

    def seal(self, key: DataKey, content: bytes, place: Place) -> bytes:
        return sealed(key.cipher, key.id, content, place)

    def seal_text(self, key: DataKey, text: str, place: Place) -> bytes:
        return self.seal(key, text.encode("utf-8", "surrogatepass"), place)

    def open(self, row: Row, box: object, place: Place) -> bytes:
        """`row` has what `JOINED` selects. Raises BrokenBox, also for what another key has sealed, and for what is no box at all."""
        key = self.key(row)
        if not isinstance(box, bytes) or key_of(box) != key.id:
            raise BrokenBox(place)
        return opened(key.cipher, box, place)

    def text(self, row: Row, box: object, place: Place) -> str:
        return self.open(row, box, place).decode("utf-8", "surrogatepass")


def _parts(each: Sequence[str]) -> list[Sequence[str]]:
    return [each[start : start + AT_ONCE] for start in range(0, len(each), AT_ONCE)]


def _place(key_id: str) -> Place:
    return (DATA_KEY.table, DATA_KEY.column, key_id)


def place_of(table: str, column: str, *key: object) -> tuple[str, ...]:
    """Where a box belongs."""
    return (table, column, *map(str, key))
