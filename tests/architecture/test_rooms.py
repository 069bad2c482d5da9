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
