"""The index of the decisions: the title of each file of docs/decisions, by area.

Here: reading number, title and area of each file, and listing them. Not here: what was decided (written by hand).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from catalogue.markdown import page

NAME = re.compile(r"(?P<number>\d{4})-[a-z0-9-]+\.md")
OPENING = re.compile(r"# (?P<title>\S.*)\n\nArea: (?P<area>\S.*)\n\n")


@dataclass(frozen=True)
class Decision:
    """One decision: its file's name, its number, what was decided in one line, the part of the project it is about."""

    file: str
    number: int
    title: str
    area: str


def read_decisions(folder: Path) -> list[Decision]:
    """Read every decision of a folder, in order of their numbers.

    Raises:
        ValueError: a file isn't named like a decision, or doesn't open with a title and an area.
    """
    return [_decision(path) for path in sorted(folder.glob("*.md")) if path.name != "README.md"]


def _decision(path: Path) -> Decision:
    named = NAME.fullmatch(path.name)
    if not named:
        raise ValueError(f"{path}: a decision is a file NNNN-title.md, in small letters with dashes between words")
    opening = OPENING.match(path.read_text(encoding="utf-8"))
    if not opening:
        raise ValueError(f"{path}: a decision opens with `# <title>`, an empty line and `Area: <area>`")
    return Decision(path.name, int(named["number"]), opening["title"], opening["area"])


def decisions_page(decisions: Iterable[Decision]) -> str:
    """List decisions by area; areas in the order of their first decision."""
    by_area: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_area.setdefault(decision.area, []).append(decision)
    areas = [
        f"## {area}\n\n" + "\n".join(f"- [{one.number:04d}]({one.file}) {one.title}" for one in listed)
        for area, listed in by_area.items()
    ]
    words = (
        "What was chosen where something else could have been, and why: one file a decision. "
        "CONTRIBUTING.md says how to add one."
    )
    return page("Decisions", "the titles of this folder's files", words, *areas)
