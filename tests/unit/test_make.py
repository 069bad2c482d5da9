"""The Makefile as people call it: real make, over a stub of Python that writes down what it was called with.

Nothing given to make is run by a shell or by make itself, and a misspelt name is an error.
"""

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli import adapters
from cli.make import OPTIONS, TAKE_FURTHER_WORDS, words
from duebook.settings import PROJECT_ROOT, Settings

SETTINGS = ["HOME_DIR", *(name.upper() for name in Settings.model_fields if name != "home")]
OF_COMMANDS = {
    "install": ["ADAPTERS", "SPARK"],
    "dashboard": ["ARGS"],
    "dev": ["ARGS"],
    "metrics": ["METRICS", "GROUP_BY", "ARGS"],
    "explain": ["KPI", "MONTH", "LEVEL", "CUSTOMER", "INVOICE", "TOP", "FORMAT"],
    "statement": ["CUSTOMER", "SEGMENT", "FROM", "TO", "FORM", "OUTPUT", "FORMAT"],
    "quarantine": ["TABLE", "RULE", "WAITING", "WRITE"],
    **{key: ["CUSTOMER", "EMPLOYEE", last] for key, last in [("erase", "YES"), ("subject", "WRITE")]},
    **{key: ["ADAPTER", "SOURCE", "MAPPING", "OPTIONS"] for key in ["land", "adapter-check"]},
    "try": ["ADAPTER", "SOURCE", "MAPPING", "OPTIONS", "KEEP"],
    "adapter-guess": ["FILE", "GRAIN", "OUTPUT"],
    "adapter": ["NAME"],
    "test": ["ARGS"],
    "test-long": ["ARGS"],
    "test-slow": ["ARGS"],
    "test-spark": ["ARGS"],
    "test-spark-slow": ["ARGS"],
    "test-spark-cluster": ["ARGS"],
    "fuzz": ["FUZZ_FILES", "FUZZ_SEED", "ARGS"],
    "screenshots": ["ARGS"],
    "sbom": ["OUTPUT"],
    "audit": ["ADVISORIES"],
    "bench": ["SIZE", "PARTS", "DAYS", "REBUILD", "BENCH_DIR"],
}
COMMANDS = re.findall(r"^([a-z-]+):.*##", (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
WITHOUT_SETTINGS = {
    *("help", "install", "lint", "format", "clean", "clean-all", "test", "test-long", "test-slow", "test-spark"),
    *("test-spark-slow", "test-spark-cluster", "fuzz", "screenshots", "bench", "adapter-guess", "adapter"),
    *("sbom", "audit"),
}
# Of those that are alike, the default tests try one with paths, one with files and one with numbers.
ALIKE = [
    command if command in ("refresh", "try", "bench") else pytest.param(command, marks=pytest.mark.long)
    for command in COMMANDS
]
WITH_SETTINGS = [command for command in COMMANDS if command not in WITHOUT_SETTINGS]
NOT_OF_TRY = ["HOME_DIR", *(name.upper() for name in adapters.NOT_OF_TRY if name != "home")]
EVERY = [
    *(one for one in itertools.product(WITH_SETTINGS, SETTINGS) if one[0] != "try" or one[1] not in NOT_OF_TRY),
    *((command, name) for command, names in OF_COMMANDS.items() for name in names),
    *((command, "PYTHON") for command in COMMANDS),
]
# Each would make the file F in the folder of the project, or of the caller, by another way of being run.
HOSTILE = [
    "x; touch F #",
    "x' ; touch F ; '",
    'x" ; touch F ; "',
    "$(touch F)",
    "$$(touch F)",
    "$(shell touch F)",
    "$${x:-`touch F`}",
    "`touch F`",
    "x\ntouch F\n",
    "x'\n\ttouch F\n'",
    "x | touch F",
    "x && touch F & touch F",
    "x > F",
]
# Written down, each ended by a NUL: how many arguments, the arguments, the folder, the environment.
STUB = """#!/bin/sh
{ printf '%s\\0' "$#" "$@" "$(pwd)"; env -0; } > 'CALLED'
"""


@pytest.fixture
def project(tmp_path):
    """A checkout that is installed, as far as make can see, with a stub of every program."""
    root = tmp_path / "a checkout's folder"
    (root / "duebook").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "duebook/spelling.py"):
        shutil.copyfile(PROJECT_ROOT / name, root / name)
    (root / "benchmarks").mkdir()
    shutil.copyfile(PROJECT_ROOT / "benchmarks" / "requirements.lock", root / "benchmarks" / "requirements.lock")
    for folder, lock in ((".venv", "requirements.lock"), (".venv-bench", "benchmarks/requirements.lock")):
        (root / folder / "bin").mkdir(parents=True)
        shutil.copyfile(root / lock, root / folder / ".installed.lock")
        for program in ("python", "ruff", "sqlfluff", "dbt"):
            stub = root / folder / "bin" / program
            stub.write_text(STUB.replace("CALLED", str(tmp_path / "called")))
            stub.chmod(0o755)
    return root


def make(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call make from a folder that is not the project's; nothing is known but what is given."""
    caller = project.parent / "where I am"
    caller.mkdir(exist_ok=True)
    return subprocess.run(
        ["make", "-C", str(project), *arguments],
        cwd=caller,
        env={"PATH": os.environ["PATH"], "PWD": str(caller), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def called(project: Path) -> tuple[list[str], str, dict[str, str]]:
    """Read what a stub was called with last: arguments, folder, environment."""
    count, *told = (project.parent / "called").read_text().removesuffix("\0").split("\0")
    arguments, (folder, *environment) = told[: int(count)], told[int(count) :]
    return arguments, folder, dict(variable.split("=", 1) for variable in environment)


@pytest.mark.parametrize("command", ALIKE)
def test_no_value_of_a_variable_is_run(project, command):
    """Each variable has each of the values once; `-i`, for a line that fails may not hide the next."""
    names = [name for its, name in EVERY if its == command]
    for first in range(len(HOSTILE)):
        values = dict(zip(names, HOSTILE[first:] + HOSTILE + HOSTILE, strict=False))
        make(project, "-i", command, *(f"{name}={value}" for name, value in values.items()))
        assert not list(project.parent.rglob("F")), f"make {command} ran one of {values}"


@pytest.mark.parametrize("command", ALIKE)
def test_no_value_of_an_environment_variable_is_run(project, command):
    names = [name for its, name in EVERY if its == command]
    for value in HOSTILE:
        make(project, "-i", command, **{name: value for name in names})
        assert not list(project.parent.rglob("F")), f"make {command} ran {value!r}"


@pytest.mark.parametrize(
    "command", [*WITH_SETTINGS, *(command for command in OF_COMMANDS if command not in WITH_SETTINGS)]
)
def test_a_value_arrives_as_it_was_given(project, command):
    values = {name: f"{name} 'b' \"c\" $(d) $${{e}} `f`; g\nh" for its, name in EVERY if its == command}
    done = make(project, command, *(f"{name}={value}" for name, value in values.items()))
    assert done.returncode == 0, done.stderr
    _, _, environment = called(project)
    for name, value in values.items():
        variable = {"HOME_DIR": "DUEBOOK_HOME"}.get(name, f"DUEBOOK_{name}" if name in SETTINGS else name)
        assert environment[variable] == value


@pytest.mark.parametrize("name", ["adapters", "spark"])
def test_what_few_need_is_installed_only_where_it_is_asked_for(project, name):
    assert make(project, "install").returncode == 0
    assert not (project.parent / "called").exists()
    assert make(project, "install", f"{name.upper()}=1").returncode == 0
    arguments, _, _ = called(project)
    assert arguments[:3] == ["-m", "pip", "install"]
    assert arguments[-3:] == ["--require-hashes", "-r", f"requirements-{name}.lock"]


def test_every_variable_the_makefile_knows_is_tried():
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    of_commands = dict(re.findall(r"^takes_([a-z-]+) :=(.*)", makefile, flags=re.MULTILINE))
    assert {command: re.sub(r"\$\(settings\w*\)", "", names).split() for command, names in of_commands.items()} == {
        **{command: [] for command in WITHOUT_SETTINGS},
        **OF_COMMANDS,
    }
    of_settings = re.search(r"^SETTINGS :=((?:.*\\\n)*.*)", makefile, flags=re.MULTILINE)[1]
    assert {"HOME_DIR", *of_settings.replace("\\", "").split()} == set(SETTINGS)


@pytest.mark.parametrize("value", HOSTILE)
def test_the_python_to_install_with_is_a_program_and_no_command_line(project, value):
    (project / ".venv" / ".installed.lock").unlink()
    done = make(project, "install", f"PYTHON={value}")
    assert done.returncode == 2
    assert f"Python 3.11, 3.12 or 3.13 is needed; {value} is not on the path" in done.stdout
    assert not list(project.parent.rglob("F"))


def test_a_folder_of_the_caller_is_no_command(project):
    folder = project.parent / "$(shell touch F)`touch F`\ntouch F"
    folder.mkdir()
    done = subprocess.run(
        ["make", "-C", str(project), "refresh"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PWD": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, called(project)[1]) == (0, str(folder))
    assert not list(project.parent.rglob("F"))


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (
            ["refresh", "LANDNG=exports"],
            "LANDNG is no variable of make refresh: did you mean LANDING? Nothing was done.  Stop.",
        ),
        (["refresh", "AS_OFF=2014-01-31"], "AS_OFF is no variable of make refresh: did you mean AS_OF"),
        (["refresh", "landing=exports"], "landing is no variable of make refresh: did you mean LANDING"),
        (["refresh", "HOME=/tmp"], "HOME is no variable of make refresh: did you mean HOME_DIR"),
        (["dev", "SCHEDULE_TIMEZONE=UTC"], "did you mean SCHEDULE_TIME_ZONE"),
        (["explain", "KPY=dso"], "KPY is no variable of make explain: did you mean KPI"),
        (["metrics", "METRIC=dso"], "METRIC is no variable of make metrics: did you mean METRICS"),
        (["bench", "SIZES=10"], "SIZES is no variable of make bench: did you mean SIZE"),
        (["refresh", "KPI=dso"], "KPI is no variable of make refresh: there are PYTHON, HOME_DIR, LANDING"),
        (["clean-all", "HOME_DIR=elsewhere"], "HOME_DIR is no variable of make clean-all: there are PYTHON"),
        (["install", "LANDNG=$(shell touch F)"], "LANDNG is no variable of make install"),
        (
            ["refresh", "LANDNG=a", "AS_OFF=b"],
            "did you mean LANDING? AS_OFF is no variable of make refresh: did you mean AS_OF? Nothing was done",
        ),
        (["-i", "-k", "refresh", "SETTINGS=SETTINGS LANDING", "run=touch F;"], "run is no variable"),
        (["refresh", "LANDNG=a", "PYTHON=/no/such/python"], "LANDNG: no variable of make refresh"),
    ],
)
def test_a_misspelt_variable_is_an_error_that_names_the_one_meant(project, arguments, meant):
    done = make(project, *arguments)
    assert done.returncode == 2
    assert meant in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (project.parent / "called").exists()
    assert not list(project.parent.rglob("F"))


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["refesh"], "refesh is no command of make: did you mean refresh? Nothing was done.  Stop."),
        (["check-landings", "LANDNG=x"], "check-landings is no command of make: did you mean check-landing?"),
        (["refresh", "metrcs"], "metrcs is no command of make: did you mean metrics?"),
        (["xyz"], "xyz is no command of make: there are help, install, refresh"),
        (["refesh", "PYTHON=/no/such/python"], "refesh: no command of make: help install refresh"),
        (["$(shell touch F)`touch F`"], "is no command of make"),
    ],
)
def test_a_misspelt_command_is_an_error_that_names_the_one_meant(project, arguments, meant):
    done = make(project, *arguments)
    assert done.returncode == 2
    assert meant in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (project.parent / "called").exists()
    assert not list(project.parent.rglob("F"))


def test_every_command_of_the_makefile_is_known_to_it():
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    known = re.search(r"^commands :=((?:.*\\\n)*.*)", makefile, flags=re.MULTILINE)[1].replace("\\", "").split()
    assert sorted(known) == sorted(COMMANDS)


PATHS = ["LANDING", "HOME_DIR", "DUEBOOK_LANDING", "DUEBOOK_HOME", "BENCH_DIR", "PYTHON"]


@pytest.mark.parametrize("value", ["", "   "])
@pytest.mark.parametrize("name", PATHS)
def test_a_path_that_is_given_empty_is_an_error_and_not_the_default(project, name, value):
    """As `make check-landing LANDING=$NOTHING_SET` is."""
    commands = {"BENCH_DIR": ["bench"]}.get(name, ["refresh", "check-landing", "dashboard", "dev"])
    for command in commands:
        done = make(project, command, f"{name}={value}")
        assert done.returncode == 2
        assert f"{name} is empty: name a path, or leave {name} out" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert not (project.parent / "called").exists()


def test_every_setting_that_is_a_path_is_among_those():
    names = {
        "HOME_DIR" if name == "home" else name.upper()
        for name, its in Settings.model_fields.items()
        if its.annotation is Path
    }
    assert names == {"LANDING", "HOME_DIR"} <= set(PATHS)


def test_another_variable_given_empty_and_an_empty_environment_variable_are_no_value(project):
    assert make(project, "refresh", "AS_OF=", "LANDING=x", DUEBOOK_HOME="", HOME_DIR="").returncode == 0
    assert called(project)[2]["DUEBOOK_LANDING"] == "x"


def test_variables_of_all_commands_that_are_asked_for_together_are_known(project):
    assert make(project, "refresh", "explain", "KPI=dso", "LANDING=x").returncode == 0


def test_help_names_every_variable(project):
    told = set(re.findall(r"\w+", make(project, "help").stdout))
    assert {name for _, name in EVERY} <= told


def test_help_names_the_variables_of_each_command(project):
    lines = make(project, "help").stdout.splitlines()
    assert [f"  {command}: {' '.join(names)}" in lines for command, names in OF_COMMANDS.items()] == [True] * len(
        OF_COMMANDS
    )


@pytest.mark.parametrize(
    ("command", "module"),
    [("screenshots", "tests/browser/test_screenshots.py"), ("fuzz", "tests/integration/test_loading_fuzz.py")],
)
def test_a_command_that_runs_tests_left_out_by_default_names_their_mark(project, command, module):
    assert make(project, command).returncode == 0
    words = called(project)[0]
    assert module in words
    asked = words[words.index("-m", words.index("pytest")) + 1]
    assert asked in ("long", "slow")
    assert f"pytest.mark.{asked}" in (PROJECT_ROOT / module).read_text(encoding="utf-8")


@pytest.mark.parametrize("how", ["in the project", "with -C", "silently with -C", "with -f"])
def test_make_sees_relative_paths_from_the_callers_folder(project, how):
    where = {
        "in the project": [],
        "with -C": ["-C", str(project)],
        "silently with -C": ["-s", "-C", str(project)],
        "with -f": ["-f", str(project / "Makefile")],
    }
    caller = project if how == "in the project" else project.parent / "where I am"
    caller.mkdir(exist_ok=True)
    given = {"PATH": os.environ["PATH"], "PWD": str(caller)}
    subprocess.run(["make", *where[how], "refresh", "LANDING=my exports"], cwd=caller, env=given, check=True)
    arguments, folder, environment = called(project)
    assert (arguments, folder) == (["-P", "-m", "cli.make", "refresh"], str(caller))
    assert (environment["PYTHONPATH"], environment["DUEBOOK_LANDING"]) == (str(project), "my exports")


@pytest.mark.parametrize(
    ("command", "given", "expected"),
    [
        ("explain", {}, []),
        ("explain", {"KPI": "dso", "LEVEL": "segment:a b", "AS_OF": ""}, ["--kpi=dso", "--level=segment:a b"]),
        ("explain", {"TOP": "--help"}, ["--top=--help"]),
        ("explain", {"INVOICE": "INV 1"}, ["--invoice=INV 1"]),
        ("statement", {"CUSTOMER": "C 1", "FROM": "2026-05-01"}, ["--customer=C 1", "--from=2026-05-01"]),
        ("metrics", {}, []),
        ("metrics", {"GROUP_BY": "a"}, []),
        ("metrics", {"METRICS": "dso"}, ["query", "--metrics=dso", "--group-by=metric_time__month"]),
        (
            "metrics",
            {"METRICS": "dso,cei", "GROUP_BY": "x; touch F", "ARGS": "--csv 'a b.csv'"},
            ["query", "--metrics=dso,cei", "--group-by=x; touch F", "--csv", "a b.csv"],
        ),
        ("dashboard", {"ARGS": "--port 9000; touch F"}, ["--port", "9000;", "touch", "F"]),
        ("pytest", {"ARGS": "-k 'a or b' $(touch F)"}, ["-k", "a or b", "$(touch", "F)"]),
        ("bench", {"SIZE": "10", "BENCH_DIR": "a b", "REBUILD": "no"}, ["--size=10", "--work=a b", "--no-rebuild"]),
        ("bench", {"REBUILD": "yes"}, []),
        ("quarantine", {"TABLE": "invoices", "WAITING": "1"}, ["--table=invoices", "--waiting"]),
        ("quarantine", {"WRITE": "a b.csv", "WAITING": "no"}, ["--write=a b.csv"]),
    ],
)
def test_variables_become_options_of_the_command(command, given, expected):
    assert words(command, given) == expected


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("command", sorted(OPTIONS))
def test_each_option_keeps_its_whole_value(command, value):
    for name, option in OPTIONS[command].items():
        assert f"{option}={value}" in words(command, {"METRICS": "dso", name: value})


@pytest.mark.parametrize("command", sorted(TAKE_FURTHER_WORDS))
def test_further_words_that_cannot_be_split_are_answered_in_one_line(command):
    done = subprocess.run(
        [sys.executable, "-m", "cli.make", command],
        cwd=PROJECT_ROOT,
        env={**os.environ, "ARGS": "-k 'half"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == 'ARGS is "-k \'half": expected words as a shell has them (No closing quotation).\n'
    assert done.stdout == ""


def test_what_is_run_gets_its_words(project, tmp_path):
    shown = tmp_path / "shown.py"
    shown.write_text("import sys\nprint(sys.argv[1:])\n")
    done = subprocess.run(
        [sys.executable, "-m", "cli.make", "shown", "own"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "ARGS": "none of it"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shlex.split(done.stdout.strip()) == ["[own]"]
