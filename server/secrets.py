"""Secrets from where the owner keeps them: the keychain, a file, an environment variable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .errors import ConfigurationError

if TYPE_CHECKING:
    from .settings import Secret

SERVICE = "filemaker-mcp"
"""The name under which the keychain shows our entries."""


def revealed(secret: Secret | None, *, entry: str, environment: Mapping[str, str]) -> str:
    """The secret itself, empty when none is configured. `entry` names it in the keychain. Raises ConfigurationError."""
    if secret is None:
        return ""
    if secret.value is not None:
        return secret.value.get_secret_value()
    if secret.env is not None:
        if not environment.get(secret.env):
            raise ConfigurationError(
                f"The environment variable {secret.env} should hold the secret of {entry} and is empty"
            )
        return environment[secret.env]
    if secret.file is not None:
        try:
            return secret.file.expanduser().read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigurationError(f"The secret file {secret.file} cannot be read: {reason}") from None
    return _from_keychain(entry)


def _from_keychain(entry: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ConfigurationError(
            "The keychain is configured, but the package that reads it is not installed",
            advice='Install "filemaker-mcp[keyring]", or keep the secret in a file.',
        ) from None
    try:
        found = keyring.get_password(SERVICE, entry)
    except keyring.errors.KeyringError:
        found = None
    if not found:
        raise ConfigurationError(
            f"The keychain has no entry {entry!r} of {SERVICE}",
            advice="Run 'filemaker-mcp setup' to store it.",
        )
    return found
