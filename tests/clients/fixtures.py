"""The conformance suite's own tools, resources and prompts, added to our server in a test build. They do what the suite describes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any, cast

import mcp_types as types
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.prompts.base import Prompt, UserMessage
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel, Field

from filemaker_mcp.tools._offer import Offer
from filemaker_mcp.tools._server import FilemakerServer

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
SOUND = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="
TEXT, BINARY, TEMPLATE = "test://static-text", "test://static-binary", "test://template/"
Answer = str | types.InputRequiredResult


def _text(words: str) -> types.TextContent:
    return types.TextContent(type="text", text=words)


def _picture() -> types.ImageContent:
    return types.ImageContent(type="image", data=PICTURE, mime_type="image/png")


def _embedded(uri: str, kind: str, words: str) -> types.EmbeddedResource:
    return types.EmbeddedResource(
        type="resource", resource=types.TextResourceContents(uri=uri, mime_type=kind, text=words)
    )


def _form(message: str, name: str, kind: str = "string") -> types.ElicitRequest:
    schema = {"type": "object", "properties": {name: {"type": kind}}, "required": [name]}
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


def _sampling(words: str, most: int = 100) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=_text(words))
    return types.CreateMessageRequest(
        params=types.CreateMessageRequestParams(messages=[message], max_tokens=most)
    )


def _ask(state: str | None = None, **requests: Any) -> types.InputRequiredResult:
    return types.InputRequiredResult(input_requests=requests, request_state=state)


def _given(ctx: Context[Any, Any], *names: str) -> bool:
    return all(name in (ctx.input_responses or {}) for name in names)


# What is answered with.
def test_simple_text() -> str:
    return "This is a simple text response for testing."


def test_image_content() -> list[types.ImageContent]:
    return [_picture()]


def test_audio_content() -> list[types.AudioContent]:
    return [types.AudioContent(type="audio", data=SOUND, mime_type="audio/wav")]


def test_embedded_resource() -> list[types.EmbeddedResource]:
    return [_embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")]


def test_multiple_content_types() -> list[types.TextContent | types.ImageContent | types.EmbeddedResource]:
    mixed = _embedded("test://mixed-content-resource", "application/json", '{"test": "data", "value": 123}')
    return [_text("Multiple content types test:"), _picture(), mixed]


def test_error_handling() -> str:
    raise RuntimeError("This tool intentionally returns an error for testing")


# What is told while it runs.
async def test_tool_with_logging(ctx: Context[Any, Any]) -> str:
    for words in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.info(words)  # pyright: ignore[reportDeprecated]
    return "done"


async def test_tool_with_progress(ctx: Context[Any, Any]) -> str:
    for done in (0, 50, 100):
        await ctx.report_progress(done, 100, f"Completed step {done} of 100")
    return "done"


async def test_logging_tool(ctx: Context[Any, Any]) -> str:
    await ctx.info("told to whoever asked for it")  # pyright: ignore[reportDeprecated]
    return "done"


# What the older protocol asks of the client while a call waits.
class Reply(BaseModel):
    response: str = Field(description="User's response")


class Defaults(BaseModel):
    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: str = Field(default="active", json_schema_extra={"enum": ["active", "inactive", "pending"]})
    verified: bool = True


def _titled(*titles: str) -> list[dict[str, str]]:
    return [{"const": title.split()[0].lower(), "title": title} for title in titles]


class Choices(BaseModel):
    untitledSingle: str = Field(json_schema_extra={"enum": ["option1", "option2", "option3"]})  # noqa: N815
    titledSingle: str = Field(json_schema_extra={"oneOf": cast("Any", _titled("Low", "Medium", "High"))})  # noqa: N815
    untitledMulti: list[str] = Field(  # noqa: N815
        json_schema_extra={"items": {"type": "string", "enum": ["option1", "option2", "option3"]}}
    )
    titledMulti: list[str] = Field(  # noqa: N815
        json_schema_extra={"items": {"anyOf": cast("Any", _titled("First", "Second", "Third"))}}
    )
    legacyEnum: str = Field(  # noqa: N815
        json_schema_extra={"enum": ["opt1", "opt2"], "enumNames": ["Option One", "Option Two"]}
    )


async def test_sampling(prompt: str, ctx: Context[Any, Any]) -> str:
    message = types.SamplingMessage(role="user", content=_text(prompt))
    made = await ctx.session.create_message([message], max_tokens=100, related_request_id=ctx.request_id)  # pyright: ignore[reportDeprecated] -- the suite asks for it
    return f"LLM response: {getattr(made.content, 'text', '')}"


async def _elicited(ctx: Context[Any, Any], message: str, schema: type[BaseModel]) -> str:
    result = await ctx.elicit(message, schema)
    content = result.data.model_dump_json() if result.action == "accept" else "{}"
    return f"User response: action={result.action}, content={content}"


async def test_elicitation(message: str, ctx: Context[Any, Any]) -> str:
    return await _elicited(ctx, message, Reply)


async def test_elicitation_sep1034_defaults(ctx: Context[Any, Any]) -> str:
    return await _elicited(ctx, "Who are you?", Defaults)


async def test_elicitation_sep1330_enums(ctx: Context[Any, Any]) -> str:
    return await _elicited(ctx, "Which?", Choices)


# What the newer protocol asks for by a result.
async def test_input_required_result_elicitation(ctx: Context[Any, Any]) -> Answer:
    given = (ctx.input_responses or {}).get("user_name")
    if not isinstance(given, types.ElicitResult):
        return _ask(user_name=_form("What is your name?", "name"))
    return f"Hello, {(given.content or {}).get('name')}!"


async def test_input_required_result_sampling(ctx: Context[Any, Any]) -> Answer:
    if not _given(ctx, "capital_question"):
        return _ask(capital_question=_sampling("What is the capital of France?"))
    return str((ctx.input_responses or {})["capital_question"])


async def test_input_required_result_list_roots(ctx: Context[Any, Any]) -> Answer:
    if not _given(ctx, "client_roots"):
        return _ask(client_roots=types.ListRootsRequest())
    return str((ctx.input_responses or {})["client_roots"])


async def test_input_required_result_request_state(ctx: Context[Any, Any]) -> Answer:
    if not _given(ctx, "confirm") or ctx.request_state != "first":
        return _ask("first", confirm=_form("Please confirm", "ok", "boolean"))
    return "state-ok"


async def test_input_required_result_multiple_inputs(ctx: Context[Any, Any]) -> Answer:
    if not _given(ctx, "user_name", "greeting", "client_roots"):
        return _ask(
            "several",
            user_name=_form("What is your name?", "name"),
            greeting=_sampling("Generate a greeting", 50),
            client_roots=types.ListRootsRequest(),
        )
    return "all of them"


async def test_input_required_result_multi_round(ctx: Context[Any, Any]) -> Answer:
    if ctx.request_state == "two" and _given(ctx, "step2"):
        return "both rounds"
    if ctx.request_state == "one" and _given(ctx, "step1"):
        return _ask("two", step2=_form("Step 2: What is your favorite color?", "color"))
    return _ask("one", step1=_form("Step 1: What is your name?", "name"))


async def test_input_required_result_capabilities(ctx: Context[Any, Any]) -> Answer:
    can = ctx.client_capabilities
    requests: dict[str, Any] = {}
    if can is not None and can.sampling is not None:
        requests["greeting"] = _sampling("Generate a greeting")
    if can is not None and can.elicitation is not None:
        requests["user_name"] = _form("What is your name?", "name")
    return _ask(**requests) if requests else "nothing can be asked"


async def test_missing_capability(ctx: Context[Any, Any]) -> str:
    can = ctx.client_capabilities
    if can is None or can.sampling is None:
        data: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "Needs sampling", data)
    return "done"


TOOLS = (
    test_simple_text, test_image_content, test_audio_content, test_embedded_resource, test_multiple_content_types,
    test_error_handling, test_tool_with_logging, test_tool_with_progress, test_logging_tool, test_sampling, test_elicitation,
    test_elicitation_sep1034_defaults, test_elicitation_sep1330_enums, test_input_required_result_elicitation,
    test_input_required_result_sampling, test_input_required_result_list_roots, test_input_required_result_request_state,
    test_input_required_result_multiple_inputs, test_input_required_result_multi_round,
    test_input_required_result_capabilities, test_missing_capability,
)  # fmt: skip
ALSO = {
    "test_input_required_result_tampered_state": test_input_required_result_request_state,
    "test_streaming_elicitation": test_input_required_result_elicitation,
}
"""The same under other names."""


def test_simple_prompt() -> list[UserMessage]:
    return [UserMessage(content=_text("This is a simple prompt for testing."))]


def test_prompt_with_arguments(arg1: str, arg2: str) -> list[UserMessage]:
    return [UserMessage(content=_text(f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"))]


def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:  # noqa: N803 -- the suite's name
    resource = _embedded(resourceUri, "text/plain", "Embedded resource content for testing.")
    return [
        UserMessage(content=resource),
        UserMessage(content=_text("Please process the embedded resource above.")),
    ]


def test_prompt_with_image() -> list[UserMessage]:
    return [UserMessage(content=_picture()), UserMessage(content=_text("Please analyze the image above."))]


async def test_input_required_result_prompt(ctx: Context[Any, Any]) -> Any:
    if not _given(ctx, "user_context"):
        return _ask(user_context=_form("What context should the prompt use?", "context"))
    return [UserMessage(content=_text("The context is known."))]


PROMPTS = (
    test_simple_prompt, test_prompt_with_arguments, test_prompt_with_embedded_resource, test_prompt_with_image,
    test_input_required_result_prompt,
)  # fmt: skip


async def _nothing(ctx: Any, params: Any) -> types.EmptyResult:
    return types.EmptyResult()


class ServerWithFixtures(FilemakerServer):
    """Ours, with all that is the suite's. In the older protocol it keeps sessions: without them a server cannot ask its client
    anything while a call waits, which ours never does."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for prompt in PROMPTS:
            self.add_prompt(Prompt.from_function(prompt, description=prompt.__name__))
        for method, params in (
            ("logging/setLevel", types.SetLevelRequestParams),
            ("resources/subscribe", types.SubscribeRequestParams),
            ("resources/unsubscribe", types.UnsubscribeRequestParams),
        ):
            self._lowlevel_server.add_request_handler(method, params, _nothing)

    def offer(self, tools: Offer) -> None:
        super().offer(tools)
        for tool in TOOLS:
            self.add_tool(tool, description=tool.__name__, structured_output=False)
        for name, tool in ALSO.items():
            self.add_tool(tool, name=name, description=name, structured_output=False)

    def over_http(self, body_limit: int) -> StreamableHTTPSessionManager:
        return StreamableHTTPSessionManager(self._lowlevel_server, max_request_body_size=body_limit)

    async def list_resources(self) -> list[types.Resource]:
        own = [
            types.Resource(uri=uri, name=uri.rpartition("/")[2], description="A resource of the suite", mime_type=kind)
            for uri, kind in ((TEXT, "text/plain"), (BINARY, "image/png"))
        ]  # fmt: skip
        return [*await super().list_resources(), *own]

    async def list_resource_templates(self) -> list[types.ResourceTemplate]:
        own = types.ResourceTemplate(
            uri_template=f"{TEMPLATE}{{id}}/data", name="data", description="A template of the suite"
        )
        return [*await super().list_resource_templates(), own]

    async def read_resource(
        self, uri: Any, context: Context[None, Any] | None = None
    ) -> Iterable[ReadResourceContents] | types.InputRequiredResult:
        asked = str(uri)
        if asked == TEXT:
            words = "This is the content of the static text resource."
            return [ReadResourceContents(content=words, mime_type="text/plain")]
        if asked == BINARY:
            return [ReadResourceContents(content=base64.b64decode(PICTURE), mime_type="image/png")]
        if asked.startswith(TEMPLATE):
            name = asked.removeprefix(TEMPLATE).partition("/")[0]
            told = {"id": name, "templateTest": True, "data": f"Data for ID: {name}"}
            return [ReadResourceContents(content=json.dumps(told), mime_type="application/json")]
        return await super().read_resource(uri, context)
