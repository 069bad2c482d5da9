"""The decisions in docs/decisions: numbers in a row, the same sections in each, and no reference that leads nowhere.

Not here: whether their index is up to date (test_catalogue.py).
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from catalogue.decisions import Decision, decisions_page, read_decisions
from catalogue.writing import COMMITTED, DECISIONS
from duebook.settings import PROJECT_ROOT

FOLDER = (COMMITTED / DECISIONS).parent
SECTIONS = ["Context", "Decision", "Consequences"]
WITH_FIGURES = [*SECTIONS, "Measured"]
# By the folder, from anywhere; within the folder, as a link to the file beside.
BY_FOLDER = re.compile(r"\bdecisions/(\d{4}[\w.-]*)")
BESIDE = re.compile(r"\]\((\d{4}[\w.-]*)")
TEXT = {".py", ".sql", ".yml", ".yaml", ".toml", ".md", ".sh", ".js", ".html", ""}


def referred_to(text: str, *, is_beside: bool = False) -> set[str]:
    """The files of decisions a text names; without the full stop of a sentence behind one."""
    found = BY_FOLDER.findall(text) + (BESIDE.findall(text) if is_beside else [])
    return {name.rstrip(".") for name in found}


def sections_of(text: str) -> list[str]:
    """Its sections, in their order."""
    return re.findall(r"^## (.*)$", text, re.MULTILINE)


def in_a_row(numbers: Iterable[int]) -> bool:
    return (listed := list(numbers)) == list(range(1, len(listed) + 1))


def test_numbers_are_in_a_row_from_one() -> None:
    numbers = [decision.number for decision in read_decisions(FOLDER)]
    assert in_a_row(numbers), numbers


def test_a_gap_and_a_number_given_twice_are_found() -> None:
    assert in_a_row([1, 2, 3])
    assert not in_a_row([1, 3])
    assert not in_a_row([1, 2, 2])


def test_every_decision_has_the_same_sections() -> None:
    files = [decision.file for decision in read_decisions(FOLDER)]
    sections = {file: sections_of((FOLDER / file).read_text(encoding="utf-8")) for file in files}
    assert {name: found for name, found in sections.items() if found not in (SECTIONS, WITH_FIGURES)} == {}


def test_every_reference_to_a_decision_leads_to_a_file(tracked_files: list[Path]) -> None:
    files = {decision.file for decision in read_decisions(FOLDER)}
    lost = {
        path.relative_to(PROJECT_ROOT).as_posix(): sorted(missing)
        for path in tracked_files
        if path.suffix in TEXT and "sample_landing" not in path.parts
        if (missing := referred_to(path.read_text("utf-8", "replace"), is_beside=path.parent == FOLDER) - files)
    }
    assert lost == {}


def test_a_reference_is_found_however_it_is_written() -> None:
    folder = "decisions" + "/"
    assert referred_to(f"Why: docs/{folder}0001-one.md.") == {"0001-one.md"}
    assert referred_to(f"[why](../{folder}0002-two.md)") == {"0002-two.md"}
    assert referred_to("[0003](0003-three.md)", is_beside=True) == {"0003-three.md"}
    assert referred_to("[0003](0003-three.md)") == set()
    assert referred_to(f"docs/{folder}README.md") == set()


def test_the_index_lists_titles_by_area() -> None:
    listed = decisions_page(
        [
            Decision("0001-b.md", 1, "Do b", "B"),
            Decision("0002-a.md", 2, "Do a", "A"),
            Decision("0003-c.md", 3, "Do c", "B"),
        ]
    )
    assert listed.split("\n\n", 3)[3] == (
        "## B\n\n- [0001](0001-b.md) Do b\n- [0003](0003-c.md) Do c\n\n## A\n\n- [0002](0002-a.md) Do a\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("1-title.md", "# Title\n\nArea: One\n\n", "NNNN-title.md"),
        ("0001-title.md", "# Title\n\n## Context\n", "Area: <area>"),
        ("0001-title.md", "Area: One\n\n# Title\n", "# <title>"),
    ],
)
def test_a_file_that_is_no_decision_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(said)):
        read_decisions(tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / "0001-title.md").write_text("# Title\n\nArea: One\n\n## Context\n", encoding="utf-8")
    assert read_decisions(tmp_path) == [Decision("0001-title.md", 1, "Title", "One")]
