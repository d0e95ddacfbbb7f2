"""The bodies of create, edit and duplicate (reference sections 6.1 to 6.3 and 6.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import cast

from ..profiles import Profile
from ..refusal import Refusal, parameter_refusal
from ..switches import Switches
from .parameters import (
    SCRIPT_KEYS,
    ScriptCalls,
    date_formats,
    invalid,
    mod_id,
    refuse_unknown,
    script_calls,
    text,
    url_parameters,
)
from .request import NumberText, Request


@dataclass(frozen=True)
class PortalRow:
    values: tuple[tuple[str, str], ...]
    record_id: str | None = None
    """None creates a related record."""
    mod_id: str | None = None


@dataclass(frozen=True)
class WriteParameters:
    values: tuple[tuple[str, str], ...]
    portals: tuple[tuple[str, tuple[PortalRow, ...]], ...]
    deletions: tuple[str, ...]
    """`Occurrence.recordId`, as `deleteRelated` names related records."""
    mod_id: str | None
    date_formats: int
    checks_entry: bool
    """False under `options.entrymode: script`."""
    checks_prohibition: bool
    """False under `options.prohibitmode: script`."""
    scripts: ScriptCalls


def read_create(request: Request, profile: Profile, switches: Switches) -> WriteParameters:
    values = request.json_object()
    refuse_unknown(values, _known(profile))
    if "fieldData" not in values:
        raise parameter_refusal(Refusal(1707).message, 1707)
    return _write(values, switches, deletes=False)


def read_edit(request: Request, profile: Profile, switches: Switches) -> WriteParameters:
    values = request.json_object()
    refuse_unknown(values, _known(profile) | {"modId"})
    if not {"fieldData", "portalData"} & values.keys():
        raise parameter_refusal(Refusal(1707).message, 1707)
    return _write(values, switches, deletes=True)


def read_scripts(request: Request) -> ScriptCalls:
    """Duplicate takes script keys from its body. One client sends them in the URL (section 22)."""
    from_url = url_parameters(request, SCRIPT_KEYS)
    values = request.json_object()
    refuse_unknown(values, SCRIPT_KEYS)
    return script_calls({**from_url, **values})


def _known(profile: Profile) -> frozenset[str]:
    known = frozenset({"fieldData", "portalData"}) | SCRIPT_KEYS
    if profile.write_dateformats:
        known |= {"dateformats"}
    if profile.write_options:
        known |= {"options"}
    return known


def _write(values: Mapping[str, object], switches: Switches, *, deletes: bool) -> WriteParameters:
    lax, numeric = switches.lax_values, switches.numeric_mod_id == "accept"
    fields = _object(values.get("fieldData", {}))
    deletions = _deletions(fields.pop("deleteRelated", None)) if deletes else ()
    portals = {
        name: tuple(_portal_row(row, lax, numeric) for row in _rows(rows))
        for name, rows in _object(values.get("portalData", {})).items()
    }
    options = _object(values.get("options", {}))
    refuse_unknown(options, {"entrymode", "prohibitmode"})
    return WriteParameters(
        tuple((name, value_text(value, lax)) for name, value in fields.items()),
        tuple(portals.items()),
        deletions,
        mod_id(values.get("modId"), numeric=numeric),
        date_formats(values.get("dateformats")),
        _mode(options.get("entrymode")) == "user",
        _mode(options.get("prohibitmode")) == "user",
        script_calls(values),
    )


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise invalid()
    return dict(cast("dict[str, object]", value))


def _rows(value: object) -> list[object]:
    if not isinstance(value, list):
        raise invalid()
    return cast("list[object]", value)


def _portal_row(value: object, lax: bool, numeric: bool) -> PortalRow:
    fields = _object(value)
    record_id = fields.pop("recordId", None)
    row_mod_id = fields.pop("modId", None)
    return PortalRow(
        tuple((name, value_text(each, lax)) for name, each in fields.items()),
        # A record id of 0 or an empty one means a new row, as in the older `TO::field.recordId` form (section 6.2).
        None if record_id is None or text(record_id) in {"", "0"} else text(record_id),
        mod_id(row_mod_id, numeric=numeric),
    )


def _deletions(value: object) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, list):
        return tuple(text(item) for item in cast("list[object]", value))
    return (text(value),)


def _mode(value: object) -> str:
    if value is None:
        return "user"
    if value in ("user", "script"):
        return str(value)
    raise invalid()


def value_text(value: object, lax: bool) -> str:
    """A field's new value as text. Booleans and null only where a switch is lax (section 20)."""
    if isinstance(value, NumberText):
        return _plain_number(value)
    if isinstance(value, str):
        return value
    if lax and (value is None or isinstance(value, bool)):
        return "" if value is None else str(int(value))
    raise invalid()


def _plain_number(number: NumberText) -> str:
    try:
        decimal = Decimal(number)
    except InvalidOperation:
        return str(number)
    return f"{decimal:f}" if -400 < decimal.adjusted() < 400 and len(number) < 1000 else str(number)
