"""Each call of the Data API as a request: its path, method and effect, and what is said of it in errors (sections 3 to 11)."""

from __future__ import annotations

from collections.abc import Mapping

from .api_request import ApiRequest, RequestEffect
from .contents import Value
from .query import Query
from .record import File
from .request_parameters import find_body, portal_parameters, range_parameters, script_parameters, write_body
from .request_scripts import ScriptCall, Scripts
from .wire import plain
from .write import Write

NO_SCRIPTS = Scripts()
READS, WRITES, RUNS = RequestEffect.READS, RequestEffect.WRITES, RequestEffect.RUNS


def product_info() -> ApiRequest:
    return ApiRequest("GET", ("productInfo",), READS, "Asking for the version", host_level=True)


def database_list() -> ApiRequest:
    return ApiRequest("GET", ("databases",), READS, "Listing databases", host_level=True)


def session_check() -> ApiRequest:
    return ApiRequest("GET", ("validateSession",), READS, "Validating the session", host_level=True)


def layout_list() -> ApiRequest:
    return ApiRequest("GET", ("layouts",), READS, "Listing layouts")


def script_list() -> ApiRequest:
    return ApiRequest("GET", ("scripts",), READS, "Listing scripts")


def layout_description(name: str, record_id: str | None) -> ApiRequest:
    parameters = {"recordId": record_id} if record_id else None
    return ApiRequest("GET", ("layouts", name), READS, f"Describing {name!r}", parameters=parameters)


def legacy_description(name: str) -> ApiRequest:
    return ApiRequest("GET", ("layouts", name, "metadata"), READS, f"Describing {name!r}")


def creation(layout: str, write: Write, scripts: Scripts) -> ApiRequest:
    what = f"Creating a record in {layout!r}"
    return ApiRequest("POST", ("layouts", layout, "records"), WRITES, what, body=write_body(write, scripts))


def edit(
    layout: str, record_id: str, write: Write, *, mod_id: str | None, scripts: Scripts, timeout: float | None
) -> ApiRequest:
    what = f"Editing record {record_id} in {layout!r}"
    body = write_body(write, scripts, mod_id)
    return ApiRequest("PATCH", _record(layout, record_id), WRITES, what, body=body, timeout=timeout)


def duplication(layout: str, record_id: str, scripts: Scripts) -> ApiRequest:
    what = f"Duplicating record {record_id} in {layout!r}"
    return ApiRequest("POST", _record(layout, record_id), WRITES, what, body=script_parameters(scripts))


def deletion(layout: str, record_id: str, scripts: Scripts) -> ApiRequest:
    what = f"Deleting record {record_id} in {layout!r}"
    parameters = script_parameters(scripts)
    return ApiRequest("DELETE", _record(layout, record_id), WRITES, what, parameters=parameters)


def record(query: Query, record_id: str) -> ApiRequest:
    """One record of the layout, with the portals and scripts of the query."""
    what = f"Reading record {record_id} in {query.layout!r}"
    parameters = portal_parameters(query) | script_parameters(query.scripts)
    path = _record(query.layout, record_id)
    return ApiRequest("GET", path, _effect(query.scripts), what, parameters=parameters)


def page(query: Query, timeout: float | None = None) -> ApiRequest:
    path = ("layouts", query.layout, "_find" if query.requests else "records")
    what = f"Reading {query.layout!r}"
    effect = _effect(query.scripts)
    if query.requests:
        return ApiRequest("POST", path, effect, what, body=find_body(query), timeout=timeout)
    return ApiRequest("GET", path, effect, what, parameters=range_parameters(query), timeout=timeout)


def script_run(layout: str, call: ScriptCall, record_id: str | None, timeout: float | None) -> ApiRequest:
    """A script by itself; with `record_id` after that record was fetched (section 9.1)."""
    if record_id is None:
        path = ("layouts", layout, "script", call.name)
        parameters = {} if call.parameter is None else {"script.param": call.parameter}
    else:
        path = _record(layout, record_id)
        parameters = portal_parameters(Query(layout, portals=())) | script_parameters(Scripts(after=call))
    what = f"Running the script {call.name!r}"
    return ApiRequest("GET", path, RUNS, what, parameters=parameters, timeout=timeout)


def global_values(values: Mapping[str, Value]) -> ApiRequest:
    body = {"globalFields": {k: v if isinstance(v, str) else plain(v) for k, v in values.items()}}
    return ApiRequest("PATCH", ("globals",), READS, "Setting global fields", body=body)


def upload(
    layout: str, record_id: str, field: str, file: File, *, repetition: int, mod_id: str | None
) -> ApiRequest:
    return ApiRequest(
        "POST",
        (*_record(layout, record_id), "containers", field, str(repetition)),
        WRITES,
        f"Uploading {file.name!r} to record {record_id} in {layout!r}",
        parameters={"modId": mod_id} if mod_id is not None else None,
        files={"upload": (file.name, file.content, file.media_type)},
    )


def _record(layout: str, record_id: str) -> tuple[str, ...]:
    return ("layouts", layout, "records", record_id)


def _effect(scripts: Scripts) -> RequestEffect:
    return READS if scripts == NO_SCRIPTS else RUNS
