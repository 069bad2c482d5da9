"""Suggestions for misspelt names. Standard library only, because make calls this before anything is installed.

Not here: which names there are (the Makefile for its variables, settings.py for settings, the contract for tables).
"""

import sys
from collections.abc import Collection
from difflib import get_close_matches

# How similar a name must be to a known one to be suggested (0 to 1).
ALIKE = 0.6


def nearest(name: str, known: Collection[str], alike: float = ALIKE) -> str | None:
    """Return the known name that is most similar, ignoring case; None if no name is similar enough."""
    spelt = {one.upper(): one for one in known}
    return next((spelt[near] for near in get_close_matches(name.upper(), spelt, n=1, cutoff=alike)), None)


def did_you_mean(name: str) -> str:
    """Return the question at the end of a message about a misspelt name."""
    return f"did you mean {name}?"


def answer(name: str, known: Collection[str], where: str, listed: str = "") -> str:
    """Return a sentence: the name is unknown, and either the name that was probably meant or the known names.

    Args:
        name: the unknown name.
        known: the known names.
        where: what these are names of.
        listed: where they are listed, if there are too many for one line.
    """
    if near := nearest(name, known):
        return f"{name} is no {where}: {did_you_mean(near)}"
    there_are = f"there are {', '.join(known)}"
    return f"{name} is no {where}: {listed or there_are}."


if __name__ == "__main__":
    unknown, where, names = sys.argv[1:]
    shown = [name for name in names.split() if not name.startswith("DUEBOOK_")]
    print(*(answer(name, shown, where) for name in unknown.split()), "Nothing was done")
