"""Create, edit, duplicate, delete, globals and stand-alone scripts (sections 6, 9.2 and 11)."""

from __future__ import annotations

import re
from typing import cast

from ..http.parameters import SCRIPT_KEYS, ScriptCall, invalid, refuse_unknown, script_calls, url_parameters
from ..http.write_parameters import read_create, read_edit, read_scripts, value_text
from ..model import Field
from ..records.commit import Saver
from ..records.field_input import set_global
from ..records.layout_writes import Writer
from ..records.sources import Source
from ..records.window import Window
from ..refusal import Refusal, parameter_refusal
from ..values.values import BadValue, from_input
from .call import Call
from .handler import RequestContext, Run


def create(exchange: RequestContext) -> Run:
    host = exchange.host
    parameters = read_create(exchange.request, host.profile, host.switches)

    async def run(call: Call) -> dict[str, object]:
        call.check_scripts(parameters.scripts)
        window = call.go_to_layout(exchange.names["layout"])
        await call.prerequest(window, parameters.scripts)
        _check_layout(call, window)
        writer = Writer(call.scene, window.plan, host.locks, parameters, host.switches)
        row = writer.create()
        window.add(row.record_id)
        await call.finish(window, parameters.scripts)
        answer = {**call.results, "recordId": str(row.record_id), "modId": str(row.mod_id)}
        return _with_rows(call, answer, writer) if host.switches.rows_of_create else answer

    return run


def edit(exchange: RequestContext) -> Run:
    host = exchange.host
    parameters = read_edit(exchange.request, host.profile, host.switches)

    async def run(call: Call) -> dict[str, object]:
        call.check_scripts(parameters.scripts)
        window = call.go_to_layout(exchange.names["layout"])
        await call.prerequest(window, parameters.scripts)
        _check_layout(call, window)
        row = call.row(window, exchange.names["record"])
        writer = Writer(call.scene, window.plan, host.locks, parameters, host.switches)
        row = writer.edit(row)
        window.show(window.found, row.record_id)
        await call.finish(window, parameters.scripts)
        return _with_rows(call, {**call.results, "modId": str(row.mod_id)}, writer)

    return run


def duplicate(exchange: RequestContext) -> Run:
    scripts = read_scripts(exchange.request)

    async def run(call: Call) -> dict[str, object]:
        call.check_scripts(scripts)
        window = call.go_to_layout(exchange.names["layout"])
        await call.prerequest(window, scripts)
        _check_layout(call, window)
        row = call.row(window, exchange.names["record"])
        with window.source.store.transaction():
            made = Saver(call.scene, exchange.host.locks).duplicate(window.source, row)
        window.add(made.record_id)
        await call.finish(window, scripts)
        return {**call.results, "recordId": str(made.record_id), "modId": str(made.mod_id)}

    return run


def delete(exchange: RequestContext) -> Run:
    scripts = script_calls(url_parameters(exchange.request, SCRIPT_KEYS))

    async def run(call: Call) -> dict[str, object]:
        call.check_scripts(scripts)
        window = call.go_to_layout(exchange.names["layout"])
        await call.prerequest(window, scripts)
        _check_layout(call, window)
        row = call.row(window, exchange.names["record"])
        saver = Saver(call.scene, exchange.host.locks)
        with window.source.store.transaction():
            saver.delete(window.source, row)
        saver.release()
        window.remove(row.record_id)
        await call.finish(window, scripts)
        return dict(call.results)

    return run


def run_script(exchange: RequestContext) -> Run:
    values = url_parameters(exchange.request, {"script.param"})

    async def run(call: Call) -> dict[str, object]:
        script = ScriptCall(exchange.names["script"], values.get("script.param", ""))
        call.runner.check((script.name,))
        window = call.go_to_layout(exchange.names["layout"])
        await call.run_alone(window, script)
        return dict(call.results)

    return run


def set_globals(exchange: RequestContext) -> Run:
    values = exchange.request.json_object()
    refuse_unknown(values, {"globalFields"})
    if "globalFields" not in values:
        raise parameter_refusal(Refusal(1707).message, 1707)
    sent = values["globalFields"]
    if not isinstance(sent, dict):
        raise invalid()
    lax = exchange.host.switches.lax_values
    texts = {name: value_text(value, lax) for name, value in cast("dict[str, object]", sent).items()}

    async def run(call: Call) -> dict[str, object]:
        # All names are looked up before the first value is set.
        for place in [_global_place(call, name, text) for name, text in texts.items()]:
            set_global(call.scene, *place)
        return {}

    return run


def _global_place(call: Call, name: str, text: str) -> tuple[Source, Field, int, str]:
    """`Occurrence::Field` or `Occurrence::Field(2)`. 102 for anything but a global field (section 11 [I])."""
    occurrence, _, bare = name.partition("::")
    if occurrence not in call.scene.file.model.occurrences:
        raise Refusal(102)
    source = call.scene.source(occurrence)
    repetition = 1
    pattern = re.fullmatch(r"(.+)\((\d{1,9})\)", bare)
    if bare not in source.table.fields and pattern is not None:
        bare, repetition = pattern[1], int(pattern[2])
    field = source.table.fields.get(bare)
    if field is None or not field.is_global:
        raise Refusal(102)
    if not 1 <= repetition <= field.repetitions:
        raise Refusal(111)
    if call.scene.field_access(source, field) != "edit":
        raise Refusal(201)
    try:
        scene = call.scene
        stored = from_input(field.type, text, today=scene.now.date(), exponents=scene.exponents)
    except BadValue as problem:
        raise Refusal(problem.code) from None
    return source, field, repetition, stored


def _check_layout(call: Call, window: Window) -> None:
    """Records shown by a layout that the account may only view cannot be changed through it."""
    if call.session.access.layout(window.plan.layout) != "edit":
        raise Refusal(9, status=call.host.switches.privilege_status)


def _with_rows(call: Call, answer: dict[str, object], writer: Writer) -> dict[str, object]:
    if call.host.profile.counts and writer.created_rows:
        answer["newPortalRecordInfo"] = writer.created_rows
    return answer
