"""One caller's share of what may be asked of a database: one who is at the end of theirs leaves the others whole."""

from __future__ import annotations

from .rate_limits import Allowance, Block, Limits, What


class CallerShare:
    """Counts for the caller first, then for the database. What the database refuses after that has counted for the caller."""

    def __init__(self, own: Allowance, whole: Allowance) -> None:
        self._own = own
        self._whole = whole
        self._blocks: dict[int, Block] = {}

    async def take(self, what: What, block: Block | None = None) -> None:
        own = None if block is None else self._blocks.get(id(block))
        await self._own.take(what, own)
        await self._whole.take(what, block)

    async def block(self, count: int) -> Block:
        own = await self._own.block(count)
        block = await self._whole.block(own.left)
        self._blocks[id(block)] = own
        return block

    async def give_back(self, block: Block) -> None:
        own = self._blocks.pop(id(block), None)
        if own is not None:
            await self._own.give_back(own)
        await self._whole.give_back(block)

    def received(self, count: int) -> None:
        self._own.received(count)
        self._whole.received(count)

    async def write(self) -> None:
        await self._own.write()
        await self._whole.write()


def half_of(limits: Limits) -> Limits:
    return {each: max(1, most // 2) for each, most in limits.items()}
