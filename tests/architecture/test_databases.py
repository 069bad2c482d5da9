"""Files of a home that may be encrypted are opened in one place, which knows the key."""

import ast
import re
from pathlib import Path

from duebook.settings import PROJECT_ROOT
from tests.support.imports import modules_of

ROOMS = ("duebook", "cli", "expectations", "orchestration", "explain", "dashboard", "catalogue")
# By module: the files it opens without a key, which are never encrypted.
OPENED_BY_THEMSELVES = {
    "duebook/database_files.py": "it is the place",
    "duebook/publication/publish.py": "what is published",
    "duebook/engines/handing_over.py": "an engine that refuses a key",
    "duebook/engines/postgres.py": "the same",
    "duebook/engines/spark.py": "the same",
}
ATTACHED_BY_THEMSELVES = {
    "duebook/publication/copying.py": "what is published",
    "duebook/adapters/engine/sources.py": "what is a source's",
    "duebook/engines/postgres.py": "an engine that refuses a key",
    "duebook/sql_text.py": "the statement of that engine",
    "duebook/database_files.py": "it is the place",
}
ATTACHES = re.compile(r"""["']attach (if not exists )?\{|import .*\battach\b""")
OF_THE_PLACE = re.compile(r"from duebook\.database_files import .*\battach\b")


def opens_a_file(source: str) -> bool:
    """Whether a module calls `duckdb.connect` with a file: without one, the database is in memory."""
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func) == "duckdb.connect" and node.args
        for node in ast.walk(ast.parse(source))
    )


def attaches_a_file(source: str) -> bool:
    """Whether a module attaches a file by a statement of its own."""
    return any(ATTACHES.search(line) and not OF_THE_PLACE.search(line) for line in source.splitlines())


def modules(tracked_files: list[Path]) -> dict[str, str]:
    paths = [path for room in ROOMS for path in modules_of(tracked_files, room)]
    return {path.relative_to(PROJECT_ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def test_private_databases_are_opened_in_one_place(tracked_files: list[Path]) -> None:
    texts = modules(tracked_files)
    assert {name for name, source in texts.items() if opens_a_file(source)} == set(OPENED_BY_THEMSELVES)
    assert {name for name, source in texts.items() if attaches_a_file(source)} == set(ATTACHED_BY_THEMSELVES)


def test_a_file_that_is_opened_or_attached_is_seen() -> None:
    assert opens_a_file("duckdb.connect(file, read_only=True)")
    assert not opens_a_file("duckdb.connect(config=limits)")
    assert not opens_a_file("connect(file)")
    assert attaches_a_file('con.execute(f"attach {literal(file)} as x")')
    assert attaches_a_file("from duebook.sql_text import attach, literal")
    assert not attaches_a_file("from duebook.database_files import attach, log_of")
