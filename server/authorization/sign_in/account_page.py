"""The page on which a FileMaker account's password is typed, and how it is proved: with one sentence and one time for every
refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from starlette.requests import Request
from starlette.responses import Response

from ...text.near_names import folded
from ...text.sentence import marked
from ..address_limit import AddressLimit
from ..not_proved import NotProved
from ..page_frame import PageFrame
from .account_tries import AccountTries

REFUSAL_SECONDS = 2.5
LONGEST = 1_000
REFUSED = marked(
    "This account and password do not sign in here, or were tried too often. Nothing was allowed."
)

AccountProof = Callable[[str, str, str], Awaitable[bool]]
"""Whether FileMaker lets an account in: database, account, password. Raises NotProved."""


@dataclass(frozen=True, slots=True)
class AccountRules:
    databases: Mapping[str, str]
    """Name -> host and file, which tell one account from another of the same name."""
    denied: frozenset[str]
    """Account names, folded."""
    networks: Sequence[str] = ()
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    database: str
    account: str
    password: str

    @property
    def folded(self) -> str:
        """One account in each of its spellings: whoever was ended under one is not let in by another."""
        return folded(self.account)


class AccountPage:
    def __init__(
        self, rules: AccountRules, proof: AccountProof, tries: AccountTries, frame: PageFrame, limit: AddressLimit,
        steady: Callable[[], float], sleep: Callable[[float], Awaitable[None]],
    ) -> None:  # fmt: skip
        self.rules = rules
        self.tries = tries
        self._proof = proof
        self._frame = frame
        self._limit = limit
        self._steady = steady
        self._sleep = sleep
        self._networks = [ip_network(each) for each in rules.networks]

    def is_reached(self, request: Request) -> bool:
        """From a network that the owner named."""
        if self.rules.anywhere:
            return True
        try:
            address = ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def shown(
        self, asked: Request, action: str, databases: Sequence[str], *, request: str = "", who: str = "", typed: Typed | None = None,
        problem: str = "", forms_to: str = "",
    ) -> Response:  # fmt: skip
        return self._frame.page(
            asked,
            "account.html", 422 if problem else 200, forms_to=forms_to, action=action, request=request, who=who,
            databases=databases, chosen=typed.database if typed else "",
            account=typed.account if typed else "", problem=problem,
        )  # fmt: skip

    def elsewhere(self, request: Request) -> Response:
        return self._frame.message(
            request,
            403,
            marked("Not from here"),
            marked("Passwords are typed only within the company's network. Nothing was allowed."),
        )

    def typed_in(self, form: Mapping[str, str], databases: Sequence[str]) -> Typed:
        database = form.get("database", databases[0] if len(databases) == 1 else "")
        return Typed(database, form.get("account", "")[:LONGEST], form.get("password", "")[:LONGEST])

    async def is_proved(self, request: Request, typed: Typed, *, is_theirs: bool = True) -> bool:
        """An account that is none of theirs is refused as a wrong password is, and nobody is asked. Raises NotProved, also after the
        same time."""
        began = self._steady()
        try:
            proved = is_theirs and await self._asked(request, typed)
        except NotProved:
            await self._sleep(max(0.0, REFUSAL_SECONDS - (self._steady() - began)))
            raise
        if not proved:
            await self._sleep(max(0.0, REFUSAL_SECONDS - (self._steady() - began)))
        return proved

    def key_of(self, typed: Typed) -> str:
        return f"{self.rules.databases[typed.database]}/account/{typed.folded}"

    async def _asked(self, request: Request, typed: Typed) -> bool:
        address = request.client.host if request.client else ""
        if typed.database not in self.rules.databases or not typed.account or not typed.password:
            return False
        if typed.folded in self.rules.denied or not self._limit.allows(address):
            return False
        key = self.key_of(typed)
        browser = self.tries.browser_of(request, key)
        if not await self.tries.may(key, browser) or await self.tries.was_refused(key, typed.password):
            return False
        if await self._proof(typed.database, typed.account, typed.password):
            await self.tries.worked(key, browser)
            return True
        await self.tries.refused(key, typed.password)
        return False
