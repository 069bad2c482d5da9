"""Rules over the repo's files: small rooms, nothing of one machine, nothing borrowed, nothing unfinished."""

import ast
import re
from pathlib import Path

from duebook.settings import DBT_PROJECT_DIR, PROJECT_ROOT

MOST_LINES = 400
CONTRACT_DIR = DBT_PROJECT_DIR / "models" / "sources"
CODE = {".py", ".sql", ".yml", ".sh", ".toml"}
MACHINE_PATH = re.compile(r"(^|[^A-Za-z.])/(work|farm|root|home/\w+|tmp/\w+)/")
REGISTRY_HOST = re.compile("python" + "hosted|pypi" + r"\.org", re.IGNORECASE)
UNFINISHED = re.compile("TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error|pytest\.mark\.(skip|xfail)\b")
# A quote doubled, be it the one around text or the one around names.
BORROWED_FOLDER = re.compile(r"""['"/]shared['"/]|PROJECT_ROOT\.parent""")
SKIPS = re.compile(r"pytest\.(skip|importorskip)\(|mark\.skipif\b")
# What a test may need of the machine it runs on, and the module that says so.
MAY_SKIP = {
    "tests/support/borrowed.py": "data that is no part of the project",
    "tests/browser/conftest.py": "a browser",
    "tests/integration/conftest.py": "the programs of a MariaDB server",
    "tests/support/publications/postgres_fixtures.py": "the programs of a Postgres server",
    "tests/integration/test_ending.py": "/proc",
    "tests/support/adapters/databases.py": "the optional packages that read databases",
}
OWN_QUOTING = re.compile(r"""replace\(['"](['"])['"], ['"]\1\1['"]\)""")


def texts(files: list[Path]) -> dict[str, str]:
    kept = {}
    for path in files:
        if path.suffix in CODE | {".md", ".cfg", ".txt", ""} and "sample_landing" not in path.parts:
            kept[path.relative_to(PROJECT_ROOT).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    return kept


def python_modules(files: list[Path]) -> list[Path]:
    return [path for path in files if path.suffix == ".py"]


def test_every_module_says_what_lives_in_it(tracked_files: list[Path]) -> None:
    silent = [
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in python_modules(tracked_files)
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_file_has_grown_past_one_subject(tracked_files: list[Path]) -> None:
    # A domain of the raw contract is one file, however many tables it has.
    long = {
        path.relative_to(PROJECT_ROOT).as_posix(): lines
        for path in tracked_files
        if path.suffix in CODE | {".js", ".css", ".html"} and path.parent != CONTRACT_DIR
        if (lines := path.read_text(encoding="utf-8").count("\n")) > MOST_LINES
    }
    assert long == {}


def test_the_definitions_are_tiny() -> None:
    assert (PROJECT_ROOT / "orchestration" / "definitions.py").read_text().count("\n") < 40


def test_no_drawer_is_called_utils(tracked_files: list[Path]) -> None:
    assert [path for path in tracked_files if re.fullmatch(r"(utils?|helpers?|common|misc)", path.stem)] == []


def found_in_tests(files: list[Path], pattern: re.Pattern[str]) -> set[str]:
    tests = {name: text for name, text in texts(files).items() if name.startswith("tests/") and name.endswith(".py")}
    return {name for name, text in tests.items() if pattern.search(text)} - {"tests/architecture/test_rooms.py"}


def test_what_tests_share_is_in_their_support_and_tests_alone_are_beside_it(tracked_files: list[Path]) -> None:
    names = {path.relative_to(PROJECT_ROOT).as_posix() for path in python_modules(tracked_files)}
    ours = {name for name in names if name.startswith("tests/")}
    tests = {name for name in ours if re.search(r"/(test_\w+|conftest)\.py$", name)}
    assert [name for name in ours - tests if not name.startswith("tests/support/")] == []
    assert [name for name in tests if name.startswith("tests/support/")] == []
    reads_a_test = re.compile(r"^ *(from|import) tests\.(?!support\b)", re.MULTILINE)
    assert found_in_tests(tracked_files, reads_a_test) == set()


def test_borrowed_data_is_found_in_one_place(tracked_files: list[Path]) -> None:
    assert found_in_tests(tracked_files, BORROWED_FOLDER) == {"tests/support/borrowed.py"}


def test_what_a_machine_may_lack_is_said_in_one_place_each(tracked_files: list[Path]) -> None:
    assert found_in_tests(tracked_files, SKIPS) == MAY_SKIP.keys()


def test_nothing_names_one_machine_or_a_registrys_host(tracked_files: list[Path]) -> None:
    found = [
        name for name, text in texts(tracked_files).items() if MACHINE_PATH.search(text) or REGISTRY_HOST.search(text)
    ]
    assert found == [] or found == ["tests/architecture/test_rooms.py"]


def test_nothing_is_unfinished(tracked_files: list[Path]) -> None:
    assert [name for name, text in texts(tracked_files).items() if UNFINISHED.search(text)] == []


def test_sql_is_quoted_in_one_place(tracked_files: list[Path]) -> None:
    quoting = {name for name, text in texts(python_modules(tracked_files)).items() if OWN_QUOTING.search(text)}
    assert quoting == {"duebook/sql_text.py"}


def test_the_rules_find_what_they_forbid() -> None:
    assert OWN_QUOTING.search('name.replace("x", "xx")'.replace("x", "'"))
    assert not OWN_QUOTING.search('name.replace("/", "//")')
    assert MACHINE_PATH.search('open("/' + 'root/data.csv")')
    assert not MACHINE_PATH.search("raw/work/orders")
    assert UNFINISHED.search("# TO" + "DO: later")
    assert not UNFINISHED.search("what is done")
