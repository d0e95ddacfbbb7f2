"""A small shop with everything that a map tells: keys, cascades, unstored fields, rules, lookups, scripts that call each other."""

from __future__ import annotations

from .export_writer import (
    ACCOUNT,
    HOST,
    PATH,
    PERSON,
    TOKEN,
    Export,
    F,
    Shape,
    Step,
    calculation,
    in_step,
    perform,
    set_field,
)

SERIAL = '<AutoEnter type="SerialNumber" prohibitModification="True"><SerialNumber increment="1" nextvalue="{}" generate="OnCreation"></SerialNumber></AutoEnter>'
UNIQUE = '<Validation type="Always" allowOverride="False" notEmpty="True" unique="True" existing="False"></Validation>'
REQUIRED = '<Validation type="Always" allowOverride="False" notEmpty="True" unique="False" existing="False"></Validation>'
CONSTANT = (
    '<AutoEnter type="ConstantData" prohibitModification="False"><ConstantData>{}</ConstantData></AutoEnter>'
)
LOOKUP = (
    '<AutoEnter type="Looked_up" prohibitModification="False"><Looked_up><FieldReference id="1" name="Price">'
    '<TableOccurrenceReference id="1" name="Products"></TableOccurrenceReference></FieldReference></Looked_up></AutoEnter>'
)


def _refill(formula: str) -> str:
    return f'<AutoEnter type="Calculated" overwriteExisting="True" alwaysEvaluate="True"><Calculated>{calculation(formula)}</Calculated></AutoEnter>'


def _rule(formula: str, message: str) -> str:
    return (
        '<Validation type="Always" allowOverride="False" notEmpty="False" unique="False" existing="False">'
        f'<Calculated>{calculation(formula)}</Calculated><Message>"{message}"</Message></Validation>'
    )


def _listed(name: str) -> str:
    return f'<Validation type="Always" allowOverride="False"><ValueListReference id="1" name="{name}"></ValueListReference></Validation>'


FULL = (
    '<access default="True"><Records Create="True" Edit="True" Delete="True"></Records><Layouts Create="True" Edit="True" Delete="True"></Layouts>'
    '<Scripts Create="True" Edit="True" Delete="True"></Scripts><Other manageDatabase="True"></Other></access>'
)
ASSISTANT = (
    '<access><Records Custom="True"><Custom><ObjectList><Table type="existing"><BaseTableReference id="1" name="Cases"></BaseTableReference>'
    f'<View access="Calculation">{calculation("Owner = Get ( AccountName )", "Cases")}</View><Edit access="NoAccess"></Edit>'
    '<Create access="NoAccess"></Create><Delete access="NoAccess"></Delete><Fields access="ReadWrite"></Fields></Table>'
    '<Table type="New"><View access="ReadWrite"></View><Edit access="ReadWrite"></Edit><Create access="ReadWrite"></Create>'
    '<Delete access="ReadWrite"></Delete><Fields access="ReadWrite"></Fields></Table></ObjectList></Custom></Records>'
    '<Layouts View="ReadOnly"></Layouts><Scripts View="ReadOnly"></Scripts><Other manageDatabase="False"></Other></access>'
)

