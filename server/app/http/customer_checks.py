"""That customers of one process have nothing in common: looked at in what their owner wrote, and in the records themselves."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from ...callers.epoch import epoch_of, named
from ...config.settings import Settings
from ...errors import ConfigurationError, StateAway
from ...http.front_door import Doorway
from ...local.keys.key_file import KeyFile, ring_of
from ...local.state.state import State
from ...local.state.state_place import StatePlace

POSTGRES_PORT = "5432"
WHICH = ("options", "service")
"""Of an address of PostgreSQL: a schema, and an entry of another file, may make another state of the same database."""


async def check_states(states: Sequence[tuple[str, State]]) -> None:
    """Two addresses may lead to one state, and a customer may have been set up with a copy of another's. What cannot be reached now
    is looked at at the next start. Raises ConfigurationError."""
    found: dict[str, str] = {}
    for name, state in states if len(states) > 1 else ():
        with suppress(StateAway):
            known = (await epoch_of(state) or await named(state)).state_id
            if known in found:
                raise ConfigurationError(
                    f"{found[known]} and {name} have the same state, or a copy of it",
                    advice="Each customer begins with records of their own: name a file that is not there yet, or an empty database.",
                )
            found[known] = name


def check_whole(file: Path, settings: Settings) -> None:
    own = {
        "http.public_url": settings.http.public_url,
        "state": settings.state,
        "seal_key": settings.seal_key,
        "files_folder": settings.files_folder,
    }
    missing = next((name for name, value in own.items() if value is None), None)
    if missing is not None:
        raise ConfigurationError(
            f"{file} does not say {missing}", advice="Each customer of one process has one of its own."
        )


def check_apart(both: str, first: Settings, second: Settings) -> None:
    doorways = [Doorway.public(each.http.public_url or "", ()) for each in (first, second)]
    shared = doorways[0].hosts & doorways[1].hosts
    if shared:
        raise ConfigurationError(f"{both} are reached by the same name {min(shared)}")
    places = [_store(each.state.place()) for each in (first, second) if each.state is not None]
    if places[0] == places[1]:
        raise ConfigurationError(f"{both} have the same state")
    _check_keys(both, first, second)
    heads = [each.http.journal_head for each in (first, second)]
    ends = [None if each is None or each.file is None else each.file.resolve() for each in heads]
    if ends[0] is not None and ends[0] == ends[1]:
        raise ConfigurationError(f"{both} keep the journal's end in the same file {ends[0]}")
    if first.http.objects is not None and _bucket(first) == _bucket(second):
        raise ConfigurationError(f"{both} keep files in the same place {first.http.objects}")
    keys = [each.seal_key.resolve().parent for each in (first, second) if each.seal_key is not None]
    if keys[0] == keys[1]:
        raise ConfigurationError(
            f"{both} keep their keys in the same folder {keys[0]}",
            advice="Other keys and what was ended lie beside seal_key, so each customer's has a folder of its own.",
        )
    for one, other in ((first, second), (second, first)):
        folder = _folder(one)
        inside = [_folder(other), *(key.resolve() for key in [other.seal_key] if key is not None)]
        state = None if other.state is None else other.state.place().file
        if any(path.is_relative_to(folder) for path in (*inside, *([state.resolve()] if state else []))):
            raise ConfigurationError(
                f"{both}: what one keeps lies in the files folder of the other, {folder}"
            )


def _store(place: StatePlace) -> object:
    """What two places have in common that are one: the file, whatever leads to it, or server and name of a database."""
    if place.url:
        parts = urlsplit(place.url)
        more = {name: "".join(values) for name, values in parse_qs(parts.query).items()}
        host = parts.netloc.rpartition("@")[2].lower() or more.get("host", "")
        port = "" if ":" in host.rpartition("]")[2] else f":{more.get('port', POSTGRES_PORT)}"
        # What else stands there says how it is reached, and not which it is.
        return (host + port, parts.path.strip("/") or more.get("dbname"), *(more.get(name) for name in WHICH))
    if place.file is not None and place.file.exists():
        facts = place.file.stat()
        return (facts.st_dev, facts.st_ino)
    return None if place.file is None else str(place.file.resolve()).casefold()


def _check_keys(both: str, first: Settings, second: Settings) -> None:
    """Raises ConfigurationError where what seals one's records opens the other's: one key, however often it was copied, and for keys
    that are named and cannot be read."""
    if _keys(first) & _keys(second):
        raise ConfigurationError(
            f"{both} have a key in common",
            advice="Each customer's keys are their own: they are made by themselves.",
        )


def _keys(settings: Settings) -> set[bytes]:
    """As far as they are there: those that no setting names are made at the first use. Raises ConfigurationError."""
    found = {place.key().material for place in settings.secrets.places}
    seal = settings.seal_key
    try:
        if seal is not None and seal.is_file():
            found.add(seal.read_bytes().strip())
        if seal is not None and (beside := KeyFile.beside(seal)).path.is_file():
            found |= {key.material for key in ring_of((), beside).keys}
    except OSError as failed:
        raise ConfigurationError(
            f"The key by which agreements are sealed cannot be read from {seal}: {failed.strerror}",
            advice="The account that runs the server has to own it.",
        ) from None
    return found


def _bucket(settings: Settings) -> str:
    return (settings.http.objects or "").rstrip("/")


def _folder(settings: Settings) -> Path:
    return (settings.files_folder or Path()).resolve()
