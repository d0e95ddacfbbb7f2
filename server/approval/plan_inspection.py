"""What a person has looked at of a plan, and what that leaves to be done before they can agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ..changes.consent.person_consent import ConsentMethod, PersonConsent
from ..changes.display.plan_listing import PAGE, PlanListing
from ..changes.plans.plan import Plan
from ..changes.plans.step import StepKind
from ..policy import ShowAll

EVERY_PAGE = 200
"""Deletes of up to so many records are agreed to only when every page was opened."""


@dataclass
class PlanInspection:
    plan: Plan
    show_all: ShowAll
    size: int = PAGE
    """Records on a page."""
    opened: set[int] = field(default_factory=set[int])
    """The pages of the whole list that were opened."""

    @cached_property
    def listing(self) -> PlanListing:
        return PlanListing(self.plan, self.size)

    @property
    def unopened(self) -> list[int]:
        return [n for n in range(1, self.listing.pages + 1) if n not in self.opened]

    @property
    def seen(self) -> str:
        """What stands beside the button."""
        records, shown = len(self.listing.rows), self.listing.shown_on(self.opened)
        if self.listing.pages == 1:
            return "The record is shown." if records == 1 else f"All {records} records are shown."
        pages = f"{len(self.opened):,} of {self.listing.pages:,} pages opened"
        return f"{pages}, with {shown:,} of {records:,} records."

    @property
    def to_open(self) -> list[int]:
        """The pages that have to be opened before anybody can agree."""
        deletes = any(step.kind is StepKind.DELETE for step in self.plan.steps)
        is_needed = self.show_all is ShowAll.ALWAYS or (
            self.show_all is ShowAll.DELETES and deletes and self.plan.records <= EVERY_PAGE
        )
        return self.unopened if is_needed else []

    @property
    def must_open(self) -> str:
        """The same in words. Empty when none have."""
        left = self.to_open
        if not left:
            return ""
        return f"page {left[0]:,} too" if len(left) == 1 else f"the other {len(left):,} pages too"

    @property
    def must_type(self) -> bool:
        """Whether the number of records has to be typed, since not all of them were seen."""
        return bool(self.unopened)

    def problem(self, typed: str) -> str:
        """Why nobody can agree yet, in a sentence. Empty when they can. `typed` is what was typed as the number of records."""
        match self.fault(typed):
            case "pages":
                return f"Nothing was agreed to: open {self.must_open}."
            case "number":
                return "Nothing was agreed to: the number typed is not the number of records."
            case _:
                return ""

    def fault(self, typed: str) -> Literal["", "pages", "number"]:
        """What is still wrong with an agreement: pages that were not opened, or a number that is not that of the records."""
        if self.to_open:
            return "pages"
        digits = "".join(each for each in typed if each.isdigit())
        return "number" if self.must_type and digits != str(self.plan.records) else ""

    def consent(self, by: str, method: ConsentMethod, typed: str = "") -> PersonConsent:
        pages = tuple(sorted(self.opened))
        return PersonConsent(by, method, self.listing.shown_on(pages), self.listing.pages, pages, typed)
