"""The command `duebook erase`: what names a person goes from a home, figures stay.

Here: options, the question, what a person is told. Not here: erasing (duebook/rights/erasing.py).
"""

import sys
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
from duebook.rights.erasing import TELLING, Erased, UnknownPersonError, erase
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
        _say(done)


def _ask(settings: Settings, person: Person) -> None:
    if not sys.stdin.isatty():
        raise WrongSettingError(f"What names {person} would go for good: say --yes (make: YES=1), or run it by hand.")
    if not typer.confirm(f"Erase what names {person} from {settings.home}, for good?"):
        raise CommandError("Nothing was done.")


def _say(done: Erased) -> None:
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
        for name in done.landed_files[:MOST_SHOWN]:
            print(f"  {name}")
        if (more := len(done.landed_files) - MOST_SHOWN) > 0:
            print(f"  and {more:,} more: --json lists all of them")
    print("Backups made before hold the person as well: delete them, or erase again what was restored from one.")
    if done.still_in:
        print(f"Still in {counted(len(done.still_in), 'file')} of the home, said by others or kept for another reason:")
        for file in done.still_in:
            print(f"  {file}")
    elif done.looked_for:
        texts = counted(done.looked_for, "text")
        print(f"Looked for {texts} of {TELLING} letters or more in every file of the home: none is left.")
