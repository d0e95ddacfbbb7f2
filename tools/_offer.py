"""The tools that a server offers. What reads the arguments of one is made when somebody asks for it: that costs milliseconds
each, and the first answer of a server needs none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mcp.server.mcpserver.tools import Tool, ToolManager

from ._tool import Declaration


class Offer(ToolManager):
    """In the order of their declarations, and after them what somebody added."""

    def __init__(self, declarations: Sequence[Declaration], make: Callable[[Declaration], Tool]) -> None:
        super().__init__()
        self._declarations = {declaration.name: declaration for declaration in declarations}
        self._make = make

    def __iter__(self) -> Iterator[str]:
        return iter(self._declarations)

    def get_tool(self, name: str) -> Tool | None:
        declaration = self._declarations.get(name)
        if declaration is not None and name not in self._tools:
            self._tools[name] = self._make(declaration)
        return self._tools.get(name)

    def list_tools(self) -> list[Tool]:
        for name in self:
            self.get_tool(name)
        return [self._tools[name] for name in dict.fromkeys((*self, *self._tools))]
