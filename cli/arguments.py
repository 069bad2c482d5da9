"""Settings as options of commands, and plain words when one is wrong; `--json`, too.

Here: what options of several commands have in common. Not here: the settings themselves (duebook/settings.py), options
of single commands (beside the command).
"""

import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic import SecretStr, ValidationError

from cli.exit_codes import CommandError, ExitCode
from duebook.encryption import KEY, KEY_FILE, EncryptionError, keys
from duebook.home import HomeIsBusyError
from duebook.settings import Settings
from duebook.spelling import answer

PREFIX = "DUEBOOK_"
# Variables that the guide names and that are no settings (docs/guide/scale.md): suggested as settings are.
OF_SPARK = ("SPARK_MASTER", "SPARK_PARTITIONS", "SPARK_FORMAT")
# What a refresh gives to dbt, and whoever calls dbt alone may give: no settings.
TOLD_TO_DBT = {"DBT_PLUGINS", "DBT_TARGET", "DBT_VARS", "LANDED_FILE", "MARTS_FILE", "PUBLISHED_FILE", "WAREHOUSE_FILE"}
TOLD_TO_DBT |= {"PYTHON", "REFRESH_PID", "ENGINE_HOST", "ENGINE_PORT", "ENGINE_USER", "ENGINE_DATABASE"}
TOLD_TO_DBT |= {"ENGINE_SSLMODE", "ENGINE_SSLROOTCERT", "ENGINE_SSLCERT", "ENGINE_SSLKEY"}
TOLD_TO_DBT |= {
    f"SPARK_{what}" for what in ("DECLARATIONS", "HOST", "MASTER", "MEMORY", "PARTITIONS", "PORT", "USER", "WAREHOUSE")
}
TOLD_TO_DBT |= {"SPARK_FORMAT", "SPARK_NOTED"}
# The address of a source, which may hold a password (cli/adapters.py).
SOURCE = "SOURCE"
OF_KEY = "encryption_key_file"

AsJson = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document to standard output, and everything else to standard error."),
]

# In plain words, by pydantic's name of what is wrong.
EXPECTED = {
    "bool_parsing": "expected 1 or 0 (true or false)",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number, such as 0.1",
}

# Never shown, also when wrong: they hold passwords.
SECRETS = {name for name, field in Settings.model_fields.items() if SecretStr in get_args(field.annotation)}


class WrongSettingError(CommandError):
    """There is no such setting, or it can't have its value; the message names it, a line each."""

    def __init__(self, message: object) -> None:
        super().__init__(message, ExitCode.USAGE)


