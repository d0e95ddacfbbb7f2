"""Keys for contents of before they were sealed, one for each record."""

from __future__ import annotations

from ...local.keys.sealed_contents import DataKey
from ...local.state.state import Transaction
from ..plans.plan_seal import Seal


class EarlierKeys:
    """One for each subject of a database."""

    def __init__(self, transaction: Transaction, seal: Seal) -> None:
        self._transaction = transaction
        self._contents = seal.contents
        self._keys: dict[tuple[str, str], DataKey] = {}
        self.subjects: dict[tuple[str, int, int], str] = {}
        """Of an item of a plan."""

    def of(self, database: str, subject: str) -> DataKey:
        if (database, subject) not in self._keys:
            self._keys[database, subject] = self._contents.new_key(self._transaction, database, subject)
        return self._keys[database, subject]
