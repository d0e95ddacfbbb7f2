"""What one caller gets of the owner's settings: which databases, as which account, under which policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..callers.caller_rule import Role
from ..config.script_settings import LimitSettings
from ..config.settings import Settings
from ..local.places import user_name
from ..policy import Policy
from .owner_policy import policy_of


@dataclass(frozen=True)
class Seat:
    """Two callers never share one. Nothing that holds a policy is kept by less than the whole of it."""

    caller: str
    """As `Caller.id`; over stdio the operating-system user."""
    settings: Settings
    """With the databases of this caller alone, the accounts that act for it, its folder and its time zone."""
    policies: Mapping[str, Policy]
    """By database: what the owner allows, narrowed to this caller."""
    own_accounts: Mapping[str, str] = field(default_factory=dict[str, str])
    """By database, where an account was proved by this caller: whose it is. Its sessions are nobody else's."""
    files_at: str = ""
    """Address at which the caller fetches their files; empty where they lie on their own disk."""
    is_remote: bool = False
    """The caller is not the person at this machine."""
    role: Role = Role.OWNER
    is_unattended: bool = False
    """No person is there: a schedule. What a process of it left is gone on with unasked."""
    limits: LimitSettings | None = None
    """This caller's own share of what may be asked; half of what a database allows where none is given."""
    digest: str = ""
    """Of all that decides what this caller gets. What is kept for one seat is never looked at from another."""

    @property
    def reads_outsiders(self) -> bool:
        """Whatever the settings name: what a remote caller sends in counts as theirs, and others read what becomes of it."""
        return self.is_remote or self.is_unattended

    @staticmethod
    def share_of(sessions: int) -> int:
        """How many sessions of an account one of several callers may have at once."""
        return max(1, sessions // 2)

    @classmethod
    def of_owner(cls, settings: Settings) -> Seat:
        """The person at this machine, with all that the settings allow."""
        policies = {name: policy_of(database) for name, database in settings.database.items()}
        return cls(user_name(), settings, policies)
