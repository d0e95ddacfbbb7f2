"""The settings of a user pool, and the switches that a test may turn while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class Identity:
    """Which pool and client answer. The defaults are Claris' own (section 1, H)."""

    pool_id: str = "us-west-2_NqkuZcXQY"
    client_id: str = "4l9rvl4mv5es1eep1qe97cautn"

    @property
    def region(self) -> str:
        return self.pool_id.partition("_")[0]

    @property
    def pool_name(self) -> str:
        """What the proof is signed over: the part after the underscore."""
        return self.pool_id.partition("_")[2]

    @property
    def aws_issuer(self) -> str:
        """The issuer that clients expect who were not told of another endpoint."""
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.pool_id}"


@dataclass
class PoolSwitches:
    """Mutable on purpose: a test turns one in the middle of a client's life."""

    id_token_life: timedelta = timedelta(hours=1)
    """Section 1, H."""
    refresh_token_life: timedelta = timedelta(days=365)
    """A year by Claris' help today, three by an older article (section 1)."""
    session_life: timedelta = timedelta(minutes=3)
    """How long a challenge may wait for its answer (section 4, M)."""
    code_life: timedelta = timedelta(minutes=3)
    code_tries: int = 3
    skew: timedelta = timedelta(minutes=5)
    """How far a client's clock may be off (section 1, M). Further off looks like a wrong password."""
    clock_offset: timedelta = timedelta()
    """A wrong clock on the pool's side: its `Date` header, signatures and token times move with it."""
    hides_unknown_users: bool = True
    """An unknown user is asked for a proof and refused like a wrong password (section 1)."""
    reports_lock_at_start: bool = False
    """Where `Password attempts exceeded` shows is not recorded: at the proof (default), or before it [I]."""
    rotation: bool = False
    """Refresh tokens are replaced at each use. Apparently off at Claris (section 1, M)."""
    rotation_grace: timedelta = timedelta()
    """How long a replaced token still serves, also several times."""
    remembers_devices: bool = False
    """Tokens are bound to the device that they were given to, and refreshed under its key alone. Apparently off (section 1, M)."""
    password_sign_in: bool = True
    """Whether the client may use `USER_SRP_AUTH` at all."""
    distinguishes_case: bool = False
    """Whether `Ada@example.com` and `ada@example.com` are two people."""
    not_admitted: set[str] = field(default_factory=set[str])
    """Claris IDs whose good id tokens hosts refuse all the same, as reported of people who never signed in by browser."""
    at_hash: bool = False
    """Put `at_hash` into id tokens, on which pycognito stumbles (section 2)."""
    blocks_place: bool = False
    """Refuse every right password "for security reasons", as from an unknown place (section 1)."""
    security_message: str = "Unable to login because of security reasons."
    """The other recorded wording is `Request not allowed due to security reasons.`"""
