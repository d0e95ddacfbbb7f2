"""What is kept of a Claris ID between runs: the refresh token, the pool that gave it, and the device it is bound to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..clock import Clock
from ..process_lock import ProcessLock
from ..saved_login import SavedLogins
from .cognito import Device, UserPool

TOKEN = re.compile(r"[A-Za-z0-9\-_=.~+/]+")
"""Amazon documents `[A-Za-z0-9-_=.]+` (TokenModelType). What holds anything else was damaged on its way."""
SENT_CODES = frozenset({"SMS_MFA", "EMAIL_OTP"})
"""Second steps whose question alone sends a message."""


@dataclass(frozen=True, slots=True)
class KeptSignIn:
    """A refresh token is good for one client of one pool, and where the pool remembers devices for one device."""

    pool: UserPool
    refresh_token: str = field(repr=False)
    device: Device | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """For another machine: the token, and the device that it is bound to."""
        return f"{self.refresh_token}#{self.device.key}" if self.device else self.refresh_token


def brought(text: str, pool: UserPool) -> KeptSignIn | None:
    """A sign-in from `KeptSignIn.text`. None for a text that cannot be one."""
    token, _, device = text.strip().partition("#")
    if not TOKEN.fullmatch(token):
        return None
    return KeptSignIn(pool, token, Device(device) if device else None)


class KeptSignIns:
    """The one kept sign-in of a Claris ID. It is found again whatever pool is Claris' own by then. Only where the settings
    name a pool, the sign-in must be of that pool."""

    def __init__(self, saved: SavedLogins, user: str, pool: UserPool, *, pool_is_named: bool) -> None:
        self._saved = saved
        self._user = user
        self._pool = pool
        self._pool_is_named = pool_is_named
        place = f" at {pool.endpoint}" if pool.endpoint else ""
        self._name = f"Claris ID {user.casefold()}{place}"
        self._own_name = f"{self._name} of {pool.pool_id} {pool.client_id}" if pool_is_named else self._name

    def read(self) -> KeptSignIn | None:
        own = self._read(self._own_name)
        if own is None and self._pool_is_named:
            of_all = self._read(self._name)
            own = of_all if of_all is not None and of_all.pool == self._pool else None
        return own

    def write(self, sign_in: KeptSignIn) -> bool:
        """Whether it is kept now."""
        device = sign_in.device
        bound = (
            {"device_key": device.key, "device_group": device.group, "device_password": device.password}
            if device
            else {}
        )
        return self._saved.write(
            self._own_name,
            {
                "user": self._user,
                "pool_id": sign_in.pool.pool_id,
                "client_id": sign_in.pool.client_id,
                "refresh_token": sign_in.refresh_token,
                **bound,
            },
        )

    def delete(self) -> bool:
        """Whether there was anything. What else is known of the Claris ID goes too."""
        sign_in = self.read()
        if sign_in is not None:
            self.forget(sign_in.refresh_token)
        self._saved.delete(f"{self._own_name}, second step")
        return sign_in is not None

    def forget(self, refresh_token: str) -> None:
        """Delete a sign-in that is over, unless another one took its place meanwhile."""
        for name in {self._own_name, self._name}:
            kept = self._read(name)
            if kept is not None and kept.refresh_token == refresh_token:
                self._saved.delete(name)

    def asked_for(self) -> str:
        """The second step that the last proof of the password led to, if asking for it sends a message."""
        return (self._saved.read(f"{self._own_name}, second step") or {}).get("kind", "")

    def note_asked_for(self, kind: str) -> None:
        """So that a later start does not send the person another message that nobody can answer there."""
        name = f"{self._own_name}, second step"
        if kind in SENT_CODES:
            self._saved.write(name, {"user": self._user, "kind": kind})
        else:
            self._saved.delete(name)

    def lock(self, clock: Clock) -> ProcessLock:
        """For renewing it: a pool that replaces refresh tokens would end the sign-in of two that renew at once."""
        return ProcessLock(self._saved.lock_file(self._own_name), clock)

    def _read(self, name: str) -> KeptSignIn | None:
        values = self._saved.read(name) or {}
        token, pool_id, client_id = (values.get(key, "") for key in ("refresh_token", "pool_id", "client_id"))
        if not TOKEN.fullmatch(token) or "_" not in pool_id or not client_id:
            return None
        device = None
        if values.get("device_key"):
            device = Device(
                values["device_key"], values.get("device_group", ""), values.get("device_password", "")
            )
        return KeptSignIn(UserPool(pool_id, client_id, self._pool.endpoint), token, device)
