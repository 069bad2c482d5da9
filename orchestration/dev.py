"""The command `python -m orchestration.dev`: Dagster's UI on this home, with its schedule and sensor daemon."""

import os
import sys

from orchestration.home import prepare_home
from orchestration.settings import PROJECT_ROOT, get_settings


def main() -> None:
    """Make the home and become `dagster dev`; further arguments are Dagster's."""
    prepare_home(get_settings())
    # The processes Dagster starts import the project wherever they run.
    os.environ["PYTHONPATH"] = str(PROJECT_ROOT)
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", "orchestration.definitions", *sys.argv[1:]]
    os.chdir(PROJECT_ROOT)
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
