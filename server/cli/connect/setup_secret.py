"""Where setup puts a password: the keychain, or a file that only its owner can read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...app.sign_in_accounts import keychain_entry
from ...auth.keychain import Keychain
from ...config.configuration import settled
from ...errors import ConfigurationError
from ...local.private_files import write_private
from ..terminal import say

if TYPE_CHECKING:
    from .setup_account import Answers


def keep_secret(answers: Answers, folder: Path) -> dict[str, Any]:
    """What the configuration file says about it; empty where there is no password to keep."""
    if not answers.password:
        return {}
    database = settled({"database": {answers.name: dict(answers.values)}}, None).database[answers.name]
    if Keychain.usable():
        try:
            Keychain().write(keychain_entry(database), answers.password)
        except ConfigurationError as error:
            say(str(error))
        else:
            say("The password is in the keychain of this machine.")
            return {"password": "keychain"}
    file = folder / "secrets" / answers.name
    write_private(file, answers.password)
    say(f"This machine has no keychain to use, so the password is in {file}, which only you can read.")
    return {"password": {"file": str(file)}}
