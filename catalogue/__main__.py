"""`python -m catalogue`: write the catalogue's pages and dbt's documentation."""

import sys

from catalogue.writing import KPIS, NotPublishedError, folder_for, write
from orchestration.defs.transformation.parsing import finish_parsing
from orchestration.refresh.arguments import WrongSettingError, read_settings


def main() -> None:
    """Write all pages, a line each."""
    try:
        settings = read_settings([])
        finish_parsing()
        for path in write(settings, folder_for(settings)):
            more = ". dbt writes its documentation: a minute or two ..." if path.name == KPIS else ""
            print(f"Written: {path}{more}", flush=True)
    except NotPublishedError as lacking:
        sys.exit(f"The other pages are written; the KPIs' examples and dbt's documentation are not. {lacking}")
    except (WrongSettingError, RuntimeError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
