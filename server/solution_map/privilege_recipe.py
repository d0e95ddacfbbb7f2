"""What to tick for the assistant's privilege set, from policy and map, so that a mistake here opens no more than FileMaker allows."""

from __future__ import annotations

from collections.abc import Iterator

from ..dataapi.layout_meta import FieldMeta, LayoutMeta
from ..dataapi.menu_item import MenuItem
from ..policy import Policy, RecordEffect, may_run, may_write, scope_of, unwritable
from ..text.near_names import folded
from .atlas import Atlas
from .near_tables import TableKey
from .open_tables import OpenTables
from .solution import FieldFacts

WRITING = (RecordEffect.EDIT, RecordEffect.CREATE, RecordEffect.DELETE)


def privilege_recipe(
    atlas: Atlas, policy: Policy, *, script_layouts: frozenset[str] = frozenset()
) -> list[str]:
    """Lines for the owner at File > Manage > Security. `script_layouts` are those that settings name for scripts."""
    items = [MenuItem(place.name, place.folder, place.occurrence) for place in atlas.facts.layouts]
    recipe = _Recipe(atlas, policy, OpenTables(atlas, policy, items))
    return [
        "Extended privileges: fmrest, and no other.",
        "Data access, Records: Custom privileges, and for any table that is not named here: no, no, no, no.",
        *recipe.tables(),
        "Layouts: Custom privileges. No access to any that is not named here, and no new ones.",
        *recipe.layouts(script_layouts),
        *recipe.value_lists(),
        "Scripts: Custom privileges. No access to any that is not named here, and no new ones.",
        *recipe.scripts(),
        "A script with 'Run with full access privileges' does what it does whatever is ticked above: read it before it is named.",
        "Everything else off: printing, exporting, managing of any kind; available menu commands: minimum.",
    ]


