"""The page of promises for a bad day: each row names tests, and each test it names is there.

Not here: whether they pass, which running them says.
"""

import ast
import re

import pytest

from duebook.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "guide" / "reliability.md"
COLUMNS = ["what happens", "what is promised", "message", "shown by"]
NAMED = re.compile(r"`([a-z_]+/test_\w+\.py)::(test_\w+)`")
# Whatever may be meant for a test, however it is written.
LIKE_A_TEST = re.compile(r"\btest_\w+")


def rows_of(text: str) -> list[list[str]]:
    """The cells of every row of the page's tables, but their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row != COLUMNS and not set("".join(row)) <= set("|-")]


def in_file(name: str) -> set[str]:
    """The tests in a file below tests/; none where there is no such file."""
    file = PROJECT_ROOT / "tests" / name
    if not file.exists():
        return set()
    return {node.name for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}


def wrong_in(text: str) -> list[str]:
    """What of a page's rows promises something that no test shows."""
    wrong = [f"no test: {row[0]}" for row in rows_of(text) if len(row) != len(COLUMNS) or not NAMED.search(row[-1])]
    named = NAMED.findall(text)
    wrong += [f"no such test: {file}::{test}" for file, test in named if test not in in_file(file)]
    return wrong + [f"not named by its file: {name}" for name in LIKE_A_TEST.findall(NAMED.sub("", text))]


def test_every_promise_names_tests_that_are_there_and_no_other() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert wrong_in(text) == []
    assert len(rows_of(text)) > 30


HERE = "`architecture/test_reliability_page.py::test_every_promise_names_tests_that_are_there_and_no_other`"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (f"| a | b | c | {HERE} |", []),
        ("| a | b | c | a test |", ["no test: a"]),
        (f"| a | b | {HERE} |", ["no test: a"]),
        ("| a | b | c | `unit/test_home.py::test_gone` |", ["no such test: unit/test_home.py::test_gone"]),
        ("| a | b | c | `unit/test_gone.py::test_it` |", ["no such test: unit/test_gone.py::test_it"]),
        (f"| a | b | c | {HERE} and test_it |", ["not named by its file: test_it"]),
    ],
)
def test_a_promise_without_a_test_is_found(row: str, wrong: list[str]) -> None:
    assert wrong_in(f"text\n\n| {' | '.join(COLUMNS)} |\n|---|---|---|---|\n{row}\n") == wrong
