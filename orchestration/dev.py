"""The command `python -m orchestration.dev`: Dagster's UI on this home, with its schedule and sensor daemon."""

import os
import sys
from pathlib import Path

from orchestration.home import prepare_home
from orchestration.refresh.arguments import WrongSettingError, read_settings
from orchestration.settings import ACCEPT_TAG, PROJECT_ROOT


def main() -> None:
    """Make the home and become `dg dev`; further arguments are dg's.

    Raises:
        SystemExit: a setting is wrong; says which.
    """
    try:
        settings = read_settings([])
        if settings.accept:
            sys.exit(f"DUEBOOK_ACCEPT is for one run of `make refresh`; in the UI, give a run the tag {ACCEPT_TAG}.")
        prepare_home(settings)
    except WrongSettingError as wrong:
        sys.exit(str(wrong))
    # The processes Dagster starts import the project wherever they run.
    os.environ["PYTHONPATH"] = str(PROJECT_ROOT)
    os.chdir(PROJECT_ROOT)
    dg = Path(sys.executable).with_name("dg")
    os.execv(dg, [str(dg), "dev", *sys.argv[1:]])


if __name__ == "__main__":
    main()
