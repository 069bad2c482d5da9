"""The command line of a refresh: an option for every setting, and plain words when a value is wrong.

Here: options and messages. Not here: the settings themselves (orchestration/settings.py).
"""

import argparse
import os
from collections.abc import Sequence
from typing import get_args

from pydantic import SecretStr, ValidationError

from orchestration.settings import Settings, get_settings
from orchestration.spelling import answer

PREFIX = "DUEBOOK_"
# What a refresh tells dbt, and whoever calls dbt alone may: no settings.
TOLD_TO_DBT = {"DBT_PLUGINS", "DBT_TARGET", "DBT_VARS", "LANDED_FILE", "PUBLISHED_FILE", "WAREHOUSE_FILE"}
TOLD_TO_DBT |= {"PYTHON", "REFRESH_PID"}
EXIT_CODES = "Exit codes: 0 published; 1 failed, and says what stands; 2 wrong setting; 3 another refresh runs."

# Never shown, also when wrong: they hold passwords.
SECRETS = {name for name, field in Settings.model_fields.items() if SecretStr in get_args(field.annotation)}


class WrongSettingError(ValueError):
    """There is no such setting, or it can't have its value; the message names it, a line each."""


def read_settings(arguments: Sequence[str] | None) -> Settings:
    """Read the settings: options win over environment variables.

    Options become environment variables, so that every process the refresh starts sees the same settings.

    Args:
        arguments: the command line without the program's name; None: this process's.

    Raises:
        WrongSettingError: a setting can't have its value, or an environment variable is that of no setting.
    """
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.refresh",
        description="Load what has landed, build and check the marts, publish them.",
        epilog=EXIT_CODES,
    )
    for name, field in Settings.model_fields.items():
        option = f"--{name.replace('_', '-')}"
        # Of a help text argparse takes a percent sign for the start of a placeholder.
        described = f"{field.description} [{PREFIX}{name.upper()}]".replace("%", "%%")
        parser.add_argument(option, metavar="VALUE", help=described)
    for name, value in vars(parser.parse_args(arguments)).items():
        if value is not None:
            os.environ[f"{PREFIX}{name.upper()}"] = value
    refuse_unknown_settings()
    try:
        settings = get_settings()
    except ValidationError as error:
        raise WrongSettingError("\n".join(_describe(problem) for problem in error.errors())) from None
    try:
        is_folder = settings.landing.is_dir()
    except OSError as error:
        said = f"{PREFIX}LANDING is {settings.landing}: expected a folder that can be read: {error.strerror}."
        raise WrongSettingError(said) from None
    if not is_folder:
        raise WrongSettingError(f"{PREFIX}LANDING is {settings.landing}: expected a folder, and there is none.")
    if settings.home.exists() and not settings.home.is_dir():
        raise WrongSettingError(f"{PREFIX}HOME is {settings.home}: expected a folder, and it is a file.")
    if settings.wrong_in_home:
        raise WrongSettingError(f"{settings.wrong_in_home}.")
    if settings.accept:
        _refuse_unknown_checks(settings.accept)
    return settings


def _refuse_unknown_checks(accept: str) -> None:
    # Imported here, because the expectations take seconds to import, and hardly any run accepts one.
    from expectations.accepting import NothingToAcceptError, read_accepted

    try:
        read_accepted(accept)
    except NothingToAcceptError as error:
        raise WrongSettingError(f"{PREFIX}ACCEPT is {accept!r}: {error}.") from None


def refuse_unknown_settings() -> None:
    """Look for environment variables that would be settings by their prefix.

    Raises:
        WrongSettingError: there is one that isn't; says which was meant, if one is alike.
    """
    settings = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    known = {*settings, *(f"{PREFIX}{name}" for name in TOLD_TO_DBT)}
    unknown = [name for name, value in os.environ.items() if value and name.upper().startswith(PREFIX)]
    if unknown := sorted(name for name in unknown if name.upper() not in known):
        raise WrongSettingError("\n".join(answer(name, settings, "setting") for name in unknown))


def _describe(problem: dict) -> str:
    expected = problem["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    if not problem["loc"]:
        return f"{expected}."
    name = str(problem["loc"][0])
    value = "wrong" if name in SECRETS else repr(problem["input"])
    return f"{PREFIX}{name.upper()} is {value}: {expected}."
