"""What a user may set, and what a wrong value answers."""

import os
import re
import resource
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from cli.arguments import PREFIX, WrongSettingError, read_settings
from cli.exit_codes import ExitCode
from cli.main import app
from duebook.encryption import FEWEST_CHARACTERS
from duebook.settings import PROJECT_ROOT, SAMPLE_AS_OF, SAMPLE_REPORTING_CURRENCY, Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_the_sample_is_refreshed_for_its_own_last_day_and_currency():
    settings = Settings()
    assert (settings.as_of, settings.reporting_currency) == (SAMPLE_AS_OF, SAMPLE_REPORTING_CURRENCY)


def test_the_sample_can_be_asked_about_another_day_and_currency():
    settings = Settings(as_of=date(2025, 12, 31), reporting_currency="GBP")
    assert (settings.as_of, settings.reporting_currency) == (date(2025, 12, 31), "GBP")


def test_another_landing_is_refreshed_for_yesterday_in_its_one_currency(tmp_path):
    settings = Settings(landing=tmp_path)
    assert settings.as_of == datetime.now(UTC).date() - timedelta(days=1)
    assert settings.reporting_currency is None


def test_paths_may_start_at_the_users_home_and_hold_spaces(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DUEBOOK_HOME", "~/due book")
    assert Settings().home == tmp_path / "due book"


def test_relative_paths_are_seen_from_the_current_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert Settings(landing=Path("exports")).landing == tmp_path / "exports"


def test_everything_written_stands_in_the_home(tmp_path):
    settings = Settings(home=tmp_path)
    written = [
        value
        for name in vars(Settings)
        if isinstance(getattr(Settings, name), property) and isinstance(value := getattr(settings, name), Path)
    ]
    assert len(written) > 5
    assert all(path.is_relative_to(tmp_path) for path in written)


def test_an_empty_value_is_no_value(monkeypatch):
    monkeypatch.setenv("DUEBOOK_AS_OF", "")
    assert Settings().as_of == SAMPLE_AS_OF


@pytest.mark.parametrize("option", ["landing", "home"])
def test_a_folder_that_is_given_empty_is_an_error_and_not_the_default(option):
    with pytest.raises(WrongSettingError) as wrong:
        read_settings({option: ""})
    assert str(wrong.value) == f"--{option} is empty: name a folder, or leave the option out."


def test_what_was_given_is_told_by_its_make_variable_and_no_secret(monkeypatch):
    monkeypatch.setenv("DUEBOOK_HOME", "/a home")
    monkeypatch.setenv("DUEBOOK_POSTGRES_URL", "postgresql://me:s3cret@host/database")
    assert Settings().given == {"HOME_DIR": "/a home", "POSTGRES_URL": "..."}


def test_options_win_over_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DUEBOOK_THREADS", "3")
    monkeypatch.setenv("DUEBOOK_MAX_BAD_SHARE", "0.2")
    settings = read_settings({"threads": "5", "landing": str(tmp_path)})
    assert (settings.threads, settings.max_bad_share) == (5, 0.2)


TOMORROW = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize("letter", ["[", "*", "{", "\\"])
def test_a_home_that_spark_takes_for_a_pattern_is_refused_for_spark_alone(letter):
    home = f"/a{letter}b"
    assert str(read_settings({"home": home}).home) == home
    with pytest.raises(WrongSettingError) as wrong:
        read_settings({"home": home, "engine": "spark"})
    expected = f"expected a path without {letter!r} with DUEBOOK_ENGINE spark."
    assert str(wrong.value) == f"DUEBOOK_HOME is {home!r}: {expected}"


@pytest.mark.parametrize("letter", ["]", "}", "(", "#", "&", " "])
def test_any_other_home_will_do_for_spark(letter):
    assert str(read_settings({"home": f"/a{letter}b", "engine": "spark"}).home) == f"/a{letter}b"


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--as-of", "2014-13-01", "expected a day as YYYY-MM-DD"),
        ("--as-of", TOMORROW, "that is in the future"),
        ("--as-of", "1999-12-31", "expected DUEBOOK_FIRST_DAY (2000-01-01) or later"),
        ("--known-as-of", "yesterday", "expected a day as YYYY-MM-DD"),
        ("--reporting-currency", "euro", "expected an ISO 4217 code, such as EUR"),
        ("--max-bad-share", "1.01", "less than or equal to 1"),
        ("--accept", "expect_fresh_fact:invoices", "did you mean expect_fresh_facts?"),
        ("--full", "maybe", "expected 1 or 0 (true or false)."),
        ("--threads", "two", "expected a whole number."),
        ("--max-bad-share", "a tenth", "expected a number, such as 0.1."),
        ("--landing", str(PROJECT_ROOT / "README.md"), "expected a folder, and it is a file."),
        ("--max-staleness-days", "-1", "greater than or equal to 0"),
        ("--memory-limit", "8", "expected an amount of memory in MB, GB, MiB or GiB, such as 8GB"),
        ("--customers-are", "people", "expected 'businesses' or 'consumers'"),
        ("--schedule-time-zone", "Mars/Base", "expected an IANA time zone name"),
        ("--threads", "0", "greater than or equal to 1"),
        ("--spark-buckets", "10001", "less than or equal to 10000"),
        ("--landing", "/no such folder", "expected a folder, and there is none"),
        ("--landing", "/" + "x" * 300, "expected a folder that can be read: File name too long"),
        ("--max-unpacked-gb", "0", "greater than 0"),
        ("--max-gzip-ratio", "0.5", "greater than or equal to 1"),
        ("--home", "/it's here", 'expected a path without "\'"'),
        ("--home", "/year=2025", "expected a path without '='"),
    ],
)
def test_a_wrong_value_is_answered_in_one_line_with_variable_value_and_what_was_expected(option, value, expected):
    with pytest.raises(WrongSettingError) as wrong:
        read_settings({option[2:].replace("-", "_"): value})
    message = str(wrong.value)
    assert len(message.splitlines()) == 1
    assert message.startswith(f"{PREFIX}{option[2:].replace('-', '_').upper()} is ")
    assert value in message
    assert expected in message
    assert "?." not in message


