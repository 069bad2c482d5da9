"""`python -m orchestration.refresh`."""

import sys

from orchestration.refresh.command import main

if __name__ == "__main__":
    sys.exit(main())
