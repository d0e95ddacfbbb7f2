"""A field of Save a Copy as XML (section 7)."""

from __future__ import annotations

from typing import Literal
from xml.etree.ElementTree import Element

from ..solution import AutoEnter, FieldFacts, Rules
from .xml_values import formula_of, is_true, name_at, qualified, text_of, whole_number

TYPES = {
    "Text": "text",
    "Number": "number",
    "Date": "date",
    "Time": "time",
    "Timestamp": "timeStamp",
    "TimeStamp": "timeStamp",
    "Binary": "container",
}
_KINDS: dict[str, Literal["calculation", "summary"]] = {
    "Calculated": "calculation",
    "Summary": "summary",
}
_ENTERED = {
    "Calculated": "calculation",
    "ConstantData": "constant",
    "SerialNumber": "serial",
    "Looked_up": "lookup",
}


def field_of(element: Element) -> FieldFacts:
    storage, summary = element.find("Storage"), element.find("SummaryInfo")
    auto = element.find("AutoEnter")
    return FieldFacts(
        id=whole_number(element.get("id")),
        kind=_KINDS.get(element.get("fieldtype", ""), "normal"),
        type=TYPES.get(element.get("datatype", ""), "text"),
        formula=formula_of(element),
        context=name_at(element, "Calculation/TableOccurrenceReference"),
        stored=storage is None or storage.get("storeCalculationResults") != "False",
        is_global=is_true(storage, "global"),
        repetitions=max(whole_number(None if storage is None else storage.get("maxRepetitions")), 1),
        index=_index(storage),
        language=name_at(storage, "LanguageReference"),
        auto_enter=_auto_enter(auto),
        fixed=is_true(auto, "prohibitModification"),
        rules=_rules(element.find("Validation")),
        summary="" if summary is None else summary.get("operation", ""),
        of="" if summary is None else name_at(summary, "SummaryField/FieldReference"),
        comment=element.get("comment", ""),
        note=text_of(element, "Annotation/Text") or text_of(element, "Annotation").strip(),
    )


def _index(storage: Element | None) -> str:
    """None with autoIndex means that FileMaker makes an index when it is needed, not that there can be none."""
    if storage is None:
        return ""
    given = storage.get("index", "").lower()
    automatic = is_true(storage, "autoIndex")
    return "auto" if given in ("none", "") and automatic else given


def _auto_enter(element: Element | None) -> AutoEnter | None:
    """Options that are switched off linger as children, so only the one that `type` names counts."""
    kind = "" if element is None else element.get("type", "")
    if element is None or not kind:
        return None
    by = _ENTERED.get(kind, _snake(kind))
    what = ""
    if kind == "Calculated":
        what = formula_of(element.find("Calculated"))
    elif kind == "ConstantData":
        what = text_of(element, "ConstantData")
    elif kind == "SerialNumber":
        serial = element.find("SerialNumber")
        what = "" if serial is None else serial.get("nextvalue", "")
    elif kind == "Looked_up":
        looked = element.find("Looked_up")
        what = qualified(None if looked is None else next(looked.iter("FieldReference"), None))
    replaces = kind == "Calculated" and is_true(element, "overwriteExisting")
    return AutoEnter(by, what, replaces, is_true(element, "alwaysEvaluate"))


def _snake(name: str) -> str:
    """CreationTimestamp -> creation timestamp"""
    return "".join(f" {c.lower()}" if c.isupper() and n else c.lower() for n, c in enumerate(name))


def _rules(element: Element | None) -> Rules | None:
    if element is None:
        return None
    limits = element.find("Range")
    strict = element.find("Strict")
    rules = Rules(
        required=is_true(element, "notEmpty"),
        unique=is_true(element, "unique"),
        existing=is_true(element, "existing"),
        value_list=name_at(element, "ValueListReference"),
        minimum="" if limits is None else limits.get("from", ""),
        maximum="" if limits is None else limits.get("to", ""),
        formula=formula_of(element.find("Calculated")),
        length=whole_number(_size(element.find("MaximumSize"))),
        strict="" if strict is None else (strict.get("type") or text_of(strict)).strip(),
    )
    if rules == Rules():
        return None
    message = text_of(element, "Message").strip().strip('"') or formula_of(element.find("MessageCalc"))
    return Rules(
        rules.required,
        rules.unique,
        rules.existing,
        rules.value_list,
        rules.minimum,
        rules.maximum,
        rules.formula,
        rules.length,
        rules.strict,
        element.get("type") == "Always" or is_true(element, "alwaysValidate"),
        is_true(element, "allowOverride"),
        message,
    )


def _size(element: Element | None) -> str | None:
    return (
        None if element is None else (element.get("value") or element.get("size") or text_of(element).strip())
    )
