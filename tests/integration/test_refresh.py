"""The whole refresh on the embedded sample, through the command, as a user runs it."""

import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from duebook.landing.work_folder import MARKER
from duebook.publication.reports import REPORTS, reports_in
from duebook.settings import MARTS_SCHEMA, PERSONAL_FILE, SAMPLE_AS_OF, SAMPLE_LANDING, Settings
from tests.support.refreshes.running import marts, reading_in_a_loop, refresh, refresh_under_way, wait_for
from tests.support.reports import read_page

PAST_DAY = "2025-12-31"


@pytest.fixture(scope="module")
def again(first, tmp_path_factory):
    """The same day refreshed in another home while a reader reads on.

    Returns:
        The home's settings, and what the reader saw.
    """
    of_first, _, _ = first
    settings = Settings(home=tmp_path_factory.mktemp("again") / "a home")
    shutil.copytree(of_first.home, settings.home)
    with reading_in_a_loop(settings.published_file) as saw:
        same_day = refresh(settings.home)
    assert same_day.returncode == 0, same_day.stdout
    return settings, saw


@pytest.fixture(scope="module")
def past(again, tmp_path_factory):
    """A past day refreshed while a reader reads the current one: the home's settings, what he saw, what was printed."""
    settings = Settings(home=tmp_path_factory.mktemp("past") / "a home")
    shutil.copytree(again[0].home, settings.home)
    with reading_in_a_loop(settings.published_file) as saw:
        past_day = refresh(settings.home, "--as-of", PAST_DAY)
    assert past_day.returncode == 0, past_day.stdout
    return settings, saw, past_day.stdout


def logs_of(settings: Settings) -> list[str]:
    """What every refresh of a home logged, in their order."""
    return [log.read_text() for log in sorted(settings.logs_dir.glob("*.log"))]


ONLY_WITH_ALL = ("key_of_int_months_", "key_of_stg_ar__invoices_", "key_of_kpi_registry_")
EVERY_DAY = (
    "key_and_rules_of_dso_monthly",
    "sub_ledger_items_add_up_to_receivables",
    "every_raised_flag_is_of_a_customer",
)


@pytest.mark.long
def test_what_only_code_can_break_is_tested_when_all_is_built_and_not_every_day(again):
    of_first, of_same_day = logs_of(again[0])
    assert [name for name in ONLY_WITH_ALL + EVERY_DAY if name not in of_first] == []
    assert [name for name in ONLY_WITH_ALL + EVERY_DAY if name not in of_same_day] == list(ONLY_WITH_ALL)


def parsed_before(log: str) -> bool:
    """Whether dbt ran, and did so on what it had parsed already."""
    return "Running with dbt" in log and "partial parsing" not in log


@pytest.mark.long
def test_another_home_does_not_have_dbt_parse_the_project_anew(again):
    assert parsed_before(logs_of(again[0])[-1])


@pytest.mark.slow
def test_a_past_day_does_not_have_dbt_parse_the_project_anew_and_tests_all_it_builds(past):
    *_, of_past_day = logs_of(past[0])
    assert parsed_before(of_past_day)
    assert [name for name in ONLY_WITH_ALL + EVERY_DAY if name not in of_past_day] == []


def test_a_line_for_every_stage_with_its_seconds(first):
    _, printed, _ = first
    stages = re.findall(r"^  (\w[\w ]+?) +\d+\.\d s$", printed, flags=re.MULTILINE)
    assert stages == ["Prepare", "Load", "Check arrivals", "Transform", "Check hand over", "Publish", "Postgres"]


def test_the_headline_kpis_of_the_last_months_are_printed(first):
    _, printed, _ = first
    assert re.search(r"Jan 26 +Feb 26 +Mar 26 +Apr 26 +May 26 +Jun 26", printed)
    for kpi in ("Days sales outstanding", "Best possible DSO", "Collection effectiveness", "Delinquency rate"):
        assert re.search(rf"{kpi}.*( +\d+\.\d){{6}}", printed), kpi


def test_the_place_of_the_publication_is_printed(first):
    settings, printed, _ = first
    assert f"Published: {settings.published_file}\n" in printed


def test_the_place_of_the_dashboard_and_what_to_do_next_are_printed(first):
    settings, printed, _ = first
    [page] = re.findall(r"^Dashboard: (.+)$", printed, flags=re.MULTILINE)
    assert Path(page) == settings.dashboard_dir / "index.html"
    assert Path(page).exists()
    commands = re.findall(r"make .*", printed.partition("Next:")[2])
    home = f"HOME_DIR='{settings.home}'"
    assert commands == [
        f"make dashboard {home}",
        f"make explain KPI=dso {home}",
        "make adapter-guess FILE=~/exports/invoices.xlsx",
    ]


def test_readers_get_marts_and_only_marts(first):
    settings, _, _ = first
    with duckdb.connect(settings.published_file, read_only=True) as published:
        schemas = published.execute(
            "select distinct schema_name from duckdb_tables() union select distinct schema_name from duckdb_views()"
            " where not internal"
        ).fetchall()
    assert schemas == [(MARTS_SCHEMA,)]


