"""No value is written into a statement between quotes: it is bound, or quoted by duebook/sql_text.py.

The part of ruff's S608 that says something where statements are put together from names of tables and columns, which
can't be bound. Not here: that nobody else quotes (test_rooms.py).
"""

import ast
import re
from pathlib import Path

import pytest

from duebook.settings import PROJECT_ROOT
from tests.support.imports import MAY_IMPORT, modules_of

# Where a value stands in the text of a format string.
VALUE = "\0"
# Nothing but it, or it within one word: between two literals there is a space, or a comma.
BETWEEN_QUOTES = re.compile(rf"'[^'\s,]*{VALUE}[^'\s,]*'")
SQL = re.compile(r"\b(select|from|where|case|then|date|cast|values|and|in|like|attach|copy)\b")


def written_into_sql(source: str) -> list[int]:
    """The lines of a module's format strings that are SQL and have a value between quotes."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.JoinedStr)
        if (text := "".join(part.value if isinstance(part, ast.Constant) else VALUE for part in node.values))
        if SQL.search(text) and BETWEEN_QUOTES.search(text)
    ]


def test_no_value_stands_between_quotes_that_nothing_quoted(tracked_files: list[Path]) -> None:
    found = {
        path.relative_to(PROJECT_ROOT).as_posix(): lines
        for room in MAY_IMPORT
        for path in modules_of(tracked_files, room)
        if (lines := written_into_sql(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ("""f"select * from items where name = '{name}'" """, True),
        ("""f"copy items to '{folder}/items.csv'" """, True),
        ("""f"where day > date '{day:%Y-%m-%d}'" """, True),
        ("""f"select * from items where name = {literal(name)}" """, False),
        ("""f"select 'a' as kind, {column} as c, 'b' as other from items" """, False),
        ("""f"there is no item called '{name}'" """, False),
    ],
)
def test_a_value_that_nothing_quoted_is_told_from_one_that_is(source: str, is_found: bool) -> None:
    assert bool(written_into_sql(source)) == is_found
