"""A field of a Database Design Report (section 14)."""

from __future__ import annotations

from typing import Literal
from xml.etree.ElementTree import Element

from ..solution import AutoEnter, FieldFacts, Rules
from .field_element import TYPES
from .xml_values import is_true, text_of, whole_number

_KINDS: dict[str, Literal["calculation", "summary"]] = {"Calculated": "calculation", "Summary": "summary"}


def report_field(element: Element) -> FieldFacts:
    storage, auto = element.find("Storage"), element.find("AutoEnter")
    summary = element.find("SummaryInfo")
    return FieldFacts(
        id=whole_number(element.get("id")),
        kind=_KINDS.get(element.get("fieldType", ""), "normal"),
        type=TYPES.get(element.get("dataType", ""), "text"),
        formula=text_of(element, "Calculation").strip(),
        context="" if (formula := element.find("Calculation")) is None else formula.get("table", ""),
        stored=storage is None or storage.get("storeCalculationResults") != "False",
        is_global=is_true(storage, "global"),
        repetitions=max(whole_number(None if storage is None else storage.get("maxRepetition")), 1),
        index="" if storage is None else storage.get("index", "").lower(),
        auto_enter=_auto_enter(auto),
        fixed=auto is not None and auto.get("allowEditing") == "False",
        rules=_rules(element.find("Validation")),
        summary="" if summary is None else summary.get("operation", ""),
        of=""
        if summary is None or (of := summary.find("SummaryField/Field")) is None
        else of.get("name", ""),
        comment=text_of(element, "Comment") or element.get("comment", ""),
    )


def _auto_enter(element: Element | None) -> AutoEnter | None:
    if element is None:
        return None
    if is_true(element, "calculation"):
        return AutoEnter(
            "calculation",
            text_of(element, "Calculation").strip(),
            is_true(element, "overwriteExistingValue"),
            is_true(element, "alwaysEvaluate"),
        )
    if is_true(element, "lookup"):
        field = element.find("Lookup/Field")
        table = "" if field is None else field.get("table", "")
        return AutoEnter("lookup", "" if field is None else f"{table}::{field.get('name', '')}")
    if (serial := element.find("Serial")) is not None:
        return AutoEnter("serial", serial.get("nextValue", ""))
    if is_true(element, "constant"):
        return AutoEnter("constant", text_of(element, "ConstantData"))
    value = element.get("value", "")
    return AutoEnter(value.lower()) if value else None


def _rules(element: Element | None) -> Rules | None:
    if element is None:
        return None
    limits, size, values = element.find("Range"), element.find("MaxDataLength"), element.find("ValueList")
    rules = Rules(
        required=is_true(element.find("NotEmpty"), "value"),
        unique=is_true(element.find("Unique"), "value"),
        existing=is_true(element.find("Existing"), "value"),
        value_list="" if values is None else values.get("name", ""),
        minimum="" if limits is None else limits.get("from", ""),
        maximum="" if limits is None else limits.get("to", ""),
        formula=text_of(element, "Calculation").strip(),
        length=whole_number(None if size is None else size.get("value")),
        strict="" if (strict := element.find("StrictDataType")) is None else strict.get("value", ""),
        always=element.get("type") == "Always",
        override=not is_true(element.find("StrictValidation"), "value"),
        message=text_of(element, "ErrorMessage").strip(),
    )
    return None if rules == Rules(always=rules.always, override=rules.override) else rules