class _Recipe:
    def __init__(self, atlas: Atlas, policy: Policy, opened: OpenTables) -> None:
        self._atlas = atlas
        self._policy = policy
        self._open = opened

    def tables(self) -> Iterator[str]:
        needed = self._needed()
        for key in sorted({*self._open.tables, *(table for table, _ in needed)}, key=self._atlas.name_of):
            if key not in self._atlas.tables:
                yield f"  {self._atlas.name_of(key)}: it lies in another file; give the account a set there too."
                continue
            yield f"  {self._atlas.name_of(key)}: {self._records(key)}."
            yield from self._fields(key, needed)

    def _records(self, key: TableKey) -> str:
        places = self._open.places_of(key)
        scopes = [words for place in places if (words := self._scope(place.name))]
        view = f"view limited to {' or '.join(dict.fromkeys(scopes))}" if scopes else "view yes"
        given = [
            f"{e.value} {'yes' if any(may_write(self._policy, e, p.name) for p in places) else 'no'}"
            for e in WRITING
        ]
        gone = (
            [self._atlas.name_of(each.table) for each in self._atlas.cascades_from(key)]
            if "delete yes" in given
            else []
        )
        along = (
            f" (FileMaker deletes {', '.join(dict.fromkeys(gone))} along, whatever is ticked there)"
            if gone
            else ""
        )
        return f"{view}, {', '.join(given)}{along}"

    def _scope(self, layout: str) -> str:
        rule = scope_of(self._policy, layout)
        if rule is None:
            return ""
        return " and ".join(
            "( " + " or ".join(f"{name} = {_literal(value)}" for value in values) + " )"
            for name, values in rule.where.items()
        )

    def _fields(self, key: TableKey, needed: dict[tuple[TableKey, str], str]) -> Iterator[str]:
        writable = self._writable(key)
        groups: dict[str, list[str]] = {"modifiable": [], "view only": [], "no access": []}
        for name, facts in self._atlas.tables[key].fields.items():
            if folded(name) in writable and facts.kind == "normal":
                groups["modifiable"].append(name)
            elif (key, folded(name)) in self._open.fields:
                groups["view only"].append(name)
            elif why := needed.get((key, folded(name))):
                groups["view only"].append(f"{name} ({why})")
            else:
                groups["no access"].append(name)
        for access, names in groups.items():
            if names:
                yield f"    fields {access}: {', '.join(names)}"

    def _writable(self, key: TableKey) -> frozenset[str]:
        found: set[str] = set()
        for place in self._open.places_of(key):
            if not any(
                may_write(self._policy, effect, place.name)
                for effect in (RecordEffect.EDIT, RecordEffect.CREATE)
            ):
                continue
            names = [name for name in self._open.shown_on(place) if "::" not in name]
            meta = LayoutMeta(place.name, {name: FieldMeta(name, "text") for name in names}, {}, {})
            found |= {folded(name) for name in names} - {
                folded(n) for n in unwritable(self._policy, meta, names)
            }
        return frozenset(found)

    def _needed(self) -> dict[tuple[TableKey, str], str]:
        """Fields that no open layout shows and that open ones rest on: match fields, and what formulas use."""
        needed: dict[tuple[TableKey, str], str] = {}
        for place in self._open.layouts:
            for near in self._atlas.relations_at(place.occurrence):
                for own, _, far in near.match:
                    for occurrence, name in ((place.occurrence, own), (near.far, far)):
                        if self._open.shows_table(self._atlas.table_of(near.far)):
                            self._need(needed, occurrence, name, "a match field")
            for name in self._open.shown_on(place):
                occurrence, _, bare = name.rpartition("::")
                found = self._atlas.field(self._atlas.table_of(occurrence or place.occurrence), bare)
                if found is not None:
                    self._need_of_formula(needed, occurrence or place.occurrence, found[0], found[1])
        return needed

    def _need_of_formula(
        self, needed: dict[tuple[TableKey, str], str], occurrence: str, name: str, facts: FieldFacts
    ) -> None:
        for far, field in self._open.fields_in(facts.formula, facts.context or occurrence):
            self._need(needed, far, field, f"for {name}")

    def _need(self, needed: dict[tuple[TableKey, str], str], occurrence: str, name: str, why: str) -> None:
        table = self._atlas.table_of(occurrence)
        if table is not None and (table, folded(name)) not in self._open.fields:
            needed.setdefault((table, folded(name)), why)

    def layouts(self, script_layouts: frozenset[str]) -> Iterator[str]:
        for place in self._open.layouts:
            writes = any(may_write(self._policy, effect, place.name) for effect in WRITING)
            yield f"  {place.name}: view only; records via it {'modifiable' if writes else 'view only'}"
        named = {folded(place.name) for place in self._open.layouts}
        for layout in self._script_layouts(script_layouts):
            if folded(layout) not in named:
                yield f"  {layout}: view only (a script stands on it); records via it as the script needs"
        if self._policy.journal_table:
            yield f"  {self._policy.journal_table}: view only (journal_table); records via it modifiable, in its table create and edit yes"

    def _script_layouts(self, given: frozenset[str]) -> list[str]:
        called = [each for name in self._listed() for each in self._atlas.called_by(name)]
        goes = [layout for each in called for layout in each.goes]
        return list(dict.fromkeys([*sorted(given), *goes]))

    def value_lists(self) -> Iterator[str]:
        names = dict.fromkeys(
            values
            for place in self._open.layouts
            for name, values in place.lists.items()
            if name in self._open.shown_on(place)
        )
        yield (
            f"Value lists: Custom privileges. View only: {', '.join(names)}."
            if names
            else "Value lists: no access."
        )

    def scripts(self) -> Iterator[str]:
        listed = self._listed()
        for name in listed:
            yield f"  {name}: executable only"
            if any(each.full_access for each in self._atlas.scripts_named(name)):
                yield "    it runs with full access: what it does is not limited by this set"
        called = {
            each.name: name
            for name in listed
            for each in self._atlas.called_by(name)
            if each.name not in listed
        }
        for name, caller in called.items():
            yield f"  {name}: executable only ({caller} calls it)"

    def _listed(self) -> list[str]:
        """Those that the assistant runs, and those that write its records."""
        named = [name for name in self._policy.scripts if name != "*" and may_run(self._policy, name)]
        return list(
            dict.fromkeys(
                [*named, *(each.name for each in self._policy.write_through.values() if each is not None)]
            )
        )


def _literal(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
