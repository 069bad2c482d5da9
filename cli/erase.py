"""The command `duebook erase`: what names a person goes from a home, figures stay.

Here: options, the question, what a person is told. Not here: erasing (duebook/rights/erasing.py).
"""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import duckdb
import typer

from cli.arguments import AsJson, WrongSettingError, print_json, takes_settings, teller
from cli.exit_codes import CommandError, ExitCode
from dashboard.site import write_site
from duebook.database_files import DamagedFileError, FileInUseError
from duebook.encrypted_home import refuse_wrong_keys
from duebook.encryption import EncryptionError
from duebook.engines.engine import EngineError
from duebook.home import keep_from_others
from duebook.landing.load_errors import cause_outside
from duebook.persons import Person
from duebook.publication.erased import DamagedPublicationError
from duebook.publication.keys import tested_keys
from duebook.publication.postgres.publish import PostgresError
from duebook.rights.erasing import Erased, UnknownPersonError, erase
from duebook.rights.searching import Found
from duebook.rights.telling import TELLING
from duebook.settings import Settings
from duebook.warehouse.manifest import read_manifest
from duebook.words import counted

MOST_SHOWN = 20

OfCustomer = Annotated[str | None, typer.Option(metavar="ID", help="The customer, by `customer_id`.")]
OfEmployee = Annotated[str | None, typer.Option(metavar="ID", help="The employee, by `employee_id`.")]


def person_of(customer: str | None, employee: str | None) -> Person:
    """Return who is asked for.

    Raises:
        WrongSettingError: nobody is, or two are.
    """
    given = [Person(kind, key.strip()) for kind, key in (("customer", customer), ("employee", employee)) if key]
    if len(given) != 1 or not given[0].id:
        raise WrongSettingError("Name one person: --customer ID or --employee ID (make: CUSTOMER= or EMPLOYEE=).")
    return given[0]


@takes_settings("home", "landing")
def run(
    settings: Settings,
    customer: OfCustomer = None,
    employee: OfEmployee = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before it begins.")] = False,
    as_json: AsJson = False,
) -> None:
    """Names, contacts and what somebody typed go from landed rows, quarantine, every publication and Postgres; ids and
    figures stay. The next refresh builds the warehouse again, and no load brings the values back. Call it with the
    settings of the refresh. What is erased can't be had again, but from the landed files and backups: they are yours.
    """
    tell = teller(as_json)
    person = person_of(customer, employee)
    if not settings.landed_file.exists():
        raise CommandError(f"Nothing has landed in {settings.home} yet.", ExitCode.USAGE)
    if not yes:
        _ask(settings, person)
    keep_from_others(settings)
    refuse_wrong_keys(settings)
    try:
        keys = tested_keys(read_manifest(settings.dbt_dir)) if settings.dbt_dir.exists() else {}
        done = erase(settings, person, write_site, keys, tell)
    except UnknownPersonError as unknown:
        raise CommandError(f"{unknown} Nothing was done.", ExitCode.USAGE) from None
    except DamagedPublicationError as damaged:
        raise CommandError(f"{damaged} Nothing was done.") from None
    except FileInUseError as busy:
        raise CommandError(f"The landing database can't be opened: {busy} Nothing was done.", ExitCode.BUSY) from None
    except EncryptionError:
        raise
    except (DamagedFileError, EngineError, PostgresError, OSError, duckdb.Error) as error:
        why = cause_outside(error, settings) or error
        raise CommandError(f"{why}. {person} isn't erased everywhere: run the same command again.") from None
    if as_json:
        print_json(asdict(done))
    else:
        _say(done, settings)


def _ask(settings: Settings, person: Person) -> None:
    if not sys.stdin.isatty():
        raise WrongSettingError(f"What names {person} would go for good: say --yes (make: YES=1), or run it by hand.")
    if not typer.confirm(f"Erase what names {person} from {settings.home}, for good?"):
        raise CommandError("Nothing was done.")


def _say(done: Erased, settings: Settings) -> None:
    total = sum(done.rows.values())
    if total:
        print(f"Erased: {done.person}, {counted(total, 'row')} in {counted(len(done.rows), 'table')}:")
        for place, count in done.rows.items():
            print(f"  {place}: {count:,}")
        print("Figures stay; `make refresh` builds the warehouse again.")
    else:
        print(f"Nothing was left of {done.person}.")
    if done.landed_files:
        print("Landed files that name the person still, which are yours; they are not loaded again:")
        _list(done.landed_files)
    print("Backups made before hold the person as well: delete them, or erase again what was restored from one.")
    texts = f"{counted(done.looked_for, 'text')} of {TELLING} letters or more"
    if done.still_in:
        print(f"Looked for {texts} in every file of the home. Still in {counted(len(done.still_in), 'file')}:")
        _list([_place(found, settings) for found in done.still_in])
    elif done.looked_for:
        print(f"Looked for {texts} in every file of the home: none is left.")
    else:
        print(f"Nothing was looked for in the files of the home: no text of {TELLING} letters or more is known.")
    if done.unread:
        print(
            f"Texts of rows that were cleared before weren't looked for as far as {settings.landing} has these files no"
            " longer as they were loaded. Put them there (or name their folder: LANDING=), and run this again:"
        )
        _list(done.unread)


def _list(names: Sequence[str]) -> None:
    for name in names[:MOST_SHOWN]:
        print(f"  {name}")
    if (more := len(names) - MOST_SHOWN) > 0:
        print(f"  and {more:,} more: --json lists all of them")


def _place(found: Found, settings: Settings) -> str:
    """Return where a text still is, and what to do about it."""
    where = f"{found.file}, {found.where}"
    if found.landed:
        file, row = found.landed
        return (
            f"{where}: landed by {file}, row {row:,}, which isn't the person's. Take the text out of that row, and land"
            " it again; the version it replaces keeps it until RETENTION_VERSIONS clears it, or whose it is is erased"
        )
    if found.file == settings.landed_file:
        return f"{where}. It is no landed row: land your files into a new home, which hasn't it"
    place = found.file.relative_to(settings.home).parts[0]
    return f"{where}. {_WHAT_TO_DO.get(place, _OTHERWISE)}"


# By folder of the home.
_WHAT_TO_DO = {
    "published": "Made of a row of somebody else's: take the text out of that row in your file, land it, and refresh"
    " (of a past day: publish that day again, or delete its folder)",
    "warehouse": "Delete the file: the next refresh makes it again",
    "adapters": "Take the text out at the source, and delete this file: the next landing lands all rows of the source",
    "audit": "The audit log stays as it is: it names logins of who did something, and ids",
    "logs": "Delete the file: nothing needs it",
    "dbt": "Delete the file: the next refresh makes it again",
    "dagster": "Delete the folder `dagster`: it has the history of runs, and the next refresh makes a new one",
}
_OTHERWISE = "The file is yours: take the text out, or delete the file"
