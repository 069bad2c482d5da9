"""`python -m orchestration.refresh`."""

import gc
import sys

from orchestration.defs.transformation.dbt_process import OBJECTS_BETWEEN_COLLECTIONS
from orchestration.refresh.command import main

if __name__ == "__main__":
    # Like dbt, a refresh keeps nearly all it makes: looking through it for garbage took a twentieth of its time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    sys.exit(main())
