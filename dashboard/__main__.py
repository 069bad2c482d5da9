"""Runs the command; see command.py."""

import sys

from dashboard.command import main

if __name__ == "__main__":
    sys.exit(main())