SHOP = Shape(
    file="Shop",
    tables={
        "Customers": [
            F("ID", auto=SERIAL.format("C-0003"), rules=UNIQUE, index="All", comment="Made by itself"),
            F("Name", rules=REQUIRED, index="All"),
            F("City"),
            F("Margin", "Number", comment=f"Ask {PERSON} before you show it"),
            F("Rating", "Number", formula="If ( Margin > 10 ; 1 ; 2 )"),
            F(
                "Balance Due",
                "Number",
                formula="Sum ( Invoices::Total ) - Sum ( Credits::Amount )",
                stored=False,
            ),
            F("Label", auto=_refill('Name & ", " & City')),
            F("Key", formula=f'Let ( apiKey = "{TOKEN}" ; "https://{HOST}/x" & apiKey )'),
        ],
        "Remarks": [F("Customer ID", index="All"), F("Text")],
        "Invoices": [
            F("Number", auto=SERIAL.format("I-0003"), rules=UNIQUE, index="All"),
            F("Customer ID", rules=REQUIRED, index="All"),
            F("Date", "Date", index="Minimal"),
            F("Due", "Date", rules=_rule("Due >= Date", "An invoice is due after its date.")),
            F("Status", auto=CONSTANT.format("Draft"), rules=_listed("Status")),
            F("Total", "Number"),
            F("Overdue", "Number", formula="If ( Due < Get ( CurrentDate ) ; 1 ; 0 )", stored=False),
            F("All Totals", "Number", summary=("Total", "Total")),
        ],
        "Lines": [
            F("Invoice Number", index="All"),
            F("SKU", index="All"),
            F(
                "Quantity",
                "Number",
                rules='<Validation type="Always"><Range from="1" to="100"></Range></Validation>',
            ),
            F("Price", "Number", auto=LOOKUP),
            F("Amount", "Number", formula="Quantity * Price"),
        ],
        "Products": [F("SKU", rules=UNIQUE, index="All"), F("Name"), F("Price", "Number")],
        "Payments": [
            F("Invoice Number", index="All"),
            F("Paid", "Number"),
            F("Paid On", "Date", note="The day on the bank statement"),
        ],
        "Credits": [F("Customer ID", index="All"), F("Amount", "Number")],
        "Cases": [F("ID", auto=SERIAL.format("1"), rules=UNIQUE, index="All"), F("Owner"), F("Title")],
    },
    occurrences={
        **{
            name: name
            for name in (
                "Customers",
                "Remarks",
                "Invoices",
                "Lines",
                "Products",
                "Payments",
                "Credits",
                "Cases",
            )
        },
        "Customer Payments": "Payments",
        "Archive": "Data/Papers",
        "Lost": "?",
    },
    relations=[
        ("Customers", "Remarks", [("ID", "Equal", "Customer ID")], "right"),
        ("Customers", "Invoices", [("ID", "Equal", "Customer ID")], ""),
        ("Invoices", "Lines", [("Number", "Equal", "Invoice Number")], "right"),
        ("Lines", "Products", [("SKU", "Equal", "SKU")], ""),
        ("Invoices", "Payments", [("Number", "Equal", "Invoice Number")], ""),
        ("Customers", "Credits", [("ID", "Equal", "Customer ID")], ""),
        (
            "Invoices",
            "Customer Payments",
            [("Number", "Equal", "Invoice Number"), ("Date", "LessOrEqual", "Paid On")],
            "",
        ),
    ],
    lists={"Status": ["Draft", "Sent", "Paid"], "Cities": "Customers::City"},
    layouts=[
        (">Office", "", [], []),
        (
            "Customers",
            "Customers",
            [
                "Customers::ID",
                "Customers::Name",
                "Customers::City",
                "Customers::Rating",
                "Customers::Balance Due",
                "Customers::Label",
                "Customers::Margin",
            ],
            [],
        ),
        (
            "Customer Sheet",
            "Customers",
            ["Customers::ID", "Customers::Name"],
            [("Paid so far", ["Customer Payments::Paid", "Customer Payments::Paid On"])],
        ),
        ("-", "", [], []),
        (
            "Invoices",
            "Invoices",
            [
                "Invoices::Number",
                "Invoices::Customer ID",
                "Customers::Name",
                "Invoices::Date",
                "Invoices::Due",
                "Invoices::Status=Status",
                "Invoices::Total",
                "Invoices::Overdue",
            ],
            [("Lines", ["Lines::SKU", "Lines::Quantity", "Lines::Price", "Lines::Amount"])],
        ),
        ("<", "", [], []),
        (
            "Lines",
            "Lines",
            ["Lines::Invoice Number", "Lines::SKU", "Lines::Quantity", "Lines::Price", "Lines::Amount"],
            [],
        ),
        ("Remarks", "Remarks", ["Remarks::Customer ID", "Remarks::Text"], []),
        ("Products", "Products", ["Products::SKU", "Products::Name", "Products::Price"], []),
        ("Cases", "Cases", ["Cases::ID", "Cases::Owner", "Cases::Title"], []),
    ],
    scripts=[
        (">Accounting", []),
        (
            "Close Month",
            [
                Step(
                    89,
                    "# (comment)",
                    '<Parameter type="Comment"><Comment value="Closes what is paid"></Comment></Parameter>',
                ),
                Step(
                    141,
                    "Set Variable",
                    '<Parameter type="Variable"><value>'
                    + calculation("Get ( ScriptParameter )")
                    + '</value><Name value="$month"></Name></Parameter>',
                ),
                set_field("Invoices::Status", '"Paid"'),
                perform("Send Reminders"),
                Step(9, "Delete Record/Request", enabled=False),
                Step(103, "Exit Script", in_step('"done"')),
            ],
        ),
        ("Send Reminders", [Step(63, "Send Mail", f'<Parameter type="Email"><To>{HOST}</To></Parameter>')]),
        ("<", []),
        (
            "Show Report",
            [
                Step(
                    6,
                    "Go to Layout",
                    '<Parameter type="LayoutReferenceContainer"><LayoutReferenceContainer value="5"><LayoutReference id="5" name="Invoices"></LayoutReference></LayoutReferenceContainer></Parameter>',
                )
            ],
        ),
        ("Look Around", [perform("Show Report"), perform("Close Month")]),
        (
            "Sign In",
            [
                Step(
                    138,
                    "Re-Login",
                    f'<Parameter type="Name">{calculation(ACCOUNT)}</Parameter><Parameter type="Password">{calculation("canary")}</Parameter>',
                )
            ],
        ),
        (
            "Anything",
            [
                Step(999, "Do Something New"),
                Step(
                    61, "Insert Text", '<Parameter type="Target"><Variable value="$x"></Variable></Parameter>'
                ),
                Step(160, "Insert from URL", f'<Parameter type="URL">{calculation(PATH)}</Parameter>'),
            ],
        ),
    ],
    privileges={"[Full Access]": FULL, "Assistant": ASSISTANT},
    rest=["[Full Access]", "Assistant"],
)

VERSIONS = {
    "2.0.0.0": "18.0.3",
    "2.1.0.0": "19.4.2",
    "2.2.0.0": "19.6.3",
    "2.2.1.0": "20.3.2",
    "2.2.2.0": "21.1.5",
    "2.2.3.0": "22.0.1",
    "2.2.3.4": "26.0.1",
    "2.3.0.0": "26.0.3",
}


def shop(version: str = "2.2.3.0") -> Export:
    return Export(SHOP, version, VERSIONS[version])
