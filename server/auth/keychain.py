"""The operating system's keychain through the optional `keyring`. Imported only when something is kept there."""

from __future__ import annotations

from typing import Any

from ..errors import ConfigurationError

SERVICE = "filemaker-mcp"
PART = 1000
"""Windows' Credential Manager takes 1,280 characters an entry and refresh tokens are longer (reference on Claris ID, section 4)."""
MORE = "filemaker-mcp parts: "


class Keychain:
    """Texts by name. A long one is kept in parts, `name`, `name #2`, ..."""

    def read(self, name: str) -> str | None:
        keyring = _keyring()
        first = _call(keyring.get_password, SERVICE, name)
        if not isinstance(first, str) or not first.startswith(MORE):
            return first
        parts = [
            _call(keyring.get_password, SERVICE, f"{name} #{n}")
            for n in range(1, int(first[len(MORE) :]) + 1)
        ]
        return None if None in parts else "".join(parts)

    def write(self, name: str, text: str) -> None:
        keyring = _keyring()
        self.delete(name)
        if len(text) <= PART and not text.startswith(MORE):
            _call(keyring.set_password, SERVICE, name, text)
            return
        parts = [text[start : start + PART] for start in range(0, len(text), PART)]
        for number, part in enumerate(parts, 1):
            _call(keyring.set_password, SERVICE, f"{name} #{number}", part)
        _call(keyring.set_password, SERVICE, name, f"{MORE}{len(parts)}")

    def delete(self, name: str) -> bool:
        """Whether there was anything."""
        keyring = _keyring()
        first = _call(keyring.get_password, SERVICE, name)
        if first is None:
            return False
        count = int(first[len(MORE) :]) if first.startswith(MORE) else 0
        for each in (name, *(f"{name} #{n}" for n in range(1, count + 1))):
            _call(keyring.delete_password, SERVICE, each)
        return True

    @staticmethod
    def usable() -> bool:
        """Whether this machine has a keychain that keeps things. A server without a desktop has none."""
        try:
            keyring = _keyring()
        except ConfigurationError:
            return False
        return float(keyring.get_keyring().priority) > 0


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        raise ConfigurationError(
            "The keychain needs the optional package keyring",
            advice="Install 'filemaker-mcp[keyring]', or keep the secret in a file or variable.",
        ) from None
    return keyring


def _call(function: Any, *words: str) -> Any:
    from keyring.errors import KeyringError

    try:
        return function(*words)
    except KeyringError as error:
        raise ConfigurationError(
            f"The keychain of this machine cannot be used ({type(error).__name__})",
            advice='Unlock it, or keep the secret in a file: password = { file = "..." }, or FILEMAKER_PASSWORD_FILE.',
        ) from None
