"""What this assistant may see and do: frozen rules, and pure functions over them. `database.py` asks; nothing else enforces."""

from .access import (
    check_delete,
    check_layout,
    check_options,
    check_script,
    check_write,
    may_read,
    may_run,
    may_write,
)
from .agreement import Agreement, agreement_for, needs_plan
from .rules import (
    Access,
    Approval,
    Confirm,
    Effect,
    Policy,
    ScopeRule,
    ScriptEffect,
    ScriptRule,
)
from .scope import check_scoped_criteria, check_scoped_values, with_scope
from .visibility import check_query, pseudonymous, shown, untrusted_in, visible

__all__ = [
    "Access",
    "Agreement",
    "Approval",
    "Confirm",
    "Effect",
    "Policy",
    "ScopeRule",
    "ScriptEffect",
    "ScriptRule",
    "agreement_for",
    "check_delete",
    "check_layout",
    "check_options",
    "check_query",
    "check_scoped_criteria",
    "check_scoped_values",
    "check_script",
    "check_write",
    "may_read",
    "may_run",
    "may_write",
    "needs_plan",
    "pseudonymous",
    "shown",
    "untrusted_in",
    "visible",
    "with_scope",
]
