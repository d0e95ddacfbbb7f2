"""What one person may do about one plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum

from ..changes.plans.plan_seal import Named
from .grants.grant import Person


class AgreementRight(StrEnum):
    NONE = "none"
    """It is as one that is not there."""
    OWN = "own"
    """They asked for it, and agree to it."""
    LOOKS = "looks"
    """They asked for it, and somebody else has to agree."""
    NOBODYS = "nobody's"
    """A key for which nobody answers asked for it, and where two have to agree it may be this person who holds it."""
    STOPPED = "stopped"
    """They might agree, had the owner not stopped changes for them."""
    ENDED = "ended"
    """They might agree, were whoever asked not stopped, or ended, since."""
    SEES_WHOLE = "sees whole"
    """They answer for whoever asked, and see all of it by their own policy."""
    SEES_ALL = "sees all"
    """They answer for whoever asked, and see every value because the owner says so."""

    @property
    def may_agree(self) -> bool:
        return self in (AgreementRight.OWN, AgreementRight.SEES_WHOLE, AgreementRight.SEES_ALL)


RightOf = Callable[[Person, Named], Awaitable[AgreementRight]]
