"""Which elements of Save a Copy as XML are read, and how."""

from __future__ import annotations

from .element_stream import Grammar

ROOTS = frozenset({"FMSaveAsXML", "FMDynamicTemplate"})
GRAMMAR = Grammar(
    objects={
        "BaseTableCatalog": "BaseTable",
        "TableOccurrenceCatalog": "TableOccurrence",
        "FieldCatalog": "Field",
        "RelationshipCatalog": "Relationship",
        "ValueListCatalog": "ValueList",
        "OptionsForValueLists": "ValueList",
        "CustomFunctionsCatalog": "CustomFunction",
        "ScriptCatalog": "Script",
        "StepsForScripts": "Script",
        "LayoutCatalog": "Layout",
        "PrivilegeSetsCatalog": "PrivilegeSet",
        "ExtendedPrivilegesCatalog": "ExtendedPrivilege",
    },
    skipped=frozenset(
        {
            "ModifyAction",
            "DDR_INFO",
            "ThemeCatalog",
            "LibraryCatalog",
            "CustomMenuCatalog",
            "CustomMenuSetCatalog",
        }
        | {
            "AccountsCatalog",
            "FileAccessCatalog",
            "BaseDirectoryCatalog",
            "CalcsForCustomFunctions",
            "Metadata",
        }
        | {"PersistentStoreCatalog", "PasteIndexList", "ExternalDataSourceCatalog"}
    ),
    dropped=frozenset(
        {
            "UUID",
            "OwnerID",
            "TagList",
            "SourceUUID",
            "Bounds",
            "LocalCSS",
            "ExtendedAttributes",
            "Accessibility",
        }
        | {"StyledText", "CharacterStyle", "Tooltip", "Conditions", "Theme", "Graphic", "Binary", "Stream"}
        | {"UniversalPathList", "Password", "CoordRect", "Color", "ChunkList", "DDRREF", "Description"}
    ),
    headers=frozenset({"BaseTableReference", "TableOccurrenceReference"}),
    noticed=frozenset(
        {"UUID", "Account", "AccountName", "INSECURE_PASSWORD", "PasswordEncrypted", "Authentication"}
    ),
)
