"""The report of a refresh: its figures are those of the marts, and it says what somebody has to know in the morning.

Here: the page, read as text. Not here: how it looks (tests/browser/test_report_page.py), what came in
(test_run_facts.py), how KPIs moved (test_kpi_moves.py), how long reports stay (tests/unit/test_publication_reports.py).
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from cli.dashboard import build
from dashboard.site import write_report, write_site
from duebook.publication.record import Publication, read_publication
from duebook.publication.reports import LIST, REPORTS, report_name, reports_in
from duebook.publication.run_facts import BuildFacts, Run, Took, Warned, run_of
from duebook.settings import Settings
from duebook.sql_text import literal
from tests.support.publications.changed import MONTH, changing, empty
from tests.support.reports import Page, read_page

HOSTILE = "<script>alert('Zq')</script> & co"
# Statements, or what is done with a connection.
Changes = str | Callable[[duckdb.DuckDBPyConnection], None]
Change = Callable[[Changes], Page]


@pytest.fixture(scope="session")
def report(first) -> Page:
    """The page of the first refresh."""
    settings, _, _ = first
    [name] = reports_in(settings.dashboard_dir)
    return read_page(settings.dashboard_dir / REPORTS / name)


@pytest.fixture(scope="session")
def marts(first) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts."""
    with duckdb.connect(first[0].published_file, read_only=True) as connection:
        connection.execute("use marts")
        yield connection


@pytest.fixture
def home(first, tmp_path: Path) -> Settings:
    """A copy of what is published, and of the landing database, to change."""
    copy = Settings(home=tmp_path / "a home")
    shutil.copytree(first[0].published_dir, copy.published_dir, symlinks=True)
    copy.landed_file.parent.mkdir(parents=True)
    shutil.copy(first[0].landed_file, copy.landed_file)
    return copy


@contextmanager
def next_publication(home: Settings, change: Changes, folder: Path) -> Iterator[tuple[Path, Publication]]:
    """The marts of another refresh, which are those of the first one with changes."""
    record = read_publication(home.published_dir)
    published_at = record.published_at + timedelta(days=1)
    file = Path(shutil.copy(home.published_file, folder / "duebook.duckdb"))
    with changing(file) as connection:
        connection.execute("insert into refresh_log (refresh_id, started_at) values ('next', ?)", [published_at])
        change(connection) if callable(change) else connection.execute(change)
    yield file, replace(record, refresh_id="next", published_at=published_at)


@pytest.fixture
def changed(home: Settings, tmp_path: Path) -> Change:
    """Writes the page of a next refresh with some changes, and reads it."""

    def page(change: Changes, run: Run | None = None) -> Page:
        with next_publication(home, change, tmp_path) as (file, publication):
            write_report(file, publication, run or run_of(home, home.published_dir), tmp_path / REPORTS)
            return read_page(tmp_path / REPORTS / report_name(publication))

    return page


def amount(text: str) -> float:
    """Read a number as the page shows it."""
    return float(re.match(r"-?[\d.]+", text.replace(",", "").replace("\N{MINUS SIGN}", "-"))[0])


def test_what_came_in_is_what_was_loaded(first, report: Page, marts) -> None:
    [(landed,)] = marts.execute("select landed_rows from refresh_log").fetchall()
    with duckdb.connect(first[0].landed_file, read_only=True) as landing:
        by_table = landing.execute(
            "select replace(table_name, '_', ' '), count(*), sum(rows_read)::bigint from raw.loaded_files"
            " group by table_name order by table_name"
        ).fetchall()
    rows = report.tables["What came in by table"]
    assert [(row[0], int(row[1]), amount(row[2])) for row in rows] == by_table
    files = sum(files for _, files, _ in by_table)
    assert report.titles[1] == f"{landed:,} rows came in, in {files} files"


