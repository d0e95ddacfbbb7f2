"""The browser of the person at this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping


def open_browser(environment: Mapping[str, str]) -> Callable[[str], bool] | None:
    """Shows an address to the person; None where nobody sits in front of a screen."""
    screen = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not screen and not environment.get("BROWSER"):
        return None

    def show(address: str) -> bool:
        import webbrowser

        try:
            return webbrowser.open(address)
        except (webbrowser.Error, OSError):
            return False

    return show
