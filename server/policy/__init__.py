"""What this assistant may see and do: frozen rules, and pure functions over them. `database.py` asks; nothing else enforces."""

from .access import (
    check_fields_writable,
    check_layout,
    check_options,
    check_script,
    check_write,
    may_read,
    may_run,
    may_write,
    may_write_anywhere,
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
    is_unrestricted,
    key_of,
    scope_of,
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
    "check_fields_writable",
    "check_layout",
    "check_options",
    "check_query",
    "check_scoped_criteria",
    "check_scoped_values",
    "check_script",
    "check_write",
    "is_unrestricted",
    "key_of",
    "may_read",
    "may_run",
    "may_write",
    "may_write_anywhere",
    "needs_plan",
    "pseudonymous",
    "scope_of",
    "shown",
    "untrusted_in",
    "visible",
    "with_scope",
]
