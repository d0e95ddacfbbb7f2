"""The texts of services in the documentation can be read by what they are for, and start what there is."""

from __future__ import annotations

import argparse
import plistlib
import re
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

from filemaker_mcp.server.cli.start.serve_command import add_arguments

PAGE = (Path(__file__).parents[2] / "docs" / "beside-filemaker-server.md").read_text("utf-8")
TEXTS = re.findall(r"```xml\n(.*?)```", PAGE, re.DOTALL)


def test_each_service_starts_the_server_over_http_and_gives_it_time_to_end() -> None:
    service, site, daemon = TEXTS
    windows = ET.fromstring(service)
    assert windows.findtext("stoptimeout") == "75 sec"
    mac = plistlib.loads(daemon.encode())
    assert (mac["KeepAlive"], mac["ExitTimeOut"]) == (True, 75)
    words = shlex.split(windows.findtext("arguments") or "", posix=False)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    for told in (words, mac["ProgramArguments"][1:]):
        known = parser.parse_args(told[1:])
        assert (told[0], str(known.config)[-11:]) == ("serve", "config.toml")
        assert known.http is not None
    rule = ET.fromstring(site).find(".//action")
    assert rule is not None
    assert rule.attrib["url"].startswith("http://127.0.0.1:8791/")
