"""The command `duebook`: what its commands take, what a misspelt word is answered, how each ends."""

import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cli import dev, main
from cli.exit_codes import ExitCode
from cli.main import COMMANDS, app
from duebook.settings import PROJECT_ROOT

WITH_A_HOME = sorted(COMMANDS.keys() - {"bench", "adapter", "adapter-guess", "try", "sbom", "audit"})
# What a command can't be called without.
NEEDED = {
    "backup": ["--to", "x"],
    "restore": ["--from", "x"],
    "adapter": ["--name", "x"],
    "statement": ["--customer", "x"],
    "adapter-guess": ["--file", "x"],
}
NEEDED |= {key: ["--adapter", "flat", "--source", "x"] for key in ["land", "try", "adapter-check"]}
OPTIONS = [
    (command, option)
    for command in COMMANDS
    for parameter in main._loaded(command).params
    for option in parameter.opts
    if option.startswith("--")
]


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path):
    """Commands are called on an empty home."""
    monkeypatch.setenv("DUEBOOK_HOME", str(tmp_path / "home"))


def python(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option_with_what_it_is_for(command):
    told = CliRunner().invoke(app, [command, "-h"])
    assert told.exit_code == ExitCode.DONE
    assert COMMANDS[command][1] in told.output
    for parameter in main._loaded(command).params:
        assert len(parameter.help or "") > 5
        assert all(option in told.output for option in parameter.opts if option.startswith("--"))


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_a_misspelt_option_is_an_error_that_names_the_one_meant(command, option, tmp_path):
    misspelt = option[:-1]
    done = CliRunner().invoke(app, [command, *NEEDED.get(command, []), misspelt, "x"])
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert re.search(rf"No such option: {misspelt}: did you mean --[a-z-]+\?", done.stderr)
    assert not (tmp_path / "home").exists()


def test_what_was_misspelt_in_the_wild_is_never_a_refresh_of_the_sample(tmp_path):
    for words, meant in {
        ("refresh", "--lnading", "exports"): "No such option: --lnading: did you mean --landing?",
        ("refresh", "lnading=exports"): "Got unexpected extra argument",
        ("refresh", "--land", "exports"): "No such option: --land",
        ("refesh",): "No such command 'refesh'. Did you mean 'refresh'?",
        ("--hepl",): "No such option: --hepl: did you mean --help?",
    }.items():
        done = CliRunner().invoke(app, words)
        assert (done.exit_code, meant in done.stderr) == (ExitCode.USAGE, True), done.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", WITH_A_HOME)
def test_every_command_says_of_a_wrong_setting_which_its_value_and_what_is_expected(command, monkeypatch, tmp_path):
    monkeypatch.setenv("DUEBOOK_AS_OF", "soon")
    done = CliRunner().invoke(app, [command, *NEEDED.get(command, [])])
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == "DUEBOOK_AS_OF is 'soon': expected a day as YYYY-MM-DD.\n"
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("home", ["", "  "])
@pytest.mark.parametrize("command", WITH_A_HOME)
def test_an_empty_home_is_an_error_and_not_the_current_folder(command, home):
    done = CliRunner().invoke(app, [command, *NEEDED.get(command, []), "--home", home])
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == "--home is empty: name a folder, or leave the option out.\n"


@pytest.mark.parametrize(
    "command", ["explain", "statement", "dashboard", "metrics", "publish", "backup", "doctor", "quarantine"]
)
def test_a_home_without_what_is_needed_is_a_failure_that_says_what_to_run(command, monkeypatch, tmp_path):
    """Also where the landing is gone, which none of them reads."""
    monkeypatch.setenv("DUEBOOK_LANDING", str(tmp_path / "gone"))
    done = CliRunner().invoke(app, [command, *NEEDED.get(command, [])])
    assert (done.exit_code, done.stdout) == (ExitCode.FAILED, "")
    assert re.search("[Rr]un `make refresh`", done.stderr)


@pytest.mark.parametrize("command", ["refresh", "check-landing", "dev"])
def test_who_reads_the_landing_refuses_where_it_is_gone(command, tmp_path):
    done = CliRunner().invoke(app, [command, "--landing", str(tmp_path / "gone")])
    assert (done.exit_code, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr.startswith(f"DUEBOOK_LANDING is {tmp_path / 'gone'}: expected a folder, and there is none.")


def test_exit_codes_are_said_by_help_and_by_the_guide():
    told = CliRunner().invoke(app, ["--help"]).output
    guide = (PROJECT_ROOT / "docs" / "guide" / "operating.md").read_text(encoding="utf-8")
    in_guide = {int(code): meaning for code, meaning in re.findall(r"^\| (\d+) \| (.*) \|$", guide, re.MULTILINE)}
    assert in_guide == {code.value: code.meaning for code in ExitCode}
    for code in ExitCode:
        assert re.search(rf"^ +{code.value}  {re.escape(code.meaning)}$", told, re.MULTILINE)


def test_no_command_ends_with_a_code_of_its_own():
    """The installer and make's entry run before, or beside, the commands."""
    modules = sorted((PROJECT_ROOT / "cli").rglob("*.py"))
    exiting = {path.name for path in modules if re.search(r"sys\.exit\(|SystemExit|argparse", path.read_text())}
    assert exiting == {"install.py", "make.py"}


def test_a_list_of_commands_imports_nothing_large():
    code = "import sys; from cli.main import app; app(['--help'], standalone_mode=False); print('--', *sys.modules)"
    loaded = python("-c", code).rpartition("-- ")[2].split()
    assert {"typer", "cli.main"} <= set(loaded)
    assert {"dagster", "dbt", "duckdb", "pydantic", "great_expectations", "rich", "dlt", "plotly"} & set(
        loaded
    ) == set()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("duebook ref", {"refresh"}),
        pytest.param("duebook explain --m", {"--month"}, marks=pytest.mark.long),
        pytest.param(
            "duebook refresh --max",
            {"--max-bad-share", "--max-rate-age-days", "--max-unpacked-gb", "--max-gzip-ratio", "--max-staleness-days"},
            marks=pytest.mark.long,
        ),
        ("duebook explain --format j", {"json"}),
    ],
)
def test_a_shell_completes_commands_and_options(typed, completed):
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_DUEBOOK_COMPLETE": "complete_bash"}
    assert set(python("-m", "cli", **words).split()) == completed


