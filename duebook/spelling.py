"""What a misspelt name is answered; Python's own library only, because make asks before anything is installed.

Not here: which names there are (the Makefile for its variables, settings.py for settings, the contract for tables).
"""

import sys
from collections.abc import Collection
from difflib import get_close_matches

# How much alike two names are before we ask whether one is meant.
ALIKE = 0.6


def nearest(name: str, known: Collection[str], alike: float = ALIKE) -> str | None:
    """The known name most like another, whatever the case; None where none is alike."""
    spelt = {one.upper(): one for one in known}
    return next((spelt[near] for near in get_close_matches(name.upper(), spelt, n=1, cutoff=alike)), None)


def did_you_mean(name: str) -> str:
    """The question that ends a sentence on a misspelt name."""
    return f"did you mean {name}?"


def answer(name: str, known: Collection[str], where: str, listed: str = "") -> str:
    """Say of a name that nothing has it, and which was meant, if one is alike; a whole sentence.

    Args:
        name: as it was given.
        known: the names there are.
        where: what has these names.
        listed: where they are listed, if they are too many for a line.
    """
    if near := nearest(name, known):
        return f"{name} is no {where}: {did_you_mean(near)}"
    there_are = f"there are {', '.join(known)}"
    return f"{name} is no {where}: {listed or there_are}."


if __name__ == "__main__":
    unknown, where, names = sys.argv[1:]
    shown = [name for name in names.split() if not name.startswith("DUEBOOK_")]
    print(*(answer(name, shown, where) for name in unknown.split()), "Nothing was done")
