"""The owner's settings about scripts and limits as the nouns of the house, checked as far as that is possible without FileMaker."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..config.database_settings import DatabaseSettings
from ..config.script_settings import GlobalSettings, LimitSettings, ScriptSettings
from ..config.settings import Settings
from ..dataapi.contents import Value
from ..database.rate_limits import Limits, LimitSpan, What
from ..errors import ConfigurationError
from ..local.licence_year import LicenceYear
from ..policy import ScriptEffect
from ..runbooks.runbook import Runbook
from ..runbooks.runbook_file import runbooks_in
from ..scripts.governed_script import Carrier, Governed, GovernedScript, ResultRule
from ..scripts.json_path import JsonPath
from ..scripts.parameter import check_schema
from ..text.near_names import folded
from ..text.toml_file import TomlFile

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def declared_scripts(settings: DatabaseSettings) -> Governed:
    """By name. Raises ConfigurationError for two spellings of one name, a path or a schema that is none."""
    seen: dict[str, str] = {}
    for name in settings.scripts:
        other = seen.setdefault(folded(name), name)
        if other != name:
            raise ConfigurationError(
                f"The scripts {other!r} and {name!r} are the same to FileMaker; leave one"
            )
    return {name: _governed(name, each) for name, each in settings.scripts.items()}


def runbooks_of(settings: Settings) -> Mapping[str, Mapping[str, Runbook]]:
    """The owner's runbooks, by database and name. Raises ConfigurationError with file and line for one that cannot work."""
    books: dict[str, dict[str, Runbook]] = {name: {} for name in settings.database}
    if settings.runbooks is None:
        return books
    for book in runbooks_in(settings.runbooks).values():
        if book.database is None and len(books) > 1:
            raise ConfigurationError(
                f"{book.path}, line 1: several databases are configured and `database` is missing",
                advice=f"Add database = one of {', '.join(books)}.",
            )
        where = book.database or next(iter(books))
        if where not in books:
            raise ConfigurationError(
                f"{book.path}: there is no database {where!r} in the configuration",
                advice=f"There is {', '.join(books)}.",
            )
        scripts = {folded(name) for name in settings.database[where].scripts}
        if folded(book.name) in scripts:
            raise ConfigurationError(
                f"{book.path}: {book.name!r} is also the name of a script",
                advice="Give the runbook another name.",
            )
        if book.script is not None and folded(book.script) not in scripts:
            raise TomlFile.open(book.path, "runbook", "docs/runbooks.md").mistake(
                ["each", "script"],
                f"the script {book.script!r} is not among the scripts of {where!r}",
                "List it in the settings, with its effect; a runbook runs nothing else.",
            )
        books[where][book.name] = book
    return books


def limits_of(settings: LimitSettings) -> Limits:
    megabyte = 1_000_000
    given = {
        (What.WRITES, LimitSpan.MINUTE): settings.writes_per_minute,
        (What.WRITES, LimitSpan.DAY): settings.writes_per_day,
        (What.SCRIPTS, LimitSpan.MINUTE): settings.scripts_per_minute,
        (What.SCRIPTS, LimitSpan.DAY): settings.scripts_per_day,
        (What.BYTES, LimitSpan.MINUTE): _times(settings.megabytes_per_minute, megabyte),
        (What.BYTES, LimitSpan.DAY): _times(settings.megabytes_per_day, megabyte),
    }
    return {key: most for key, most in given.items() if most is not None}


def licence_year_of(settings: DatabaseSettings) -> LicenceYear | None:
    limits = settings.limits
    if limits.gigabytes_per_licence_year is None:
        return None
    month, day = map(int, limits.licence_year_starts.split("-"))
    return LicenceYear(limits.gigabytes_per_licence_year, month, day, settings.base_url)


def read_budget(settings: LimitSettings) -> int | None:
    """Bytes that one question may read unasked."""
    return _times(settings.megabytes_per_question, 1_000_000)


def _times(amount: float | None, unit: int) -> int | None:
    return None if amount is None else max(1, round(amount * unit))


def _governed(name: str, settings: ScriptSettings) -> GovernedScript:
    schema = settings.parameter
    try:
        if schema is not None:
            check_schema(schema)
        rule = ResultRule(
            success=_path(settings.result.success),
            rows=_path(settings.result.rows),
            message=_path(settings.result.message),
        )
        values = {field: _global(value) for field, value in settings.globals.items()}
    except ValueError as error:
        raise ConfigurationError(f"The script {name!r}: {error}") from None
    carrier = settings.carrier
    return GovernedScript(
        name=name,
        effect=ScriptEffect(settings.effect),
        description=" ".join(settings.description.split()),
        schema=None if schema is True else schema,
        layout=settings.layout,
        globals=values,
        timeout=settings.timeout,
        required=settings.required_fields,
        carrier=None if carrier is None else Carrier(carrier.layout, carrier.where),
        ok_errors=None if settings.ok_errors is None else frozenset(settings.ok_errors),
        result=rule,
        run_once=_window(settings.run_once),
    )


def _global(value: str | float | GlobalSettings) -> Value | JsonPath:
    if isinstance(value, GlobalSettings):
        return JsonPath.parse(value.parameter)
    return Decimal(str(value)) if isinstance(value, float) else value


def _window(text: str) -> float | None:
    return None if text == "never" else float(text[:-1]) * SECONDS[text[-1]]


def _path(text: str | None) -> JsonPath | None:
    return None if text is None else JsonPath.parse(text)
