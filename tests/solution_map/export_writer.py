"""Writes small exports of Save a Copy as XML as FileMaker does, by the reference: each version with its own shapes and slips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

PERSON, MACHINE, ACCOUNT = "Ann Canary-Smith", "CANARY-MACHINE-7", "anna.canary"
BLOB, DIGEST, PATH = "Q0FOQVJZYmxvYg==", "CA4A47D16E57", "/Users/canary/Desktop/shop.fmp12"
HOST, TOKEN = "canary.example.net", "sk-canary1234567890abcdef"
CANARIES = ("canary", BLOB, DIGEST, "Ann", "Smith")
"""None of them, whatever its case, may be in a map or in what a command prints."""


@dataclass(frozen=True)
class F:
    """A field. `auto`, `rules` and `storage` are XML."""

    name: str
    type: str = "Text"
    formula: str = ""
    stored: bool = True
    auto: str = ""
    rules: str = ""
    summary: tuple[str, str] | None = None
    comment: str = ""
    note: str = ""
    index: str = "None"
    is_global: bool = False


@dataclass(frozen=True)
class Step:
    id: int
    name: str
    parameters: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class Shape:
    """What one file has."""

    file: str
    tables: Mapping[str, Sequence[F]]
    occurrences: Mapping[str, str]
    """Occurrence -> table, or `Source/table` of another file."""
    relations: Sequence[tuple[str, str, Sequence[tuple[str, str, str]], str]] = ()
    """Left, right, (left field, type, right field), and the sides that are deleted, as `right`."""
    lists: Mapping[str, Sequence[str] | str] = field(default_factory=dict[str, Sequence[str] | str])
    layouts: Sequence[tuple[str, str, Sequence[str], Sequence[tuple[str, Sequence[str]]]]] = ()
    """Name, occurrence, fields as `Occurrence::Field`, portals. `>Name` opens a folder, `<` closes it, `-` is a line."""
    scripts: Sequence[tuple[str, Sequence[Step]]] = ()
    privileges: Mapping[str, str] = field(default_factory=dict[str, str])
    """Privilege set -> the XML of its access."""
    rest: Sequence[str] = ()
    """The sets that have fmrest."""


def calculation(text: str, context: str = "") -> str:
    at = f'<TableOccurrenceReference id="1" name="{context}"></TableOccurrenceReference>' if context else ""
    return f"<Calculation>{at}<Text><![CDATA[{text}]]></Text></Calculation>"


def in_step(text: str) -> str:
    """A calculation as a step's parameter has it: wrapped twice."""
    return f'<Parameter type="Calculation"><Calculation datatype="1" position="0">{calculation(text)}</Calculation></Parameter>'


def set_field(name: str, formula: str) -> Step:
    occurrence, _, bare = name.partition("::")
    reference = (
        f'<Parameter type="FieldReference"><FieldReference id="1" name="{bare}">'
        f'<TableOccurrenceReference id="1" name="{occurrence}"></TableOccurrenceReference></FieldReference></Parameter>'
    )
    return Step(76, "Set Field", reference + in_step(formula))


def perform(script: str) -> Step:
    listed = (
        f'<List name="From list" value="1"><ScriptReference id="1" name="{script}"></ScriptReference></List>'
    )
    return Step(1, "Perform Script", f'<Parameter type="List">{listed}</Parameter>')


