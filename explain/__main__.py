"""`python -m explain`."""

import sys

from explain.command import main

if __name__ == "__main__":
    sys.exit(main())
