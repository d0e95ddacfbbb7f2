"""Which clients may ask: those of the list, those that the owner names, and those that registered themselves where that is on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..address_limit import AddressLimit
from .client_document import NoDocument, client_in, place_of
from .client_registry import ClientRegistry
from .guarded_fetch import GuardedFetch, NotFetched
from .known_clients import KNOWN
from .oauth_client import Client

logger = logging.getLogger(__name__)

KEPT_SECONDS = 3_600.0
MOST_KEPT = 200
FETCHES = 10
"""In a minute, by everybody who has not signed in together."""


@dataclass(frozen=True, slots=True)
class ClientRules:
    """What the owner said about clients."""

    listed: Sequence[Client] = KNOWN
    hosts: frozenset[str] = frozenset()
    """Hosts whose documents are fetched."""
    any_host: bool = False
    registration: bool = False
    schemes: frozenset[str] = frozenset()
    """Private schemes of return addresses, beside those of the list."""


class ClientDirectory:
    def __init__(
        self, rules: ClientRules, registry: ClientRegistry, fetch: GuardedFetch, now: Callable[[], float]
    ) -> None:
        self.rules = rules
        self.registry = registry
        self._fetch = fetch
        self._now = now
        self._listed = {client.id: client for client in rules.listed}
        self._kept: dict[str, tuple[float, Client]] = {}
        self._fetches = AddressLimit(FETCHES, 60, now)

    async def known(self, client_id: str) -> Client | None:
        """Without a look at any other host."""
        if client_id in self._listed:
            return self._listed[client_id]
        until, client = self._kept.get(client_id, (0.0, None))
        if client is not None and until > self._now():
            return client
        return await self.registry.client(client_id) if self.rules.registration else None

    async def found(self, client_id: str) -> Client | None:
        """Where a person begins: a document may be fetched, once the list allows its host."""
        client = await self.known(client_id)
        if client is not None:
            return client
        place = place_of(client_id)
        if place is None or not (self.rules.any_host or place[0] in self.rules.hosts):
            return None
        if not self._fetches.allows("everybody"):
            return None
        host, target = place
        try:
            client = client_in(await self._fetch.json(host, target), client_id, host, self.rules.schemes)
        except (NotFetched, NoDocument) as problem:
            logger.warning("The document of a client at %s cannot be used: %s", host, problem)
            return None
        while len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[client_id] = (self._now() + KEPT_SECONDS, client)
        return client