def test_checks_are_those_of_the_gates_and_of_the_models(first, report: Page, marts) -> None:
    gates = marts.execute(
        "select gate, count(*) from data_quality_results where outcome = 'passed' group by gate order by gate"
    ).fetchall()
    results = json.loads((first[0].dbt_dir / "run_results.json").read_bytes())["results"]
    tests = sum(one["unique_id"].startswith(("test.", "unit_test.")) for one in results)
    expected = [
        *((f"Gate {gate.replace('_', ' ')}", count) for gate, count in gates),
        ("Tests of the models (dbt)", tests),
    ]
    assert [(row[0], int(row[2])) for row in report.tables["Checks"]] == expected
    assert f"All {sum(count for _, count in expected)} checks passed" in report.titles


def test_kpis_are_those_of_the_scorecard_and_a_first_refresh_compares_with_nothing(report: Page, marts) -> None:
    kpis = marts.execute(
        "select dim_kpis.kpi_name, value, dim_kpis.unit from scorecard_monthly inner join dim_kpis using (kpi_id)"
        " where scope = 'portfolio' and month_end = ? order by dim_kpis.kpi_name, kpi_id",
        [MONTH],
    ).fetchall()
    rows = report.tables["KPIs of June 2026"]
    assert [name for name, _ in rows] == [name for name, _, _ in kpis]
    for (_, shown), (_, value, unit) in zip(rows, kpis, strict=True):
        if value is not None:
            in_unit = value * 100 if unit == "fraction" else value
            digits = len(re.match(r"[\d,]*\.?(\d*)", shown.removeprefix("\N{MINUS SIGN}"))[1])
            assert amount(shown) == pytest.approx(in_unit, abs=0.5 * 10**-digits + 1e-9)
    assert f"{len(kpis)} KPIs of June 2026, and none before to compare with" in report.titles
    assert "Nothing was published here before." in report.says


@pytest.mark.parametrize("caption", ["From the opening to the closing balance", "The closing balance by age"])
def test_amounts_add_up_to_the_closing_balance_of_the_mart(report: Page, marts, caption: str) -> None:
    [(closing,)] = marts.execute(
        "select closing_receivables from receivables_rollforward_monthly where scope = 'portfolio' and month_end = ?",
        [MONTH],
    ).fetchall()
    *parts, (_, total) = report.tables[caption]
    assert amount(total) == round(float(closing), 2)
    assert sum(amount(part) for _, part in parts) == pytest.approx(float(closing), abs=0.005 * (len(parts) + 1))


def test_control_balances_are_the_last_of_each_company_and_currency(report: Page, marts) -> None:
    expected = marts.execute(
        "select company_id, currency_code, control_balance, ledger_balance from control_account_tie_out"
        " where control_balance is not null and balance_date = (select max(balance_date) from control_account_tie_out)"
        " order by company_id, currency_code"
    ).fetchall()
    rows = report.tables["The last control balances"]
    assert [(row[0], row[1], amount(row[3]), amount(row[4])) for row in rows] == [
        (company, currency, float(control), float(ledger)) for company, currency, control, ledger in expected
    ]
    assert {row[6] for row in rows} == {"ties out"}
    assert {outcome for _, outcome in report.tables["Identities"]} == {"holds"}


def test_stages_and_models_have_their_seconds(first, report: Page) -> None:
    stages = report.tables["Seconds by stage"]
    assert [stage for stage, *_ in stages] == ["Load", "Check arrivals", "Transform", "Check hand over"]
    [title] = [title for title in report.titles if title.startswith("It took")]
    assert amount(title.removeprefix("It took ")) == pytest.approx(sum(amount(row[1]) for row in stages), abs=0.3)
    results = json.loads((first[0].dbt_dir / "run_results.json").read_bytes())["results"]
    models = [(one["execution_time"], one["unique_id"]) for one in results if one["unique_id"].startswith("model.")]
    seconds, slowest = max(models)
    assert report.tables["The slowest models"][0][:2] == [slowest.rpartition(".")[2], f"{seconds:.1f}"]


