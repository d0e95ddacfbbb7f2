"""The whole program, loaded: what the processes of `started.py` are forked from."""

import gc
import importlib
import pkgutil

import filemaker_mcp.server
import filemaker_mcp.tools

for package in (filemaker_mcp.server, filemaker_mcp.tools):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
for later in ("aiosqlite", "babel.dates", "jinja2", "mcp.server", "pycognito", "rich.console", "uvicorn"):
    importlib.import_module(later)  # what the program loads where it is used
gc.freeze()
