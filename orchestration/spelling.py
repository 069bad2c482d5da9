"""What a misspelt name is answered; Python's own library only, because make asks before anything is installed.

Not here: which names there are (the Makefile for its variables, settings.py for settings).
"""

import sys
from collections.abc import Sequence
from difflib import get_close_matches


def answer(name: str, known: Sequence[str], where: str) -> str:
    """Say of a name that nothing has it, and which was meant, if one is alike.

    Args:
        name: as it was given.
        known: the names there are.
        where: what has these names.
    """
    alike = get_close_matches(name.upper(), known, n=1)
    return f"{name} is no {where}: " + (f"did you mean {alike[0]}?" if alike else f"there are {', '.join(known)}.")


if __name__ == "__main__":
    unknown, commands, names = sys.argv[1:]
    shown = [name for name in names.split() if not name.startswith("DUEBOOK_")]
    print("; ".join(answer(name, shown, f"variable of make {commands}").rstrip("?.") for name in unknown.split()))
