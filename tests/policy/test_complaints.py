"""What an owner cannot have meant is told by `policy --check`: one sentence a setting, and none where nothing is wrong."""

import pytest

from filemaker_mcp.server.policy import Access, Approval, Policy, ScopeRule, ThroughScript
from filemaker_mcp.server.policy.policy_check import complaints

SCOPE = {
    "Orders": ScopeRule(
        where={"Customer": ("C1",)},
        key="ID",
        fields=frozenset({"customers::Name"}),
        writable=frozenset({"ID"}),
    )
}


def only(**rules: frozenset[str]) -> dict[str, frozenset[str]]:
    return {name.replace("_", " "): fields for name, fields in rules.items()}


def test_nothing_is_said_about_a_policy_that_holds_together() -> None:
    policy = Policy(
        access=Access.EDIT,
        layouts=frozenset({"Orders"}),
        scope=SCOPE,
        fields=only(Orders=frozenset({"ID", "Customer"})),
        hidden_fields=only(Orders=frozenset({"Cost"})),
        count_hidden_fields=True,
        skip_validation=frozenset({"Orders"}),
        max_records_per_day=100,
    )
    assert complaints(policy, account="assistant") == []


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            Policy(change_only_where={"Orders": {"Status": "Draft"}}),
            "change_only_where names 'Orders', where nothing may be written.",
        ),
        (
            Policy(
                access=Access.EDIT,
                change_only_where={"Orders": {"Status": "Draft"}},
                hidden_fields=only(Orders=frozenset({"Status"})),
            ),
            "rests on 'Status', which hidden_fields closes: it is compared all the same",
        ),
        (
            Policy(
                access_by_layout={"Orders": Access.EDIT, "Notes": Access.EDIT},
                write_through={"Orders": ThroughScript("Save")},
            ),
            "Script triggers of 'Notes' do not run",
        ),
        (
            Policy(
                access=Access.EDIT,
                stamp={"AI By": "{person}"},
                read_only_fields=only(Orders=frozenset({"AI By"})) | {"*": frozenset({"AI By"})},
            ),
            "stamp names 'AI By', which read_only_fields closes",
        ),
        (
            Policy(layouts=frozenset({"Invoices", "Orders"}), scope=SCOPE),
            "layouts lists 'Invoices', which has no scope",
        ),
        (
            Policy(layouts=frozenset({"ORDERS"}), scope=SCOPE | {"Jobs": SCOPE["Orders"]}),
            "scope names 'Jobs', which `layouts` closes",
        ),
        (
            Policy(layouts=frozenset({"Orders"}), access_by_layout={"Jobs": Access.EDIT}),
            "access_by_layout names 'Jobs', which `layouts` closes",
        ),
        (
            Policy(scope=SCOPE, access_by_layout={"Jobs": Access.EDIT}),
            "which has no scope and so does not exist",
        ),
        (Policy(count_hidden_fields=True), "no field is hidden"),
        (
            Policy(read_only_fields=only(Orders=frozenset({"ID"}))),
            "read_only_fields is set, and nothing may be written",
        ),
        (Policy(skip_validation=frozenset({"Orders"})), "skip_validation is set, and nothing may be written"),
        (Policy(keys={"Orders": "ID"}), "keys is set, and nothing may be written"),
        (Policy(max_records_per_day=50), "max_records_per_day is set, and nothing may be written"),
        (
            Policy(access_by_layout={"Jobs": Access.EDIT}, skip_validation=frozenset({"Orders"})),
            "skip_validation names 'Orders', where nothing may be written",
        ),
        (
            Policy(fields=only(Orders=frozenset({"Cost"})), hidden_fields=only(Orders=frozenset({"cost"}))),
            "both name 'Cost' of 'Orders'; it is hidden",
        ),
        (
            Policy(scope=SCOPE, hidden_fields={"*": frozenset({"customers::name"})}),
            "opens 'customers::Name', which hidden_fields closes",
        ),
        (Policy(access=Access.EDIT, max_records_per_day=5), "bulk_limit (20) is never reached"),
        (
            Policy(approval=Approval.CLIENT, untrusted_fields={"*": frozenset({"Body"})}),
            "nobody is asked after they were read",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_settings_that_contradict_or_have_no_effect_are_told(policy: Policy, words: str) -> None:
    said = complaints(policy, account="assistant")
    assert len([sentence for sentence in said if words in sentence]) == 1, said