class Export:
    """One file as one version of FileMaker writes it."""

    def __init__(self, shape: Shape, version: str, source: str) -> None:
        self.shape, self.version, self.source = shape, version, source
        self._number = tuple(int(part) for part in version.split(".")[:3])
        self._old = version.startswith("2.0")
        self._ill = self._number < (2, 2, 0)
        """18 to 19.4 put CDATA into attributes."""

    def text(self) -> str:
        catalogs = "".join(self.catalogs().values())
        modify = (
            f'<ModifyAction membercount="1">{self._again()}</ModifyAction>'
            if self._number in ((2, 2, 2), (2, 2, 3))
            else ""
        )
        return self._whole(f'<AddAction membercount="9">\n{catalogs}</AddAction>{modify}', self._metadata())

    def split(self) -> dict[str, str]:
        """By the name of the file, each catalog in one of its own."""
        own = self.catalogs()
        own["ScriptCatalog"] += own.pop("StepsForScripts", "")
        own["FieldCatalog"] = own.pop("FieldsForTables")
        return {
            f"{self.shape.file}_{name}.xml": self._whole(f'<AddAction membercount="1">{xml}</AddAction>')
            for name, xml in own.items()
        } | {f"{self.shape.file}_PersistentStoreCatalog.xml": self._whole("")}

    def catalogs(self) -> dict[str, str]:
        shape = self.shape
        return {
            "AccountsCatalog": self._accounts(),
            "FileAccessCatalog": '<FileAccessCatalog><ObjectList><Authorization id="1"><Authentication>'
            f"<Data>{DIGEST}</Data></Authentication><Display><![CDATA[{shape.file}]]></Display></Authorization></ObjectList></FileAccessCatalog>\n",
            "ExternalDataSourceCatalog": '<ExternalDataSourceCatalog><ExternalDataSource name="Data" type="FileMaker" id="1"><File>'
            f"<UniversalPathList>file:{PATH}&#13;fmnet:/{HOST}/Data</UniversalPathList></File></ExternalDataSource></ExternalDataSourceCatalog>\n",
            "BaseTableCatalog": self._listed(
                "BaseTableCatalog", map(self._table, enumerate(shape.tables, 129))
            ),
            "TableOccurrenceCatalog": self._listed(
                "TableOccurrenceCatalog", map(self._occurrence, shape.occurrences)
            ),
            "FieldsForTables": f"<FieldsForTables>{''.join(map(self._fields, shape.tables))}</FieldsForTables>\n",
            "RelationshipCatalog": self._listed("RelationshipCatalog", map(self._relation, shape.relations)),
            "ValueListCatalog": self._value_lists(),
            "ScriptCatalog": self._listed("ScriptCatalog", self._script_list()),
            "StepsForScripts": f"<StepsForScripts>{''.join(self._script_steps())}</StepsForScripts>\n",
            "ThemeCatalog": f"<ThemeCatalog><Theme name='x'><CSS><![CDATA[{'.self {{ margin: 0 }} ' * 40}]]></CSS><Metadata><Field name='no' /></Metadata></Theme></ThemeCatalog>\n",
            "LayoutCatalog": self._listed("LayoutCatalog", map(self._layout, enumerate(shape.layouts, 1))),
            "PrivilegeSetsCatalog": "<PrivilegeSetsCatalog><ObjectList>"
            + "".join(
                f'<PrivilegeSet id="{n}" name="{name}">{self._uuid()}{access}</PrivilegeSet>'
                for n, (name, access) in enumerate(shape.privileges.items(), 1)
            )
            + "</ObjectList></PrivilegeSetsCatalog>\n",
            "ExtendedPrivilegesCatalog": '<ExtendedPrivilegesCatalog><ObjectList><ExtendedPrivilege id="1" name="fmrest"><ObjectList>'
            + "".join(
                f'<PrivilegeSetReference id="1" name="{name}"></PrivilegeSetReference>' for name in shape.rest
            )
            + "</ObjectList></ExtendedPrivilege></ObjectList></ExtendedPrivilegesCatalog>\n",
        }

    def _whole(self, structure: str, metadata: str = "") -> str:
        root = "FMDynamicTemplate" if self._old else "FMSaveAsXML"
        declaration = (
            '<?xml version="1.0" encoding="UTF-8"?>' if self._number >= (2, 3, 0) else '<?xml version="1.0"?>'
        )
        details = "<DDR_INFO><Calculation><ObjectList><_X datatype='ChunkList'><Field name='no' /></_X></ObjectList></Calculation></DDR_INFO>"
        return (
            f'{declaration}\n<{root} version="{self.version}" Source="{self.source}" File="{self.shape.file}.fmp12" locale="English">\n'
            f'<Structure membercount="1">{structure}</Structure>{metadata}{details if self._number >= (2, 2, 2) else ""}</{root}>\n'
        )

    def _metadata(self) -> str:
        login = f"<Login><AccountName>{ACCOUNT}</AccountName></Login>"
        return f"<Metadata><AddAction>{login}</AddAction></Metadata>" if self._number >= (2, 2, 0) else ""

    def _uuid(self) -> str:
        if self._old:
            return ""
        return f'<UUID modifications="3" userName="{PERSON}" accountName="{ACCOUNT}" timestamp="2026-11-20T09:30:00">0BBD652D</UUID>'

    def _listed(self, catalog: str, members: Iterable[str]) -> str:
        return f'<{catalog} membercount="1">{self._uuid()}{"".join(members)}</{catalog}>\n'

    def _accounts(self) -> str:
        secret = {
            (2, 1): f"<INSECURE_PASSWORD><Context>x</Context><Data>{BLOB}</Data></INSECURE_PASSWORD>",
            (2, 3): f"<PasswordEncrypted><Context>x</Context><Data>{BLOB}</Data></PasswordEncrypted>",
        }.get(
            (self._number[0], self._number[1]),
            "" if self._old else f"<PasswordEncrypted>{BLOB}</PasswordEncrypted>",
        )
        people = ((ACCOUNT, "canary pwd=hi"), (MACHINE.lower(), ""))
        return (
            "<AccountsCatalog><ObjectList>"
            + "".join(
                f'<Account id="{n}" type="FileMaker" enable="True">{self._uuid()}<Description>{words}</Description><Authentication>'
                f"<AccountName>{name}</AccountName>{secret}</Authentication></Account>"
                for n, (name, words) in enumerate(people, 1)
            )
            + "</ObjectList></AccountsCatalog>\n"
        )

    def _table(self, each: tuple[int, str]) -> str:
        return f'<BaseTable id="{each[0]}" name="{each[1]}" comment="">{self._uuid()}</BaseTable>'

    def _occurrence(self, name: str) -> str:
        source, _, table = self.shape.occurrences[name].rpartition("/")
        base = f'<BaseTableReference id="129" name="{table}"></BaseTableReference>' if table != "?" else ""
        if source:
            base = f'<DataSourceReference id="1" name="{source}"></DataSourceReference>{base}'
        kind = "ExternalDataSourceReference" if source else "BaseTableReference"
        body = (
            base
            if self._old
            else f'<BaseTableSourceReference type="{kind}">{base}</BaseTableSourceReference>'
        )
        return (
            f'<TableOccurrence id="1065089" name="{name}" type="Local">{self._uuid()}{body}</TableOccurrence>'
        )

    def _fields(self, table: str) -> str:
        own = next((o for o, of in self.shape.occurrences.items() if of == table), table)
        kind, name = ("TableOccurrenceReference", own) if self._old else ("BaseTableReference", table)
        members = "".join(self._field(n, each, own) for n, each in enumerate(self.shape.tables[table], 1))
        return f'<FieldCatalog><{kind} id="129" name="{name}"></{kind}><ObjectList membercount="1">{members}</ObjectList></FieldCatalog>'

    def _field(self, number: int, each: F, own: str) -> str:
        kind = "Calculated" if each.formula else "Summary" if each.summary else "Normal"
        formula = calculation(each.formula, own) if each.formula else ""
        summary = (
            f'<SummaryInfo operation="{each.summary[0]}"><SummaryField><FieldReference id="1" name="{each.summary[1]}">'
            "</FieldReference></SummaryField></SummaryInfo>"
            if each.summary
            else ""
        )
        auto = (
            each.auto
            or '<AutoEnter type="" prohibitModification="False"><Calculated><Calculation><Text><![CDATA["off"]]></Text></Calculation></Calculated></AutoEnter>'
        )
        storage = (
            f'<Storage autoIndex="True" index="{each.index}" global="{each.is_global}" maxRepetitions="1" '
            f'storeCalculationResults="{each.stored}"><LanguageReference name="English" id="21"></LanguageReference></Storage>'
        )
        # 18 names no developers, so that only accounts can be known there.
        comment = each.comment.replace(PERSON, ACCOUNT) if self._old else each.comment
        note = f"<Annotation><Text><![CDATA[{each.note}]]></Text></Annotation>" if each.note else ""
        return (
            f'<Field id="{number}" name="{escape(each.name)}" fieldtype="{kind}" datatype="{each.type}" comment="{escape(comment)}">'
            f"{self._uuid()}{auto}{each.rules}{storage}{formula}{summary}{note}</Field>"
        )

    def _again(self) -> str:
        """The second pass repeats calculated fields (section 3)."""
        return (
            "<FieldsForTables><FieldCatalog><BaseTableReference id='129' name='x'></BaseTableReference><ObjectList>"
            + "".join(
                f'<Field><FieldReference id="1" name="{f.name}"></FieldReference>{calculation(f.formula)}</Field>'
                for fields in self.shape.tables.values()
                for f in fields
                if f.formula
            )
            + "</ObjectList></FieldCatalog></FieldsForTables>"
        )

    def _relation(self, each: tuple[str, str, Sequence[tuple[str, str, str]], str]) -> str:
        left, right, match, deletes = each

        def side(tag: str, name: str, which: str) -> str:
            own = f' name="{name}"' if self._old else ""
            inner = f'<TableOccurrenceReference id="1" name="{name}"></TableOccurrenceReference>'
            return f'<{tag} cascadeCreate="False" cascadeDelete="{which in deletes}" type="Local"{own}>{"" if self._old else inner}</{tag}>'

        def far(tag: str, name: str, occurrence: str) -> str:
            inner = f'<TableOccurrenceReference id="1" name="{occurrence}"></TableOccurrenceReference>'
            return f'<{tag}><FieldReference id="1" name="{name}">{"" if self._old else inner}</FieldReference></{tag}>'

        predicates = "".join(
            f'<JoinPredicate type="{how}">{far("LeftField", a, left)}{far("RightField", b, right)}</JoinPredicate>'
            for a, how, b in match
        )
        return (
            f'<Relationship id="1">{self._uuid()}{side("LeftTable", left, "left")}{side("RightTable", right, "right")}'
            f"<JoinPredicateList>{predicates}</JoinPredicateList></Relationship>"
        )

    def _value_lists(self) -> str:
        apart = self._number in ((2, 2, 2), (2, 2, 3))
        whole = ""
        bodies = ""
        for name, values in self.shape.lists.items():
            if isinstance(values, str):
                occurrence, _, bare = values.partition("::")
                body = (
                    '<Source value="FromField"></Source><Field><PrimaryField show="True" sort="True">'
                    f'<FieldReference id="1" name="{bare}"><TableOccurrenceReference id="1" name="{occurrence}"></TableOccurrenceReference>'
                    '</FieldReference></PrimaryField><ShowRelated value="False"></ShowRelated></Field>'
                )
            else:
                lines = "\n".join(values)
                body = f'<Source value="Custom"></Source><CustomValues><Text><![CDATA[{lines}]]></Text></CustomValues>'
            whole += f'<ValueList id="1" name="{name}">{self._uuid()}{"" if apart else body}</ValueList>'
            bodies += (
                f'<ValueList><ValueListReference id="1" name="{name}"></ValueListReference>{body}</ValueList>'
            )
        catalog = f"<ValueListCatalog>{whole}</ValueListCatalog>\n"
        return catalog + (f"<OptionsForValueLists>{bodies}</OptionsForValueLists>\n" if apart else "")

    def _script_list(self) -> list[str]:
        return [
            f'<Script id="{n}" {_entry(name)}>{self._uuid()}<Options runwithfullaccess="{name.endswith("!")}">0</Options></Script>'
            for n, (name, _) in enumerate(self.shape.scripts, 1)
        ]

    def _script_steps(self) -> list[str]:
        made: list[str] = []
        for n, (name, steps) in enumerate(self.shape.scripts, 1):
            if name[0] not in "><-":
                inner = "".join(self._step(i, each) for i, each in enumerate(steps))
                made.append(
                    f'<Script><ScriptReference id="{n}" name="{name}"></ScriptReference><ObjectList>{inner}</ObjectList></Script>'
                )
        return made

    def _step(self, index: int, each: Step) -> str:
        parameters = each.parameters
        if each.id == 89 and self._ill:  # a comment with CDATA and quotes inside its attribute (section 15)
            parameters = '<Parameter type="Comment"><Comment value="&lt;Calculation&gt;<![CDATA["Value" & <b>]]>&lt;/Calculation&gt;"></Comment></Parameter>'
        return (
            f'<Step id="{each.id}" name="{each.name}" enable="{each.enabled}" index="{index}">{self._uuid()}<OwnerID></OwnerID>'
            f"<ParameterValues>{parameters}</ParameterValues></Step>"
        )

    def _layout(
        self, numbered: tuple[int, tuple[str, str, Sequence[str], Sequence[tuple[str, Sequence[str]]]]]
    ) -> str:
        number, (name, occurrence, fields, portals) = numbered
        if name[0] in "><-":
            return f'<Layout id="{number}" {_entry(name)}></Layout>'
        objects = "".join(map(self._placed, fields)) + "".join(
            f'<LayoutObject id="9" type="Portal" name="{label if label != of else ""}" kind="9"><Bounds top="1"></Bounds><Portal>'
            f'<TableOccurrenceReference id="1" name="{of}"></TableOccurrenceReference>'
            f"<ObjectList>{''.join(map(self._placed, inside))}</ObjectList></Portal></LayoutObject>"
            for label, inside in portals
            for of in [inside[0].partition("::")[0]]
        )
        shown = f'<TableOccurrenceReference id="1" name="{occurrence}"></TableOccurrenceReference>'
        return (
            f'<Layout id="{number}" {_entry(name)} width="900">{self._uuid()}{shown}<PartsList><Part type="Body" kind="4"><ObjectList>'
            f'<LayoutObject id="1" type="Text" kind="2"><Text><StyledText><Data><![CDATA[{PERSON}]]></Data></StyledText></Text></LayoutObject>'
            f"{objects}</ObjectList></Part></PartsList></Layout>"
        )

    def _placed(self, name: str) -> str:
        occurrence, _, bare = name.partition("::")
        bare, _, values = bare.partition("=")
        shown = f'<ValueListReference id="1" name="{values}"></ValueListReference>' if values else ""
        inner = f'<TableOccurrenceReference id="1" name="{occurrence}"></TableOccurrenceReference>'
        attribute = f' tableOccurrence="{occurrence}"' if self._old else ""
        return (
            '<LayoutObject id="2" type="Edit Box" name="" kind="1"><Bounds top="1"></Bounds><Field>'
            f'<FieldReference id="1" name="{bare}" repetition="1"{attribute}>{"" if self._old else inner}</FieldReference>'
            f'<Display Style="{2 if values else 0}" show="1">{shown}</Display></Field><LocalCSS><![CDATA[self {{}}]]></LocalCSS></LayoutObject>'
        )


def _entry(name: str) -> str:
    if name.startswith(">"):
        return f'name="{name[1:]}" isFolder="True"'
    if name == "<":
        return 'name="--" isFolder="Marker"'
    return 'name="-" isSeparatorItem="True"' if name == "-" else f'name="{escape(name)}" isFolder="False"'
