"""Which fields of one database hold text of outsiders: those that the owner names, and those into which it was carried."""

from __future__ import annotations

from dataclasses import replace

from ...policy import Policy
from ...policy.rules import EVERY
from .carried_text import CarriedText


class UntrustedFields:
    def __init__(self, policy: Policy, carried: CarriedText | None) -> None:
        """`carried` is None where nobody reads text of outsiders."""
        self._policy = policy
        self._carried = carried
        self._joined = policy
        self._names = frozenset[str]()

    @property
    def policy(self) -> Policy:
        """The owner's, with every such field among `untrusted_fields`."""
        names = frozenset[str]() if self._carried is None else self._carried.names
        if names != self._names:
            rules = self._policy.untrusted_fields
            joined = {**rules, EVERY: rules.get(EVERY, frozenset()) | names} if names else rules
            self._joined, self._names = replace(self._policy, untrusted_fields=joined), names
        return self._joined
