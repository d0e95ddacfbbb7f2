"""What becomes of a call for whoever made it: an answer, a refusal in one sentence, or a defect that says where and not what."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from mcp_types import CallToolResult, ContentBlock, TextContent

from ..server.errors import FilemakerMcpError, InputError, OutcomeUnknown
from ..server.local.own_command import as_typed
from ..server.text.unexpected_errors import place_of, said_of
from ._call import Answer
from ._render import LONG_TEXTS_CUT, MOST_CHARACTERS, rendered, shortened, without_long_texts

log = logging.getLogger("filemaker_mcp")

OUTCOME = ("state", "change_id", "job", "next")
"""What an answer of a tool that changes things says before all else."""


@dataclass(frozen=True, slots=True)
class Results:
    """Of one tool. With `changes_things` a refusal says, too, whether anything was changed."""

    name: str
    changes_things: bool

    def written(self, answer: Answer, view: dict[str, object] | None) -> CallToolResult:
        """The answer as text and as structure, measured as it is sent. What a change came to is said however long the rest is."""
        try:
            facts, text = rendered(answer)
            if len(text) > MOST_CHARACTERS:
                facts, text = rendered({**without_long_texts(facts), "cut": LONG_TEXTS_CUT})
            if len(text) > MOST_CHARACTERS:
                return self._too_long(facts, len(text))
        except (RecursionError, ValueError) as error:
            return self.defect(error)
        content: list[ContentBlock] = [TextContent(type="text", text=text)]
        return CallToolResult(content=content, structured_content=facts, _meta=view or None)

    def _too_long(self, facts: dict[str, Any], length: int) -> CallToolResult:
        what = f"The whole answer has {length:,} characters, and at most {MOST_CHARACTERS:,} are given"
        if not self.changes_things:
            return self.refusal(InputError(what, advice="Ask for fewer records, fields or layouts."))
        short = {name: facts[name] for name in OUTCOME if name in facts and len(str(facts[name])) < 200}
        facts, text = rendered({**short, "cut": f"{what}; list_changes and check_job show it in parts"})
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=facts)

    def refusal(self, error: FilemakerMcpError) -> CallToolResult:
        text = shortened(as_typed(str(error)))
        if self.changes_things:
            state = "unknown" if isinstance(error, OutcomeUnknown) else "refused"
            text = f"state: {state}. {text}"
        return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)

    def defect(self, error: Exception) -> CallToolResult:
        """Says where, never what: the text of an unforeseen exception may hold anything."""
        log.error("defect in %s: %s at %s", self.name, type(error).__name__, place_of(error))
        unsure = (
            " Whether anything was changed is not known; look before trying again."
            if self.changes_things
            else ""
        )
        text = said_of(error) + unsure
        return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
