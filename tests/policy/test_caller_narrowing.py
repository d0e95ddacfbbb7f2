"""A policy narrowed to a caller never allows what the owner's does not, whatever the narrowing says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from filemaker_mcp.server.dataapi.layout_meta import FieldMeta, LayoutMeta
from filemaker_mcp.server.policy import (
    Access,
    Approval,
    Narrowing,
    Policy,
    RecordEffect,
    ScopeRule,
    ScriptEffect,
    ScriptRule,
    is_visible,
    may_read,
    may_run,
    may_write,
    narrowed,
)
from filemaker_mcp.server.policy.access import unwritable
from filemaker_mcp.server.policy.rules import approval_on

LAYOUTS = ("Jobs", "Tasks", "Staff", "jobs")
FIELDS = ("ID", "Pay", "Staff::Pay", "Tasks::Text", "pay(2)")
META = tuple(
    LayoutMeta(
        name,
        {field: FieldMeta(field, "text") for field in FIELDS},
        portals={},
        value_lists={},
        homes={"staff": ("Staff",), "tasks": ("Tasks",)},
    )
    for name in LAYOUTS
)
names = st.dictionaries(st.sampled_from((*LAYOUTS, "*")), st.frozensets(st.sampled_from(FIELDS)), max_size=3)
levels = st.dictionaries(st.sampled_from(LAYOUTS), st.sampled_from(Access), max_size=3)
layouts = st.none() | st.frozensets(st.sampled_from(LAYOUTS))
approvals = st.dictionaries(st.sampled_from(LAYOUTS), st.sampled_from(Approval), max_size=2)
rules = st.builds(
    ScopeRule,
    where=st.dictionaries(st.just("ID"), st.sampled_from((("1",), ("1", "2"), ("3",))), min_size=1),
    key=st.just("ID"),
    writable=st.frozensets(st.sampled_from(FIELDS)),
    fields=st.frozensets(st.sampled_from(FIELDS)),
)
scopes = st.none() | st.dictionaries(st.sampled_from(LAYOUTS), rules, max_size=3)
scripts = st.dictionaries(
    st.sampled_from(("Stamp", "Mail", "*")),
    st.builds(ScriptRule, st.sampled_from(ScriptEffect), st.booleans()),
)
shared = {
    "access": st.sampled_from((Access.READ, Access.EDIT, Access.DELETE)),
    "access_by_layout": levels,
    "layouts": layouts,
    "fields": names,
    "hidden_fields": names,
    "read_only_fields": names,
    "scope": scopes,
    "approval": st.sampled_from(Approval),
    "approval_by_layout": approvals,
}
policies = st.builds(Policy, scripts=scripts, **shared)
narrowings = st.builds(
    Narrowing, scripts=st.none() | st.frozensets(st.sampled_from(("Stamp", "Mail", "Wipe", "*"))), **shared
)
STRICT = (Approval.CLIENT, Approval.BY_RISK, Approval.PERSON)


@settings(max_examples=100, deadline=None)
@given(policies, narrowings, narrowings)
def test_what_the_owner_closes_stays_closed_through_every_narrowing(
    base: Policy, first: Narrowing, second: Narrowing
) -> None:
    once = narrowed(base, first)
    for wide, narrow in ((base, once), (once, narrowed(once, second))):
        for meta in META:
            assert may_read(wide, meta.name) or not may_read(narrow, meta.name)
            for effect in RecordEffect:
                assert may_write(wide, effect, meta.name) or not may_write(narrow, effect, meta.name)
            for field in FIELDS:
                assert is_visible(wide, meta, field) or not is_visible(narrow, meta, field)
            assert set(unwritable(wide, meta, FIELDS)) <= set(unwritable(narrow, meta, FIELDS))
            assert STRICT.index(approval_on(narrow, meta.name)) >= STRICT.index(approval_on(wide, meta.name))
        for script in ("Stamp", "Mail", "Wipe"):
            assert may_run(wide, script) or not may_run(narrow, script)


def test_a_scope_of_both_holds_the_records_that_both_let_through() -> None:
    base = Policy(
        scope={
            "Jobs": ScopeRule({"Region": ("North", "South")}, "ID"),
            "Tasks": ScopeRule({"A": ("1",)}, "ID"),
        }
    )
    by = Narrowing(scope={"jobs": ScopeRule({"region": ("South", "East"), "Team": ("7",)}, "ID")})
    scope = narrowed(base, by).scope
    assert scope is not None
    assert {name: dict(rule.where) for name, rule in scope.items()} == {
        "Jobs": {"Region": ("South",), "Team": ("7",)}
    }
    nothing = Narrowing(scope={"Jobs": ScopeRule({"Region": ("East",)}, "ID")})
    assert narrowed(base, nothing).scope == {}


def test_fields_of_a_layout_that_the_caller_does_not_see_stay_hidden_where_others_show_them() -> None:
    base = Policy(hidden_fields={"Staff": frozenset({"Pay"})})
    jobs = next(meta for meta in META if meta.name == "Jobs")
    assert not is_visible(base, jobs, "Staff::Pay")
    assert not is_visible(narrowed(base, Narrowing(layouts=frozenset({"Jobs"}))), jobs, "Staff::Pay")
