"""Claris ID for an emulated FileMaker Cloud: a user pool whose people are the solution's Claris ID accounts."""

from __future__ import annotations

from collections.abc import Iterable

from ..clock import Clock
from ..cognito.pool import UserPool
from ..cognito.pool_switches import Identity, PoolSwitches
from ..cognito.users import User
from ..model import File

IDENTITY = "claris"


def claris_pool(
    clock: Clock,
    files: Iterable[File] = (),
    users: Iterable[User] = (),
    *,
    identity: Identity | None = None,
    switches: PoolSwitches | None = None,
    issuer: str | None = None,
) -> UserPool:
    """A pool with one person for each account "authenticated via Claris ID", and the users given beside them.

    A user given here replaces an account's person of the same name; that is how one gets a second step or a state.
    """
    pool = UserPool(clock, identity, switches, issuer)
    for file in files:
        for account in file.accounts:
            if account.identity == IDENTITY:
                pool.add(User(account.name, account.password))
    for user in users:
        pool.add(user)
    return pool
