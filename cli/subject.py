"""The command `duebook subject`: all that is held of one person, as a file.

Here: options and words. Not here: what is in the file (duebook/rights/exporting.py).
"""

from pathlib import Path
from typing import Annotated

import duckdb
import typer

from cli.arguments import AsJson, WrongSettingError, print_json, takes_settings, teller
from cli.erase import OfCustomer, OfEmployee, person_of
from cli.exit_codes import CommandError, ExitCode
from duebook.database_files import DamagedFileError, FileInUseError
from duebook.encryption import EncryptionError
from duebook.home import keep_from_others
from duebook.landing.load_errors import refused_by_the_system
from duebook.rights.erasing import UnknownPersonError
from duebook.rights.exporting import export
from duebook.settings import Settings
from duebook.words import counted


@takes_settings("home")
def run(
    settings: Settings,
    write: Annotated[str | None, typer.Option(metavar="FILE", help="The new file (JSON), for its owner alone.")] = None,
    customer: OfCustomer = None,
    employee: OfEmployee = None,
    as_json: AsJson = False,
) -> None:
    """Landed rows by file and row, those in quarantine, and what every publication has of the person, in the clear."""
    person = person_of(customer, employee)
    if not (write or "").strip():
        raise WrongSettingError("Say with --write into which new file (make: WRITE=file.json).")
    if not settings.landed_file.exists():
        raise CommandError(f"Nothing has landed in {settings.home} yet.", ExitCode.USAGE)
    file = Path(write).expanduser().resolve()
    keep_from_others(settings)
    try:
        counts = export(settings, person, file)
    except UnknownPersonError as unknown:
        raise CommandError(f"{unknown} No file was written.", ExitCode.USAGE) from None
    except FileExistsError:
        raise WrongSettingError(f"{file} is there already: name another file.") from None
    except FileInUseError as busy:
        raise CommandError(f"The landing database can't be opened: {busy}", ExitCode.BUSY) from None
    except (DamagedFileError, duckdb.Error) as error:
        raise CommandError(f"{error}. No file was written.") from None
    except EncryptionError:
        raise
    except OSError as error:
        said = refused_by_the_system(error) or f"{error.filename or file}: {error.strerror or error}"
        raise CommandError(f"{said}. No file was written.") from None
    if as_json:
        print_json({"person": {"kind": person.kind, "id": person.id}, "file": file, "rows": counts})
        return
    tell = teller(as_json)
    tell(
        f"{person}: {counted(sum(counts.values()), 'row')} written to {file}, in the clear; only its owner can read it."
    )
    for place, count in counts.items():
        tell(f"  {place}: {count:,}")