def test_what_a_refresh_writes_is_read_by_its_group_at_most_and_by_all_of_it(first):
    settings, *_ = first
    written = [settings.home, *(path for path in settings.home.rglob("*") if not path.is_symlink())]
    modes = {path: path.stat().st_mode & 0o777 for path in written}
    assert [path for path, mode in modes.items() if mode & 0o027] == []
    readers = [path for path in written if path.is_relative_to(settings.published_dir)]
    assert {path.suffix for path in readers} >= {".duckdb", ".json", ".parquet", ".html", ".js"}
    personal = settings.published_dir / PERSONAL_FILE
    assert [path for path in readers if not modes[path] & 0o040] == [personal.parent, personal]


def test_no_unmasked_row_stays_in_the_loads_folder(first):
    settings, *_ = first
    assert [path.name for path in settings.loading_dir.iterdir()] == [MARKER]


def test_the_full_log_is_kept(first):
    settings, printed, _ = first
    log = Path(re.search(r"Full log: +(.+)", printed)[1])
    assert log.parent == settings.logs_dir
    assert "Completed successfully" in log.read_text()


@pytest.mark.long
def test_the_same_day_run_twice_gives_the_same_marts(first, again):
    _, _, before = first
    settings, _ = again
    assert marts(settings.published_file) == before


@pytest.mark.long
def test_a_reader_in_a_loop_never_fails_and_never_sees_anything_in_between(again):
    _, saw = again
    assert saw["reads"] > 1
    assert len(saw["seen"]) == 1


@pytest.mark.slow
def test_a_past_day_is_published_beside_the_current_one_which_its_readers_read_on(first, past):
    _, _, before = first
    settings, saw, printed = past
    assert len(saw["seen"]) == 1
    past_file = settings.past_published_dir(SAMPLE_AS_OF.replace(2025, 12, 31)) / settings.published_file.name
    assert f"Published: {past_file}\n" in printed
    assert marts(settings.published_file) == before
    with duckdb.connect(past_file, read_only=True) as past:
        assert past.execute("select max(month_end) from marts.dso_monthly").fetchone()[0].isoformat() == PAST_DAY


@pytest.mark.long
def test_each_refresh_leaves_a_report_also_of_a_past_day(first, again, past):
    settings, *_ = again
    newest, before = reports_in(settings.dashboard_dir)
    assert [before] == reports_in(first[0].dashboard_dir)
    said = read_page(settings.dashboard_dir / REPORTS / newest).titles
    assert {"Nothing new came in", "No KPI of June 2026 moved", "No row is held back"} <= set(said)
    of_past_day, *_ = past
    site = of_past_day.past_published_dir(date.fromisoformat(PAST_DAY)) / of_past_day.dashboard_dir.name
    [name] = reports_in(site)
    page = read_page(site / REPORTS / name)
    assert name.endswith(f"_as_of_{PAST_DAY}.html")
    assert {"Nothing new came in", "No row is held back"} <= set(page.titles)
    assert "Nothing was published here before." in page.says
    assert page.tables["Seconds by stage"]


@pytest.mark.long
def test_a_failed_gate_leaves_the_publication_untouched_and_says_why(first, tmp_path):
    settings, _, before = first
    home, landing = tmp_path / "a home", tmp_path / "my landing"
    shutil.copytree(settings.home, home)
    shutil.copytree(SAMPLE_LANDING, landing)
    bad = landing / "collections" / "activities" / "unknown outcome.csv"
    bad.write_text(
        "activity_id,occurred_at,customer_id,channel,direction,outcome\n"
        "A-NEW,2026-06-30T10:00:00,C0001,phone,outbound,teleported\n"
    )
    published = Settings(home=home).published_file
    untouched = published.read_bytes()
    failed = refresh(home, "--landing", str(landing), "--as-of", str(SAMPLE_AS_OF), "--reporting-currency", "EUR")
    assert failed.returncode == 1, failed.stdout
    assert "rows 1, first in collections/activities/unknown outcome.csv" in failed.stdout
    assert "teleported" not in failed.stdout, "somebody typed it"
    assert "Traceback" not in failed.stdout + failed.stderr
    assert "what was published before stands as it was" in failed.stdout
    assert published.read_bytes() == untouched
    with duckdb.connect(Settings(home=home).landed_file, read_only=True) as landed:
        [(day, detail)] = landed.execute(
            "select as_of_date, detail from raw.refreshes where status = 'failed' and ended_at >= started_at"
        ).fetchall()
    assert day == SAMPLE_AS_OF
    assert detail.startswith("check_arrivals: ")
    assert marts(published) == before


@pytest.mark.long
def test_a_second_refresh_at_the_same_time_is_told_about_the_first(tmp_path):
    home = tmp_path / "home"
    with refresh_under_way(home) as first_one:
        wait_for(first_one, "Prepare")
        second = refresh(home)
    assert second.returncode == 3
    assert re.fullmatch(
        rf"Another refresh is under way in .+ \(process {first_one.pid}, since .+\)\. Nothing was done\.\n",
        second.stdout,
    )
