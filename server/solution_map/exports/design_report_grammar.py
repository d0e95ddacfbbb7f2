"""Which elements of a Database Design Report are read, and how."""

from __future__ import annotations

from .element_stream import Grammar

ROOTS = frozenset({"FMPReport"})
GRAMMAR = Grammar(
    objects={
        "BaseTableCatalog": "BaseTable",
        "TableList": "Table",
        "RelationshipList": "Relationship",
        "ValueListCatalog": "ValueList",
        "CustomFunctionCatalog": "CustomFunction",
        "ScriptCatalog": "Script",
        "LayoutCatalog": "Layout",
        "PrivilegesCatalog": "PrivilegeSet",
        "ExtendedPrivilegeCatalog": "ExtendedPrivilege",
    },
    skipped=frozenset(
        {
            "AccountCatalog",
            "FileReferenceCatalog",
            "CustomMenuCatalog",
            "CustomMenuSetCatalog",
            "ThemeCatalog",
        }
    ),
    dropped=frozenset(
        {
            "Bounds",
            "Styles",
            "LocalCSS",
            "ThemeName",
            "CharacterStyleVector",
            "ParagraphStyleVector",
            "DisplayCalculation",
        }
    ),
    noticed=frozenset({"Account"}),
)
