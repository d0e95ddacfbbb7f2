"""What an account may do in one file, as its privilege set says. Nothing is allowed that it does not say."""

from __future__ import annotations

from ..model import Account, Layout, PrivilegeSet

FMREST = "fmrest"


class Access:
    def __init__(self, account: Account, privileges: PrivilegeSet) -> None:
        self.account = account
        self.privileges = privileges

    @property
    def has_fmrest(self) -> bool:
        return FMREST in self.privileges.extended

    def layout(self, layout: Layout) -> str:
        """`none`, `view` or `edit`."""
        if self.privileges.full_access:
            return "edit"
        rights = self.privileges.layouts
        return rights.get(layout.name, rights.get("*", "none"))

    def field(self, table: str, name: str) -> str:
        """`none`, `view` or `edit`."""
        if self.privileges.full_access:
            return "edit"
        tables = self.privileges.fields
        fields = tables.get(table, tables.get("*", {}))
        return fields.get(name, fields.get("*", "none"))

    def record_rule(self, table: str, right: str) -> str:
        """`yes`, `no`, or an expression over the record, for `view`, `edit`, `create` or `delete`."""
        if self.privileges.full_access:
            return "yes"
        tables = self.privileges.records
        rights = tables.get(table, tables.get("*", {}))
        return rights.get(right, "no")

    def may_run(self, script: str) -> bool:
        if self.privileges.full_access:
            return True
        rights = self.privileges.scripts
        return rights.get(script, rights.get("*", "none")) == "run"