def takes_settings(*names: str, reads_landing: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command an option for each of some settings; it is called with all settings as `settings`.

    Who opens a home may need its key: the option for it comes with the one for the home.

    Where another process writes in the home it ends with the code for that; where rights or the disk are in the way, it
    says where and what to do.

    Args:
        names: the settings that are options.
        reads_landing: the command reads the landing, so the folder has to be there.
    """
    names += (OF_KEY,) if "home" in names and OF_KEY not in names else ()
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_option(name))
        for name in names
    ]

    def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def run(**given: Any) -> Any:
            try:
                settings = read_settings({name: given.pop(name) for name in names}, reads_landing=reads_landing)
                return command(settings=settings, **given)
            except HomeIsBusyError as busy:
                raise CommandError(f"{busy} Nothing was done.", ExitCode.BUSY) from None
            except EncryptionError as error:
                raise CommandError(f"{error}.", ExitCode.USAGE) from None
            except OSError as error:
                _say_what_the_system_refused(error)
                raise

        own = [one for one in inspect.signature(command).parameters.values() if one.name != "settings"]
        run.__signature__ = inspect.Signature([*own, *options])
        return run

    return with_options


def _say_what_the_system_refused(error: OSError) -> None:
    """End the command if rights or the disk are the cause.

    Raises:
        CommandError: says where, and what to do.
    """
    # Imported here: of DuckDB, which not every command needs.
    from duebook.landing.load_errors import refused_by_the_system

    if said := refused_by_the_system(error):
        raise CommandError(f"{said}.") from None


def _option(setting: str) -> Any:
    described = f"{Settings.model_fields[setting].description} [{PREFIX}{setting.upper()}]"
    return Annotated[str | None, typer.Option(metavar="VALUE", help=described, show_default=False)]


def print_json(document: object) -> None:
    """Print what a program reads: the only thing on standard output. Days, times and paths are texts."""
    print(json.dumps(document, indent=2, default=str))


def teller(as_json: bool) -> Callable[[str], None]:
    """Return what prints a line for the person: to standard error where a program reads standard output."""
    return partial(print, file=sys.stderr if as_json else sys.stdout, flush=True)


def read_settings(options: Mapping[str, str | None], *, reads_landing: bool = True) -> Settings:
    """Read the settings: options win over environment variables.

    Options become environment variables, so that every process the refresh starts sees the same settings.

    Args:
        options: values by setting; None: not given.
        reads_landing: the landing has to be there.

    Raises:
        WrongSettingError: a setting can't have its value, or an environment variable is that of no setting.
    """
    take_options(options)
    refuse_unknown_settings()
    try:
        settings = Settings()
    except ValidationError as error:
        raise WrongSettingError("\n".join(_describe(problem) for problem in error.errors())) from None
    if settings.encryption_key_file:
        # A process that is started may be in another folder.
        os.environ[KEY_FILE] = str(settings.encryption_key_file)
    try:
        keys()
    except EncryptionError as error:
        raise WrongSettingError(f"{error}.") from None
    if reads_landing:
        _refuse_missing(settings.landing)
    if settings.home.exists() and not settings.home.is_dir():
        raise WrongSettingError(f"{PREFIX}HOME is {settings.home}: expected a folder, and it is a file.")
    if settings.wrong_in_home:
        raise WrongSettingError(f"{settings.wrong_in_home}.")
    if settings.accept:
        _refuse_unknown_checks(settings.accept)
    return settings


def _refuse_missing(landing: Path) -> None:
    try:
        is_folder = landing.is_dir()
    except OSError as error:
        said = f"{PREFIX}LANDING is {landing}: expected a folder that can be read: {error.strerror}."
        raise WrongSettingError(said) from None
    if not is_folder:
        instead = "it is a file" if landing.exists() else "there is none"
        raise WrongSettingError(f"{PREFIX}LANDING is {landing}: expected a folder, and {instead}.")


def take_options(options: Mapping[str, str | None]) -> None:
    """Have options of the command line be environment variables, by the name of their setting.

    Raises:
        WrongSettingError: a folder is given, and empty, as an unset shell variable is: its default isn't what is meant.
    """
    for name, value in options.items():
        if value is None:
            continue
        if Settings.model_fields[name].annotation is Path:
            folder(name, value)
        os.environ[f"{PREFIX}{name.upper()}"] = value


def folder(option: str, value: str) -> Path:
    """Return the folder an option names, absolute.

    Raises:
        WrongSettingError: it is empty, which would be the current folder.
    """
    if not value.strip():
        raise WrongSettingError(f"--{option} is empty: name a folder, or leave the option out.")
    return Path(value).expanduser().resolve()


def _refuse_unknown_checks(accept: str) -> None:
    # Imported here, because the expectations take seconds to import, and hardly any run accepts one.
    from expectations.accepting import NothingToAcceptError, read_accepted

    try:
        read_accepted(accept)
    except NothingToAcceptError as error:
        raise WrongSettingError(f"{PREFIX}ACCEPT is {accept!r}: {error}") from None


def refuse_unknown_settings() -> None:
    """Look for environment variables that would be settings by their prefix.

    Raises:
        WrongSettingError: there is one that isn't; says which was meant, if one is alike.
    """
    settings = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    # The key is no setting: settings are options, and those of a process are there for all to see.
    known = {KEY, *settings, *(f"{PREFIX}{name}" for name in {*TOLD_TO_DBT, SOURCE})}
    unknown = [name for name, value in os.environ.items() if value and name.upper().startswith(PREFIX)]
    if unknown := sorted(name for name in unknown if name.upper() not in known):
        suggested = [*settings, *(f"{PREFIX}{name}" for name in OF_SPARK)]
        raise WrongSettingError("\n".join(answer(name, suggested, "setting") for name in unknown))


def refuse_engine_that_cannot_run(settings: Settings) -> None:
    """Look at what the engine needs on this machine, before anything is loaded.

    Raises:
        WrongSettingError: it isn't there; says what to do.
    """
    # Imported here: most commands call no engine.
    from duebook.engines.choice import EngineError, refuse_what_cannot_run

    try:
        refuse_what_cannot_run(settings)
    except EngineError as error:
        raise WrongSettingError(f"{error}.") from None


def _describe(problem: dict) -> str:
    said = problem["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    expected = EXPECTED.get(problem["type"], said)
    if not problem["loc"]:
        return f"{expected}."
    name = str(problem["loc"][0])
    value = "wrong" if name in SECRETS else repr(problem["input"])
    return f"{PREFIX}{name.upper()} is {value}: {expected}."
