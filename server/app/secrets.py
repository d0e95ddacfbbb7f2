"""Secrets from where the owner keeps them: the keychain, a file, an environment variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ..auth.keychain import Keychain
from ..config.strict_settings import Secret
from ..errors import ConfigurationError


def reader(secret: Secret, *, entry: str, what: str, environment: Mapping[str, str]) -> Callable[[], str]:
    """A function that gives the secret. Files and variables are read now, so that what is missing is said at the start. A file
    is read again each time, so that a corrected secret serves at once. The keychain, which may ask its owner, is read when the
    secret is needed. `entry` is its name there, `what` the setting.

    Raises ConfigurationError, and so does the function.
    """
    if secret.value is not None:
        _check_text(secret.value.get_secret_value(), f"The {what} in the environment")
        return secret.value.get_secret_value
    if secret.env is not None:
        value = environment.get(secret.env, "")
        if not value:
            raise ConfigurationError(
                f"The environment variable {secret.env} should hold the {what} and is empty or not set"
            )
        _check_text(value, f"The environment variable {secret.env}, which should hold the {what},")
        return lambda: value
    if secret.file is not None:
        path = secret.file
        _read(path, what)
        return lambda: _read(path, what)
    return lambda: _from_keychain(entry, what)


def _check_text(value: str, whose: str) -> None:
    """A variable with bytes of another encoding comes as half characters, which cannot be sent."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(f"{whose} is not UTF-8 text") from None


def _read(path: Path, what: str) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        raise ConfigurationError(
            f"The file {path}, which should hold the {what}, cannot be read: {reason}"
        ) from None
    if not text:
        raise ConfigurationError(f"The file {path}, which should hold the {what}, is empty")
    return text


def _from_keychain(entry: str, what: str) -> str:
    text = Keychain().read(entry)
    if text is None:
        raise ConfigurationError(
            f"The keychain holds no {what} for {entry}",
            advice="Run 'filemaker-mcp setup', which asks for it and keeps it there.",
        )
    return text
