"""What a record is known by beside its number: its key, and what FileMaker entered when it was created.

A host that was restored from a backup gives numbers out again [I], with modId 0 like any new record's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...dataapi.contents import Value
from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...text.plain_parts import Held, Listed, Name
from ...text.sentence import Sentence, say
from .field_check import same_value
from .item import Values

RENEWED = re.compile(r"modif|chang|updat|geänd|bearbeit|mutat|更新|修正", re.IGNORECASE)
"""Names of fields that FileMaker enters again at each save."""
CREATED = re.compile(
    r"creat|erstell|angelegt|erfasst|cré[ée]|cread|aangemaakt|skapad|oprettet|作成|登録|创建|建立",
    re.IGNORECASE,
)
NAMING = re.compile(r"(?i:(?<![a-z])(id|uuid|guid|key|serial)(?![a-z]))|(?<=[a-z])ID\b")


def marks_of(meta: LayoutMeta, fields: Mapping[str, Value], key: str | None) -> Values:
    """The filled fields that go on naming the record for as long as it lives. `key` is the owner-named key field."""
    return {
        field.name: fields[field.name]
        for field in meta.fields.values()
        if fields.get(field.name, "") != "" and (field.name == key or _names_for_ever(field))
    }


def another(meta: LayoutMeta, marks: Values, fields: Mapping[str, Value]) -> str:
    """In what the record now under a number differs from the one that was known; empty where it is the same one."""
    parts = [
        say("%(field)s was %(was)s and is %(now)s", field=Name(name), was=Held(was), now=Held(fields[name]))
        for name, was in marks.items()
        if name in fields and not same_value(meta.field_named(name), was, fields[name])
    ]
    return Sentence("%(all)s", {"all": Listed(tuple(parts))}) if parts else ""


def is_comparable(field: FieldMeta | None) -> bool:
    """Whether a value of it stays what it is until somebody changes it: calculations follow others, and what the owner hides
    is read under another name in each run of the server."""
    return field is not None and field.kind == "normal" and not field.is_global and not field.is_disguised


def same_content(field: FieldMeta | None, one: Value, other: Value) -> bool:
    """The address of a container's file differs from session to session, so only whether there is one tells (section 10.2)."""
    if field is not None and field.type == "container":
        return (one == "") == (other == "")
    return same_value(field, one, other)


def _names_for_ever(field: FieldMeta) -> bool:
    if not field.auto_enter or field.is_related or field.type == "container" or not is_comparable(field):
        return False
    return not RENEWED.search(field.name) and bool(CREATED.search(field.name) or NAMING.search(field.name))
