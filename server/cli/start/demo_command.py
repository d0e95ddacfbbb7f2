"""`filemaker-mcp demo`: the main job on the sample solution, through a real MCP client and a real server process."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:  # a Windows console in another code page would refuse Müller
        reconfigure(encoding="utf-8", errors="replace")
    from ...local.work_folder import work_folder

    with work_folder(Path(tempfile.gettempdir()), "filemaker-mcp-demo-") as folder:
        return asyncio.run(_demo(folder))


async def _demo(folder: Path) -> int:
    from mcp import Client, StdioServerParameters

    from ...app.sample_server import ACCOUNT, FILE, PASSWORD, everything_allowed, sample_folder
    from ...emulator.app import Emulator
    from ...emulator.serving import serving
    from ..terminal_text import wrapped
    from .demo_walk import Walk, closing_words

    emulator = Emulator([sample_folder()])
    async with serving(emulator.app) as url:
        settings = {
            "FILEMAKER_HOST": url,
            "FILEMAKER_DATABASE": FILE,
            "FILEMAKER_USERNAME": ACCOUNT,
            "FILEMAKER_PASSWORD": PASSWORD,
            "FILEMAKER_STATE": str(folder / "state.sqlite"),
            "FILEMAKER_FILES_FOLDER": str(folder),
        }
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "filemaker_mcp.server"],
            env=_inherited() | everything_allowed() | settings,
        )
        host = f"A FileMaker host with the sample file '{FILE}' is running on {url}, and an MCP server beside it."
        print(f"{wrapped(f'{host} What follows is what an assistant asks and is told.', '')}\n")
        async with Client(server) as client:
            walked = await Walk(client).all()
    print(closing_words())
    return 0 if walked else 1


def _inherited() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.upper().startswith("FILEMAKER_")}
