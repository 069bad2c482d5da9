"""`duebook docs`: write the catalogue's pages and dbt's documentation."""

import sys
from collections.abc import Sequence

from catalogue.writing import KPIS, NotPublishedError, folder_for, write
from cli.arguments import WrongSettingError, read_settings
from duebook.warehouse.parsing import finish_parsing


def main(arguments: Sequence[str] = ()) -> None:
    """Write all pages, a line each; takes no words.

    Raises:
        SystemExit: a page can't be written; says why.
    """
    if list(arguments) == ["--help"]:
        print(
            "Usage: duebook docs\n\nWrites docs/ of the checkout, or of the home where that is another; takes no words."
        )
        return
    if arguments:
        sys.exit(f"duebook docs takes no words, and was given {' '.join(arguments)}.")
    try:
        settings = read_settings([])
        finish_parsing(settings)
        for path in write(settings, folder_for(settings)):
            more = ". dbt writes its documentation: a minute or two ..." if path.name == KPIS else ""
            print(f"Written: {path}{more}", flush=True)
    except NotPublishedError as lacking:
        sys.exit(f"The other pages are written; the KPIs' examples and dbt's documentation are not. {lacking}")
    except (WrongSettingError, RuntimeError) as error:
        sys.exit(str(error))
