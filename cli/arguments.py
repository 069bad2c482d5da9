"""The command line of a refresh: an option for every setting, and plain words when a value is wrong.

Here: options and messages. Not here: the settings themselves (duebook/settings.py).
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from pydantic import SecretStr, ValidationError

from duebook.settings import Settings
from duebook.spelling import answer

PREFIX = "DUEBOOK_"
# What a refresh tells dbt, and whoever calls dbt alone may: no settings.
TOLD_TO_DBT = {"DBT_PLUGINS", "DBT_TARGET", "DBT_VARS", "LANDED_FILE", "MARTS_FILE", "PUBLISHED_FILE", "WAREHOUSE_FILE"}
TOLD_TO_DBT |= {"PYTHON", "REFRESH_PID"}
EXIT_CODES = "Exit codes: 0 published; 1 failed, and says what stands; 2 wrong setting; 3 another refresh runs."

# In plain words, by pydantic's name of what is wrong.
EXPECTED = {
    "bool_parsing": "expected 1 or 0 (true or false)",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number, such as 0.1",
}

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
        prog="duebook refresh",
        description="Load what has landed, build and check the marts, publish them.",
        epilog=EXIT_CODES,
    )
    for name, field in Settings.model_fields.items():
        option = f"--{name.replace('_', '-')}"
        # Of a help text argparse takes a percent sign for the start of a placeholder.
        described = f"{field.description} [{PREFIX}{name.upper()}]".replace("%", "%%")
        parser.add_argument(option, metavar="VALUE", help=described)
    take_options(vars(parser.parse_args(arguments)))
    refuse_unknown_settings()
    try:
        settings = Settings()
    except ValidationError as error:
        raise WrongSettingError("\n".join(_describe(problem) for problem in error.errors())) from None
    try:
        is_folder = settings.landing.is_dir()
    except OSError as error:
        said = f"{PREFIX}LANDING is {settings.landing}: expected a folder that can be read: {error.strerror}."
        raise WrongSettingError(said) from None
    if not is_folder:
        instead = "it is a file" if settings.landing.exists() else "there is none"
        raise WrongSettingError(f"{PREFIX}LANDING is {settings.landing}: expected a folder, and {instead}.")
    if settings.home.exists() and not settings.home.is_dir():
        raise WrongSettingError(f"{PREFIX}HOME is {settings.home}: expected a folder, and it is a file.")
    if settings.wrong_in_home:
        raise WrongSettingError(f"{settings.wrong_in_home}.")
    if settings.accept:
        _refuse_unknown_checks(settings.accept)
    return settings


def take_options(options: Mapping[str, str | None]) -> None:
    """Have options of the command line be environment variables, by the name of their setting.

    Raises:
        WrongSettingError: a folder is given, and empty, as an unset shell variable is: its default isn't what is meant.
    """
    for name, value in options.items():
        if value is None:
            continue
        if Settings.model_fields[name].annotation is Path and not value.strip():
            raise WrongSettingError(f"--{name} is empty: name a folder, or leave the option out.")
        os.environ[f"{PREFIX}{name.upper()}"] = value


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
    known = {*settings, *(f"{PREFIX}{name}" for name in TOLD_TO_DBT)}
    unknown = [name for name, value in os.environ.items() if value and name.upper().startswith(PREFIX)]
    if unknown := sorted(name for name in unknown if name.upper() not in known):
        raise WrongSettingError("\n".join(answer(name, settings, "setting") for name in unknown))


def _describe(problem: dict) -> str:
    said = problem["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    expected = EXPECTED.get(problem["type"], said)
    if not problem["loc"]:
        return f"{expected}."
    name = str(problem["loc"][0])
    value = "wrong" if name in SECRETS else repr(problem["input"])
    return f"{PREFIX}{name.upper()} is {value}: {expected}."