def test_rows_held_back_are_told_by_rule_and_never_shown(changed: Change) -> None:
    page = changed(
        "insert into quarantined_rows by name select 'invoices' as table_name, 'amount' as column_name,"
        " 'Expected a number.' as reason, 'load' as found_by, 'a.csv' as source_file, unnest([1, 2, 3]) as source_row,"
        " 'l1' as load_id, '2026-01-05'::timestamp as loaded_at, 'Zqsecret' as value, 'Zqkey' as row_key"
    )
    [row] = page.tables["Rows held back by rule"]
    assert row[:5] == ["invoices", "amount", "Expected a number.", "3", "5 January 2026"]
    assert "3 rows are held back" in page.titles
    assert "Zq" not in page.says


def test_a_kpi_that_moved_says_from_where_by_how_much_and_why(changed: Change) -> None:
    page = changed(
        "update scorecard_monthly set value = value + 2 where kpi_id = 'dso' and month_end = '2026-06-30'"
        " and scope = 'portfolio';"
        "update kpi_changes_monthly set value = value + 2, collections = collections + 3, currency = currency - 1"
        " where kpi_id = 'dso' and month_end = '2026-06-30' and scope = 'portfolio'"
    )
    [row] = page.tables["KPIs of June 2026 that moved"]
    assert amount(row[2]) - amount(row[1]) == pytest.approx(2, abs=0.11)
    assert row[3:] == ["+2.0 days", f"collections +3.0 days, currency {chr(0x2212)}1.0 days"]
    assert next(title for title in page.titles if title.startswith("1 of ")).endswith(" of June 2026 moved")
    assert len(page.tables["KPIs of June 2026 that did not move"]) == int(re.search(r"1 of (\d+)", page.says)[1]) - 1


def test_a_kpi_that_moved_by_less_than_is_shown_did_not_move(changed: Change) -> None:
    of_june = "where month_end = '2026-06-30' and scope = 'portfolio' and kpi_id"
    page = changed(
        f"update scorecard_monthly set value = value + 0.04 {of_june} = 'dso';"
        f"update scorecard_monthly set value = value - 0.06 {of_june} = 'best_possible_dso'"
    )
    [row] = page.tables["KPIs of June 2026 that moved"]
    assert [row[0], row[3]] == ["Best possible DSO", f"{chr(0x2212)}0.1 days"]
    assert "Days sales outstanding" in [name for name, _ in page.tables["KPIs of June 2026 that did not move"]]


def test_restated_months_are_told_and_what_is_new_of_them(changed: Change) -> None:
    page = changed(
        "insert into kpi_restatements by name select '2026-03-31'::date as month_end, 'portfolio' as scope,"
        " 'portfolio' as level, 'dso' as kpi_id, 40.0 as reported_value, 41.5 as restated_value, 1.5 as difference,"
        " 'backdated: invoice Zqinvoice' as cause;"
        "insert into kpi_restatement_causes by name select '2026-03-31'::date as month_end, 'portfolio' as scope,"
        " 'dso' as kpi_id, unnest(['backdated', 'late_posting']) as kind, unnest([1.0, -5.0]) as numerator_difference,"
        " 0.0 as denominator_difference;"
        "insert into restated_events by name select '2026-07-01'::timestamp as detected_at, 'late_posting' as kind,"
        " unnest(['E1', 'E1', 'E2']) as event_id, unnest(['before', 'after', 'after']) as entry"
    )
    [row] = page.tables["Restated figures"]
    assert row == [
        "March 2026", "Days sales outstanding", "40.0 days", "41.5 days", "+1.5 days", "late posting, backdated", "new",
    ]  # fmt: skip
    assert page.tables["Events of closed months found since the publication before"] == [["Late posting", "2"]]
    assert "1 figure of a closed month is restated, 1 of them since the publication before" in page.titles
    assert "Zqinvoice" not in page.says


def test_what_does_not_add_up_or_tie_out_is_named(changed: Change) -> None:
    page = changed(
        "update receivables_daily set closing_balance = closing_balance + 1 where date_day = '2026-06-30';"
        "update control_account_tie_out set is_tied_out = false, difference = 3 where company_id = 'CO01'"
        " and currency_code = 'EUR' and balance_date = '2026-06-30'"
    )
    outcomes = dict(page.tables["Identities"])
    assert "It isn't so that" in outcomes["The opening balance of a day and its movements are its closing balance"]
    assert any(re.fullmatch(r"\d of 8 identities do not hold", title) for title in page.titles)
    assert page.tables["The last control balances"][0][5:] == ["3.00", "differs"]