def test_a_wrong_database_is_answered_without_its_password():
    with pytest.raises(WrongSettingError) as wrong:
        read_settings({"postgres_url": "mysql://me:s3cret@host/database"})
    assert str(wrong.value) == (
        "DUEBOOK_POSTGRES_URL is wrong: expected postgresql://user:password@host:port/database."
    )


@pytest.mark.parametrize(
    ("engine", "url"),
    [
        ("postgres", "postgresql://me:s3cret@host/database"),
        ("spark", "thrift://host"),
        ("spark", "thrift://me@host:10000/"),
    ],
)
def test_an_engine_has_the_address_of_a_database_or_a_server(engine, url):
    assert Settings(engine=engine, engine_url=url).engine_url.get_secret_value() == url


@pytest.mark.parametrize(
    ("engine", "url", "expected"),
    [
        ("postgres", "thrift://host:10000", "postgresql://user:password@host:port/database"),
        ("duckdb", "thrift://host:10000", "database, or DUEBOOK_ENGINE spark for a Thrift server"),
        ("spark", "postgresql://me:s3cret@host/database", "thrift://host:port"),
        ("spark", "thrift://me:s3cret@host:10000", "asks for no password"),
        ("spark", "thrift://host:10000/marts", "thrift://host:port"),
        ("spark", "thrift://host:seven", "thrift://host:port"),
        ("spark", "spark://host:7077", "thrift://host:port"),
    ],
)
def test_an_address_of_another_engine_is_answered_with_what_it_takes(monkeypatch, engine, url, expected):
    monkeypatch.setenv("DUEBOOK_ENGINE", engine)
    with pytest.raises(WrongSettingError) as wrong:
        read_settings({"engine_url": url})
    assert f"DUEBOOK_ENGINE_URL, with DUEBOOK_ENGINE {engine}: expected" in str(wrong.value)
    assert expected in str(wrong.value)
    assert "s3cret" not in str(wrong.value)


def test_buckets_are_kept_by_sparks_own_session_alone(monkeypatch):
    assert Settings(engine="spark", spark_buckets=10_000).spark_buckets == 10_000
    assert Settings(engine="spark", engine_url="thrift://host", spark_buckets=0).spark_buckets == 0
    with pytest.raises(WrongSettingError, match=r"DUEBOOK_SPARK_BUCKETS needs .* DUEBOOK_ENGINE is duckdb"):
        read_settings({"spark_buckets": "4"})
    monkeypatch.setenv("DUEBOOK_ENGINE", "spark")
    with pytest.raises(WrongSettingError, match=r"DUEBOOK_SPARK_BUCKETS needs .* DUEBOOK_ENGINE_URL is set"):
        read_settings({"engine_url": "thrift://host"})


@pytest.mark.parametrize("other", ["postgresql://me:s3cret@host:5432/database", "postgres://you@HOST/database?a=b"])
def test_marts_are_not_published_to_the_database_they_are_built_in(monkeypatch, other):
    url = "postgresql://me:s3cret@host/database"
    for elsewhere in (f"{url}s", url.replace("host", "other"), url.replace("host", "host:5433")):
        assert Settings(engine="postgres", engine_url=url, postgres_url=elsewhere).engine == "postgres"
    monkeypatch.setenv("DUEBOOK_ENGINE", "postgres")
    monkeypatch.setenv("DUEBOOK_POSTGRES_URL", other)
    with pytest.raises(WrongSettingError) as wrong:
        read_settings({"engine_url": url})
    said = "DUEBOOK_POSTGRES_URL is DUEBOOK_ENGINE_URL: expected another database, for readers."
    assert str(wrong.value) == said


