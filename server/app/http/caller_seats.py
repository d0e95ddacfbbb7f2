"""What each caller gets: the owner's entry that matches, the accounts, the policy narrowed to their claims and to their token."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import cast

from ...authorization.grants.revocations import Revoked
from ...caller import Caller, parts_of
from ...callers.caller_identity import Identity
from ...callers.caller_rule import CallerRule, Role, caller_id, literal, rule_for
from ...callers.halts import WITHOUT_WRITES, Halt, Halts
from ...callers.own_accounts import OwnAccount, OwnAccounts
from ...callers.scopes import access_by, may_run_scripts
from ...config.access_settings import ScopeSettings
from ...config.caller_settings import CLAIM, CONFIGURED, OWN, CallerSettings, PolicySettings
from ...config.database_settings import DatabaseSettings
from ...config.settings import Settings
from ...config.strict_settings import Secret
from ...errors import Forbidden
from ...local.file_names import safe_name
from ...local.places import files_folder
from ...policy import Narrowing, ScopeRule, narrowed
from ...text.near_names import folded
from ..owner_policy import narrowing_of, policy_of, scope_rule
from ..seat import Seat

MOST_REMEMBERED = 2_000
Facts = tuple[Identity, Mapping[str, OwnAccount], bool, frozenset[str]]
"""Who it is, with which accounts, whether nothing is stopped for them, and the databases whose account was ended."""
AreEnded = Callable[[Sequence[tuple[Revoked, str]]], Awaitable[bool]]


class CallerSeats:
    """Raises Forbidden for whoever matches nothing, and for a token that lacks what a scope needs."""

    def __init__(self, settings: Settings, own: OwnAccounts, halts: Halts, are_ended: AreEnded) -> None:
        self._own = own
        self._are_ended = are_ended
        self._halts = halts
        self._seats: dict[tuple[object, ...], tuple[Facts, Seat]] = {}
        self.take(settings)

    def take(self, settings: Settings) -> None:
        """These are in force from now on."""
        self._settings = settings
        self._seats.clear()
        self._rules = tuple(
            _rule(each, number, tuple(settings.database)) for number, each in enumerate(settings.callers)
        )

    def same_person(self, named: str) -> frozenset[str]:
        """All callers that the owner says are one person with this one, itself included. The person may be named as in [persons],
        too; nobody for a name that is not there."""
        persons = self._settings.persons.items()
        same = (caller for name, ids in persons if named == name or named in ids for caller in ids)
        return frozenset(same) | ({named} if parts_of(named) is not None else set[str]())

    def called(self, caller: str) -> str:
        """How pages name a caller: as the owner does in [persons], else by the subject alone where this server itself says who it
        is, else whole."""
        named = next((name for name, ids in self._settings.persons.items() if caller in ids), "")
        parts = parts_of(caller)
        is_ours = parts is not None and parts[0] == self._settings.http.public_url
        return named or (parts[1] if parts is not None and is_ours else caller)

    def role_of(self, identity: Identity) -> Role:
        """Raises Forbidden for whoever matches no entry."""
        return rule_for(self._rules, identity).role

    async def let_in(self, identity: Identity) -> tuple[CallerRule, Halt | None]:
        """The entry that matches, and what is stopped of it. Raises Forbidden where all is."""
        rule = rule_for(self._rules, identity)
        halt = await self._halts.of(caller_id(identity))
        if halt is not None and halt.is_whole:
            raise Forbidden(f"The owner has stopped this server for you. {halt.reason}".rstrip())
        return rule, halt

    async def is_stopped(self, identity: Identity) -> bool:
        """Whether the owner has stopped changes for them, or all. Raises Forbidden as `rule_for`."""
        rule_for(self._rules, identity)
        return await self._halts.of(caller_id(identity)) is not None

    async def is_ended(self, caller: Caller) -> bool:
        """Whether the owner has stopped changes for whoever asked for something, or ended them or the account by which they work."""
        if await self._halts.of(caller.id) is not None:
            return True
        return await self._are_ended([(Revoked.CALLER, caller.id), (Revoked.ACCOUNT, folded(caller.account))])

    async def own_accounts(self, identity: Identity) -> Mapping[str, frozenset[str] | None]:
        """By database in which somebody acts as an account of their own: what it may be called, folded; None: whatever they prove.
        Nothing for whoever is let in nowhere."""
        try:
            rule, _ = await self.let_in(identity)
            return self._linked(rule, identity)
        except Forbidden:
            return {}

    def databases_of(self, identity: Identity) -> Collection[str]:
        """What the owner gives them, by name, stopped or not; nothing for whoever matches no entry."""
        try:
            return rule_for(self._rules, identity).accounts
        except Forbidden:
            return ()

    def _linked(self, rule: CallerRule, identity: Identity) -> Mapping[str, frozenset[str] | None]:
        """Raises Forbidden for a token that lacks what an account has to be called."""
        wanted = rule.own_account
        names = None if wanted is None else frozenset(map(folded, _values(wanted, identity)))
        return {name: names for name, how in rule.accounts.items() if how == OWN}

    async def __call__(self, identity: Identity) -> Seat:
        while True:
            settings = self._settings
            rule, halt = await self.let_in(identity)
            own = {
                name: account
                for name, names in self._linked(rule, identity).items()
                if (account := await self._own.account(identity, name)) is not None
                and (names is None or folded(account.account) in names)
            }
            ended = await self._ended(settings, rule, own)
            if settings is self._settings:  # else a seat of before would be kept beside the new rules
                break
        facts = (identity, own, halt is None, ended)
        place = (
            identity.issuer,
            identity.subject,
            identity.grant,
            identity.client,
            identity.scopes,
            identity.authenticated_at,
        )
        known = self._seats.get(place)
        if known is not None and known[0] == facts:
            return known[1]
        if len(self._seats) >= MOST_REMEMBERED:
            self._seats.clear()
        seat = self._made(identity, rule, own, ended, is_halted=halt is not None)
        self._seats[place] = facts, seat
        return seat

    async def _ended(
        self, settings: Settings, rule: CallerRule, own: Mapping[str, OwnAccount]
    ) -> frozenset[str]:
        """The databases in which an account that would act was ended."""
        ended: set[str] = set()
        for name, how in rule.accounts.items():
            accounts = _database(settings, name, how, own).accounts if how != OWN or name in own else ()
            if await self._are_ended([(Revoked.ACCOUNT, folded(account)) for account in accounts]):
                ended.add(name)
        return frozenset(ended)

    def _made(
        self,
        identity: Identity,
        rule: CallerRule,
        own: Mapping[str, OwnAccount],
        ended: frozenset[str],
        *,
        is_halted: bool,
    ) -> Seat:
        caller, given = caller_id(identity), identity.databases

        def is_given(name: str) -> bool:
            return given is None or name in given

        databases = {
            name: _database(self._settings, name, how, own)
            for name, how in rule.accounts.items()
            if (how != OWN or name in own) and name not in ended and is_given(name)
        }
        if not databases and not any(map(is_given, rule.accounts)):
            raise Forbidden(
                "The program was let in before you were given what you have here",
                advice="Connect it again in your assistant, and allow it anew.",
            )
        if not databases and ended:
            raise Forbidden("The owner of this server has ended the account by which you work here")
        if not databases:
            raise Forbidden(
                "None of your accounts is known here",
                advice="Sign in to a database on this server's page, then try again.",
            )
        rule_settings = self._settings.callers[rule.number]
        policy = None if rule.policy is None else self._settings.policies[rule.policy]
        by = Narrowing() if policy is None else narrowing_of(policy, _scope(policy, identity))
        runs = may_run_scripts(identity.scopes) and not is_halted
        token = (
            WITHOUT_WRITES
            if is_halted
            else Narrowing(access=access_by(identity.scopes), scripts=None if runs else frozenset())
        )
        runs_books = runs and (policy is None or policy.runbooks)
        settings = self._settings.model_copy(
            update={
                "database": databases,
                "files_folder": (self._settings.files_folder or files_folder()) / folder_name(caller),
                "runbooks": self._settings.runbooks if runs_books else None,
                "time_zone": rule.time_zone or self._settings.time_zone,
                "approval_page": False,
            }
        )
        policies = {name: narrowed(narrowed(policy_of(each), by), token) for name, each in databases.items()}
        whose = {name: caller for name, how in rule.accounts.items() if how == OWN and name in own}
        seat = Seat(
            caller,
            settings,
            policies,
            whose,
            files_at=f"{self._settings.http.public_url}/files" if self._settings.http.public_url else "",
            is_remote=True,
            role=rule.role,
            limits=rule_settings.limits,
        )
        return replace(seat, digest=_digest([caller, policies, databases, rule, own, settings.runbooks]))


def _database(settings: Settings, name: str, how: str, own: Mapping[str, OwnAccount]) -> DatabaseSettings:
    database = settings.database[name]
    if how == CONFIGURED:
        return database
    if how == OWN:
        secret = Secret.model_validate({"value": own[name].password})
        return database.model_copy(update={"account": own[name].account, "password": secret})
    named = settings.accounts[how]
    return database.model_copy(update={"account": named.account, "password": named.secret})


def folder_name(caller: str) -> str:
    """A folder that no other caller has: readable, and told apart by a digest of the whole."""
    readable = safe_name(caller.rpartition("|")[2])[:40]
    return f"{readable}-{hashlib.sha256(caller.encode()).hexdigest()[:16]}"


def _rule(settings: CallerSettings, number: int, databases: tuple[str, ...]) -> CallerRule:
    match = settings.match
    accounts = settings.accounts if settings.accounts is not None else dict.fromkeys(databases, CONFIGURED)
    return CallerRule(
        number=number,
        issuer=match.issuer,
        subject=match.subject,
        claim=match.claim,
        has=match.has,
        accounts=dict(accounts),
        policy=settings.policy,
        role=Role(settings.role),
        time_zone=settings.time_zone,
        own_account=settings.own_account,
    )


def _scope(policy: PolicySettings, identity: Identity) -> Mapping[str, ScopeRule] | None:
    if policy.scope is None:
        return None
    return {layout: scope_rule(_filled(rule, identity)) for layout, rule in policy.scope.items()}


def _filled(rule: ScopeSettings, identity: Identity) -> ScopeSettings:
    """With the caller's own values. They are compared as they are: nothing in them is an operator of a find."""
    where = {
        name: tuple(each for value in values for each in _values(value, identity))
        for name, values in rule.where.items()
    }
    return rule.model_copy(update={"where": where})


def _values(value: str, identity: Identity) -> tuple[str, ...]:
    claim = CLAIM.fullmatch(value)
    return (value,) if claim is None else literal(claim[1], identity)


def _digest(value: object) -> str:
    """Of values of ours, whatever order their tables and sets are in."""
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_plain(getattr(value, each.name)) for each in fields(value))]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in cast("Mapping[object, object]", value).items()}
    if isinstance(value, frozenset | set):
        return sorted(str(each) for each in cast("frozenset[object]", value))
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[object]", value)]
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
