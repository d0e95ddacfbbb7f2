"""Who may look at whose plans and agree to them, as the owner's roles, accounts and persons say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from ....tools._call import Workspace
from ...authorization.agreement_right import AgreementRight
from ...authorization.grants.grant import Person
from ...callers.caller_identity import Identity
from ...callers.caller_rule import Role, caller_id
from ...changes.display.disclosure import Disclosure
from ...changes.plans.plan_seal import Named
from ...changes.plans.stored_plans import Filed
from ...errors import FilemakerMcpError, Forbidden
from ..seat import Seat
from .caller_seats import CallerSeats
from .persons import Persons

MOST_KNOWN = 500

Opened = Callable[[Identity, str], Awaitable[Workspace]]


@dataclass(frozen=True, slots=True)
class Approver:
    """A person in front of a page, with what the owner gives them."""

    person: Person
    identity: Identity
    seat: Seat
    role: Role

    def database_of(self, plan: Named) -> str | None:
        """The name of the plan's database among theirs."""
        named = self.seat.settings.database.items()
        return next((name for name, each in named if each.identity == plan.database), None)


class Approvers:
    def __init__(
        self,
        seats: CallerSeats,
        files: Callable[[], Filed],
        opened: Opened,
        persons: Persons,
        *,
        see_all: bool,
    ) -> None:
        """`opened` gives a database of a caller in use. `see_all`: approvers see every value, whatever their own policy hides."""
        self._seats = seats
        self._files = files
        self._opened = opened
        self._persons = persons
        self._see_all = see_all
        self._known: dict[tuple[str, str, str], bool] = {}

    async def approver(self, person: Person, identity: Identity) -> Approver:
        """Raises Forbidden for whoever the owner gives nothing."""
        seat = await self._seats(identity)
        # A FileMaker account may be shared: nobody's own word stands behind it.
        role = Role.USER if person.way == "account" else seat.role
        return Approver(person, identity, seat, role)

    async def right(self, person: Person, identity: Identity, plan: Named) -> AgreementRight:
        try:
            right = await self._right(person, identity, plan)
            if right.may_agree and await self._seats.is_stopped(identity):
                return AgreementRight.STOPPED
        except Forbidden:  # the owner gives them nothing, or no more since a moment ago
            return AgreementRight.NONE
        asker = plan.who.caller
        if right.may_agree and (
            await self._seats.is_ended(asker) or await self._persons.is_ended_key(asker.id)
        ):
            return AgreementRight.ENDED
        return right

    async def _right(self, person: Person, identity: Identity, plan: Named) -> AgreementRight:
        """Raises Forbidden as `approver`."""
        approver = await self.approver(person, identity)
        if caller_id(identity) in await self._persons.behind(plan.who.caller.id):
            return AgreementRight.LOOKS if await self._four_eyes(plan) else AgreementRight.OWN
        if approver.role is Role.USER or approver.database_of(plan) is None:
            return AgreementRight.NONE
        if not self._see_all and not await self._shows(approver, plan):
            return AgreementRight.NONE
        is_nobodys = approver.role is not Role.OWNER and await self._persons.is_nobodys(plan.who.caller.id)
        if is_nobodys and await self._four_eyes(plan):
            return AgreementRight.NOBODYS
        return AgreementRight.SEES_ALL if self._see_all else AgreementRight.SEES_WHOLE

    def databases_of(self, approver: Approver) -> Sequence[str]:
        """As plans name them: those of which the person sees every change of everybody."""
        if approver.role is Role.USER or not self._see_all:
            return ()
        return tuple(each.identity for each in approver.seat.settings.database.values())

    async def callers_of(self, approver: Approver) -> Sequence[str] | None:
        """For whom they may answer at all: other names of theirs and keys that are theirs; None, for approvers: anybody."""
        if approver.role is not Role.USER:
            return None
        return await self._persons.beside(caller_id(approver.identity))

    async def _four_eyes(self, plan: Named) -> bool:
        agreements, _ = await self._files().change(plan.id)
        return (await agreements.plan(plan.id)).four_eyes

    async def _shows(self, approver: Approver, plan: Named) -> bool:
        """Whether their own policy and their own FileMaker account show all that the plan holds."""
        name = approver.database_of(plan)
        key = (plan.id, plan.digest, approver.seat.digest)
        if key not in self._known:
            try:
                agreements, _ = await self._files().change(plan.id)
                workspace = await self._opened(approver.identity, name or "")
                plan = await agreements.plan(plan.id)
                is_same = workspace.account == plan.who.caller.account
                shows = await Disclosure(workspace.database).shows(plan, is_same_account=is_same)
            except FilemakerMcpError:  # the host is away, or the layout is none of theirs
                return False
            while len(self._known) >= MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[key] = shows
        return self._known[key]


@dataclass(frozen=True)
class ApproverSight:
    """What one person sees in the lists of the pages."""

    approvers: Approvers
    approver: Approver

    @property
    def databases(self) -> Sequence[str]:
        return self.approvers.databases_of(self.approver)

    @property
    def is_owner(self) -> bool:
        return self.approver.role is Role.OWNER

    async def callers(self) -> Sequence[str] | None:
        return await self.approvers.callers_of(self.approver)

    async def answers_for(self, glance: Named) -> bool:
        right = await self.approvers.right(self.approver.person, self.approver.identity, glance)
        return right is not AgreementRight.NONE