@pytest.mark.parametrize(("ended", "code"), [(0, ExitCode.DONE), (2, ExitCode.USAGE), (-9, ExitCode.FAILED)])
def test_dagster_is_started_in_the_environment_it_finds_in_the_project(monkeypatch, ended, code):
    """It warns of every other one, and of none that is named."""
    called = []
    monkeypatch.setattr(dev, "finish_parsing", lambda settings: None)
    monkeypatch.setattr(dev, "run_as_group", lambda command, told: called.append(command) or ended)
    monkeypatch.chdir(PROJECT_ROOT)
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "another")
    done = CliRunner().invoke(app, ["dev", "--port", "3001", "--", "--log-level", "debug"])
    assert done.exit_code == code
    assert [word for command in called for word in command[1:]] == ["dev", "--port", "3001", "--log-level", "debug"]
    assert os.environ["VIRTUAL_ENV"] == sys.prefix


@pytest.mark.parametrize(
    ("signals", "ended", "code"),
    [([15], 0, ExitCode.DONE), ([15, 15], 1, ExitCode.INTERRUPTED), ([], 1, ExitCode.FAILED)],
)
def test_a_dev_that_somebody_ended_did_not_fail(monkeypatch, signals, ended, code):
    monkeypatch.setattr(dev, "finish_parsing", lambda settings: None)

    def group(command, told):
        for number in signals:
            told(number)
        return ended

    monkeypatch.setattr(dev, "run_as_group", group)
    monkeypatch.chdir(PROJECT_ROOT)
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "another")
    assert CliRunner().invoke(app, ["dev"]).exit_code == code


def test_an_interrupted_query_ends_a_command_as_an_interrupt_does():
    code = """if True:
        import signal
        import duckdb
        from cli import main

        # A shell has what it starts in the background ignore interrupts, and so would this.
        signal.signal(signal.SIGINT, signal.default_int_handler)

        def ask_for_ever() -> None:
            # Once the query has used so much of the processor.
            signal.signal(signal.SIGVTALRM, lambda *_: signal.raise_signal(signal.SIGINT))
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)
            duckdb.sql("select count(*) from range(1000000000) a, range(1000000000) b where a.range < b.range").show()

        main.COMMANDS["adapter"] = ("__main__:ask_for_ever", "Asks.")
        main.app(["adapter"])
    """
    asked = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert (asked.returncode, asked.stderr) == (ExitCode.INTERRUPTED, "Interrupted.\n")


def test_another_runtime_error_is_no_interrupt(monkeypatch, tmp_path):
    def fail(*_):
        raise RuntimeError("no interrupt")

    monkeypatch.setattr("cli.adapters.shutil.copytree", fail)
    done = CliRunner().invoke(app, ["adapter", "--name", "x", "--folder", str(tmp_path)])
    assert str(done.exception) == "no interrupt"
