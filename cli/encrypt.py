"""The command `duebook encrypt`.

Here: options and words. Not here: what is written anew (duebook/encrypted_home.py), keys (duebook/encryption.py).
"""

from typing import Annotated

import duckdb
import typer

from cli.arguments import takes_settings
from cli.exit_codes import CommandError, ExitCode
from duebook.encrypted_home import rewrite
from duebook.encryption import EncryptionError
from duebook.home import keep_from_others, only_writer
from duebook.settings import Settings


@takes_settings("home")
def run(
    settings: Settings,
    off: Annotated[
        bool, typer.Option("--off", help="Write them in the clear; the key is needed to read them.")
    ] = False,
) -> None:
    """Landed rows, states of sources and published personal data are written anew under the first key of the file, or
    of DUEBOOK_ENCRYPTION_KEY; keys after it may be those they are under now. The warehouse is built again by the next
    refresh. What is interrupted is finished by the same command.
    """
    try:
        keep_from_others(settings)
        with only_writer(settings):
            rewrite(settings, print, in_the_clear=off)
    except EncryptionError as error:
        raise CommandError(f"{error}.", ExitCode.USAGE) from None
    except duckdb.Error as error:
        raise CommandError(f"{str(error).splitlines()[0]} What was written before this stays so.") from None
    print("In the clear: leave the key out from now on." if off else "Encrypted under the first key.")