def test_checks_that_did_not_pass_are_named(changed: Change, home: Settings) -> None:
    build = BuildFacts((Took("dso_monthly", 1.0),), 3, 2, (Warned("no_mart_is_empty", 4),))
    page = changed(
        "insert into data_quality_results by name select 'hand_over' as gate, 'dso_monthly' as table_name,"
        " 'expect_complete_months' as expectation, '2 months are gone' as observed, 2 as unexpected_count,"
        " unnest(['accepted', 'passed']) as outcome, 'next' as refresh_id",
        replace(run_of(home, home.published_dir), build=build),
    )
    assert "2 of 5 checks warned or were accepted" in page.titles
    assert page.tables["What did not pass"] == [
        ["Gate hand over", "dso monthly", "", "expect complete months", "2 months are gone", "2", "accepted"],
        ["Tests of the models (dbt)", "", "", "no mart is empty", "", "4", "warning"],
    ]


def test_a_text_with_markup_is_text_wherever_it_stands(changed: Change) -> None:
    text = literal(HOSTILE)[1:-1]
    page = changed(
        f"insert into quarantined_rows by name select '{text}' as table_name, '{text}' as column_name,"
        f" '{text}' as reason, 'load' as found_by, '{text}' as source_file, 1 as source_row, 'l' as load_id,"
        f" '2026-01-05'::timestamp as loaded_at;"
        f"insert into data_quality_results by name select '{text}' as gate, '{text}' as table_name,"
        f" '{text}' as expectation, '{text}' as observed, 'failed' as outcome, 'next' as refresh_id;"
        f"update dim_kpis set kpi_name = '{text}', unit = '{text}' where kpi_id = 'dso';"
        f"update scorecard_monthly set value = 1 where kpi_id = 'dso';"
        f"update scorecard_monthly set reason = '{text}', value = null where kpi_id = 'cei';"
        f"update control_account_tie_out set company_id = '{text}';"
        f"update dim_aging_buckets set label = '{text}'"
    )
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "iframe", "object", "link", "form", "base"}
    assert page.says.count(HOSTILE) >= 10
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_marts_without_a_row_make_a_page(changed: Change) -> None:
    assert "There are no KPIs yet" in changed(empty).titles


def test_the_dashboard_leads_to_its_report_and_to_the_list_of_all(first) -> None:
    settings, _, _ = first
    [data] = settings.dashboard_dir.glob("*/data.js")
    [name] = reports_in(settings.dashboard_dir)
    assert json.loads(re.search(r'"report":(\{.*?\})', data.read_text())[1]) == {
        "page": f"{REPORTS}/{name}",
        "list": f"{REPORTS}/{LIST}",
    }
    links = read_page(settings.dashboard_dir / REPORTS / LIST).links
    assert links.keys() == {"#main", "../index.html", LIST, name}


def test_the_list_names_the_reports_before_newest_first(home: Settings, tmp_path: Path) -> None:
    [before] = reports_in(home.dashboard_dir)
    with next_publication(home, "", tmp_path) as (file, publication):
        write_site(file, publication, tmp_path / "site", run_of(home, home.published_dir))
    links = [*read_page(tmp_path / "site" / REPORTS / LIST).links]
    assert links[-2:] == [report_name(publication), before]


def test_a_dashboard_built_again_keeps_the_report_that_was_made_with_the_publication(home: Settings) -> None:
    [file] = (home.dashboard_dir / REPORTS).glob("2*.html")
    was = file.read_bytes()
    build(home)
    assert file.read_bytes() == was
    file.unlink()
    build(home)
    page = read_page(file)
    assert "This page was made after the publication: the one before was gone." in page.says
    assert page.tables["What came in by table"] == Page(was.decode()).tables["What came in by table"]