def test_no_error_about_settings_shows_the_password(monkeypatch):
    monkeypatch.setenv("DUEBOOK_POSTGRES_URL", "mysql://me:s3cret@host/database")
    with pytest.raises(ValidationError) as wrong:
        Settings()
    assert "s3cret" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("DUEBOOK_LANDNG", "DUEBOOK_LANDNG is no setting: did you mean DUEBOOK_LANDING?"),
        ("DUEBOOK_AS_OFF", "DUEBOOK_AS_OFF is no setting: did you mean DUEBOOK_AS_OF?"),
        ("duebook_homes", "duebook_homes is no setting: did you mean DUEBOOK_HOME?"),
        ("DUEBOOK_THREAD_S", "DUEBOOK_THREAD_S is no setting: did you mean DUEBOOK_THREADS?"),
        ("DUEBOOK_SPARK_MASTR", "DUEBOOK_SPARK_MASTR is no setting: did you mean DUEBOOK_SPARK_MASTER?"),
        ("DUEBOOK_SPARK_BUCKET", "DUEBOOK_SPARK_BUCKET is no setting: did you mean DUEBOOK_SPARK_BUCKETS?"),
    ],
)
def test_an_environment_variable_of_no_setting_is_answered_with_the_one_meant(monkeypatch, name, answer):
    monkeypatch.setenv(name, "x")
    with pytest.raises(WrongSettingError) as wrong:
        read_settings({})
    assert str(wrong.value) == answer


def test_an_empty_environment_variable_and_settings_in_small_letters_are_no_mistake(monkeypatch):
    monkeypatch.setenv("DUEBOOK_LANDNG", "")
    monkeypatch.setenv("duebook_threads", "3")
    assert read_settings({}).threads == 3


def test_every_variable_the_project_itself_uses_is_known(monkeypatch):
    """What dbt is told in the environment would else stop whoever calls a command from there."""
    code = [
        path
        for folder in ("duebook", "orchestration", "cli", "dbt_project")
        for path in (PROJECT_ROOT / folder).rglob("*.*")
    ]
    used = {
        name
        for path in code
        if path.suffix in (".py", ".yml", ".sql") and "target" not in path.parts
        for name in re.findall(r"DUEBOOK_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))
    }
    assert {"DUEBOOK_DBT_VARS", "DUEBOOK_REFRESH_PID", "DUEBOOK_WAREHOUSE_FILE"} <= used
    for name in used - {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}:
        monkeypatch.setenv(name, "x" * FEWEST_CHARACTERS)
    assert read_settings({}).as_of == SAMPLE_AS_OF


def test_every_wrong_value_is_named_at_once():
    with pytest.raises(WrongSettingError) as wrong:
        read_settings({"threads": "none", "as_of": "today"})
    assert len(str(wrong.value).splitlines()) == 2


def test_a_wrong_setting_ends_the_command_with_code_2_and_no_stack_trace(tmp_path):
    command = [sys.executable, "-m", "cli", "refresh", "--home", str(tmp_path), "--as-of", "soon"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == "DUEBOOK_AS_OF is 'soon': expected a day as YYYY-MM-DD.\n"
    assert not any(tmp_path.iterdir())


def full_disk():
    """Let this process write no file beyond a few bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))


@pytest.mark.parametrize("module", ["refresh", "dev"])
def test_a_full_disk_while_the_home_is_made_is_one_line_with_the_next_step(tmp_path, module):
    environment = os.environ | {"DUEBOOK_HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "cli", module],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=full_disk,
    )
    (line,) = (done.stdout + done.stderr).splitlines()
    assert done.returncode == ExitCode.FAILED
    assert "can't be read or written: File too large. Nothing was loaded; put the home (DUEBOOK_HOME) on" in line
    assert line.endswith(", and refresh again.")


def test_every_command_switches_every_telemetry_off():
    script = (
        "import os; from cli.main import before_any_command; before_any_command();"
        "print(*sorted(f'{k}={v}' for k, v in os.environ.items()), sep='\\n')"
    )
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert {
        "DAGSTER_DISABLE_TELEMETRY=yes",
        "DBT_SEND_ANONYMOUS_USAGE_STATS=false",
        "DO_NOT_TRACK=1",
        "GX_ANALYTICS_ENABLED=false",
        "RUNTIME__DLTHUB_TELEMETRY=false",
    } <= set(done.stdout.splitlines())


@pytest.mark.long
def test_nothing_is_accepted_for_runs_that_the_ui_starts_by_itself(tmp_path):
    environment = os.environ | {
        "DUEBOOK_HOME": str(tmp_path / "home"),
        "DUEBOOK_LANDING": str(tmp_path),
        "DUEBOOK_ACCEPT": "expect_fresh_facts:invoices",
    }
    done = subprocess.run(
        [sys.executable, "-m", "cli", "dev"],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        ExitCode.USAGE,
        "DUEBOOK_ACCEPT is for one run of `make refresh`; in the UI, give a run the tag duebook/accept.\n",
    )


def test_help_tells_what_every_setting_is_for():
    told = " ".join(CliRunner().invoke(app, ["refresh", "--help"]).output.split())
    for field in Settings.model_fields.values():
        assert " ".join(field.description.split()) in told
