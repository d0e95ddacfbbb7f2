"""The ways to sign in that a host makes for itself, where its accounts name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.routing import Route

from ..clock import Clock
from ..model import File
from .login import ClarisId, OAuthProviders
from .oauth import OAuth, providers_of

if TYPE_CHECKING:
    from ..cognito.pool import UserPool


@dataclass(frozen=True)
class Identities:
    pool: UserPool | None
    oauth: OAuth | None

    def routes(self) -> list[Route]:
        routes = [] if self.oauth is None else self.oauth.routes()
        if self.pool is not None:
            from ..cognito.wire import routes as pool_routes

            routes += pool_routes(self.pool)
        return routes


def make_identities(
    files: Sequence[File], clock: Clock, claris_id: ClarisId | None, oauth: OAuthProviders | None
) -> Identities:
    """A Claris ID pool for accounts with that identity, and providers for those that name one. None that was given."""
    pool = providers = None
    if oauth is None and (names := providers_of(files)):
        providers = OAuth(clock, names)
    if claris_id is None and any(each.identity == "claris" for file in files for each in file.accounts):
        from .claris_id import claris_pool

        pool = claris_pool(clock, files)
    return Identities(pool, providers)
