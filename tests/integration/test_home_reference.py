"""Reference files of a home in whatever reads reference data: loading, checking, dbt, the gates, whole refreshes."""

import shutil
from pathlib import Path

import duckdb
import pytest

from catalogue.writing import NotPublishedError, check_publication
from cli.check_landing import check_landing
from duebook.landing.files import LandingError
from duebook.landing.loading import load_landing
from duebook.settings import REFERENCE_SEEDS_DIR, SAMPLE_AS_OF, Settings, marts_file_of
from expectations.results import failures
from expectations.run_gates import run_arrivals
from tests.support.compiled_models import run_dbt
from tests.support.gates.landed import Landed
from tests.support.landing.files import invoices, load, raw, settings_for, write_csv
from tests.support.refreshes.running import marts, refresh

BUCKETS = ["build", "--resource-type", "seed", "--resource-type", "model", "--select", "+dim_aging_buckets"]
WITH_LOG = ["--log-level-file", "debug"]
LABELS = "select list(label order by position) from marts.dim_aging_buckets"


def edited(settings: Settings, seed: str, old: str, new: str) -> Path:
    """Have a home's own copy of a seed, with another value in it."""
    text = (REFERENCE_SEEDS_DIR / f"{seed}.csv").read_text(encoding="utf-8")
    assert text.count(old) == 1
    file = settings.reference_dir / f"{seed}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


@pytest.mark.long
def test_two_homes_side_by_side_have_their_own_reference_data_and_one_parse(tmp_path: Path) -> None:
    plain, ours = Settings(home=tmp_path / "plain"), Settings(home=tmp_path / "it's ours")
    edited(ours, "aging_buckets", ",Current,", ',"Not due, yet",')
    for home in (plain, ours):
        Landed(home.landed_file)
    run_dbt(plain, BUCKETS + WITH_LOG, tmp_path / "target")
    # From here on the log is of runs that have a parse to go on from.
    (tmp_path / "target" / "dbt.log").unlink()
    run_dbt(ours, BUCKETS + WITH_LOG, tmp_path / "target")
    run_dbt(plain, BUCKETS + WITH_LOG, tmp_path / "target")
    labels = {}
    for home in (plain, ours):
        with duckdb.connect(marts_file_of(home.warehouse_file), read_only=True) as built:
            [(labels[home.home],)] = built.execute(LABELS).fetchall()
    assert labels[ours.home] == ["Not due, yet" if label == "Current" else label for label in labels[plain.home]]
    assert "Current" in labels[plain.home]
    log = (tmp_path / "target" / "dbt.log").read_text(encoding="utf-8")
    assert log.count("Partial parsing enabled: 0 files deleted, 0 files added, 0 files changed") == 2


@pytest.mark.long
def test_a_file_without_rows_empties_the_seed(tmp_path: Path) -> None:
    home = Settings(home=tmp_path / "home")
    Landed(home.landed_file)
    home.reference_dir.mkdir()
    (home.reference_dir / "kpi_targets.csv").write_text("kpi_id,level,valid_from,target,source\n")
    run_dbt(home, ["seed", "--select", "kpi_targets", "kpi_benchmarks"], tmp_path / "target")
    with duckdb.connect(home.warehouse_file, read_only=True) as built:
        counts = "select (select count(*) from reference.kpi_targets), count(*) > 0 from reference.kpi_benchmarks"
        assert built.execute(counts).fetchall() == [(0, True)]


def test_a_currency_of_the_home_may_land_in_that_home_only(tmp_path: Path) -> None:
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", invoices(9) + invoices(1, invoice_id="I10"))
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "b.csv", [*invoices(19), *invoices(1, currency_code="XBT")])
    edited(settings_for(tmp_path), "currencies", "AED,UAE Dirham,2\n", "AED,UAE Dirham,2\nXBT,Bitcoin,8\n")
    load(tmp_path)
    assert raw(tmp_path, "select count(*) from invoices where currency_code = 'XBT'") == [(1,)]
    assert raw(tmp_path, "select count(*) from quarantined_rows") == [(0,)]
    other = Settings(landing=tmp_path / "landing", home=tmp_path / "other")
    load_landing(other, lambda line: None)
    with duckdb.connect(other.landed_file, read_only=True) as landed:
        [(reason,)] = landed.execute("select reason from raw.quarantined_rows").fetchall()
    assert reason.endswith("(seeds/reference/currencies.csv).")


@pytest.mark.long
def test_gate_and_check_look_outcomes_up_in_the_home_and_name_its_file(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, as_of=SAMPLE_AS_OF)
    landed = Landed(settings.landed_file)
    landed.row("activities", activity_id="A1", outcome="rang_twice")
    landed.row("activities", activity_id="A2", outcome="no_answer")

    def unmapped() -> list[str]:
        results = failures(run_arrivals(settings, SAMPLE_AS_OF))
        return [one.message for one in results if one.expectation == "expect_outcomes_to_be_mapped"]

    assert "rows 1, first in" in unmapped()[0]
    assert "seeds/reference/activity_outcomes.csv" in unmapped()[0]
    file = edited(settings, "activity_outcomes", "no_answer,", "rang_twice,")
    [message] = unmapped()
    assert "HOME_DIR/reference/activity_outcomes.csv" in message
    edited(settings, "activity_outcomes", "no_answer,", "rang_twice,false,false,false,false,false\nno_answer,")
    assert unmapped() == []
    assert file.exists()


def test_check_landing_takes_the_words_of_the_home(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", invoices(1))
    activity = {
        "activity_id": "A1", "occurred_at": "2025-01-31T10:00:00Z", "customer_id": "C1", "channel": "phone",
        "direction": "outbound", "outcome": "rang_twice",
    }  # fmt: skip
    write_csv(tmp_path / "landing" / "collections" / "activities" / "a.csv", [activity])
    told: list[str] = []
    assert check_landing(settings, told.append).unknown_words == 1
    edited(settings, "activity_outcomes", "no_answer,", "rang_twice,")
    assert check_landing(settings, told.append).problems == []


def test_a_wrong_file_of_the_home_stops_load_and_check_before_anything_is_read(tmp_path: Path) -> None:
    write_csv(tmp_path / "landing" / "ar" / "invoices" / "a.csv", invoices(1))
    settings = settings_for(tmp_path)
    file = edited(settings, "aging_buckets", "bucket_id,label,", "bucket_id,lable,")
    said = f"{file}, line 1: the column 'lable' is unknown (did you mean label?)"
    with pytest.raises(LandingError) as refusal:
        load_landing(settings, lambda line: None)
    assert str(refusal.value).startswith(said)
    assert not settings.landed_file.exists()
    told: list[str] = []
    assert check_landing(settings, told.append).problems[0].startswith(said)
    assert [line.startswith(said) for line in told] == [True]


def test_the_committed_pages_are_not_written_from_a_home_with_reference_files(first, tmp_path: Path) -> None:
    shutil.copytree(first[0].published_dir, tmp_path / "home" / "published", symlinks=True)
    settings = Settings(home=tmp_path / "home")
    check_publication(settings)
    edited(settings, "kpi_registry", "dso,Days sales outstanding,", "dso,Days of sales,")
    with pytest.raises(NotPublishedError, match="has reference files"):
        check_publication(settings)


@pytest.mark.long
def test_a_refresh_takes_the_files_of_its_home_and_goes_back_to_the_seeds_when_they_are_gone(
    first, tmp_path: Path
) -> None:
    shutil.copytree(first[0].home, tmp_path / "home", symlinks=True)
    settings = Settings(home=tmp_path / "home")
    label = edited(settings, "aging_buckets", ",Current,", ",Not due,")
    points = edited(
        settings, "risk_rules", "very_old_debt,oldest_past_due_days,91,30,", "very_old_debt,oldest_past_due_days,91,95,"
    )
    done = refresh(settings.home)
    assert done.returncode == 0, done.stdout
    _, _, before = first
    after = marts(settings.published_file)
    others = {mart for mart in before if before[mart] != after[mart]}
    assert {"dim_aging_buckets", "customer_risk"} <= others
    assert others.isdisjoint({"fct_receivables_ledger", "aging_monthly", "dso_monthly", "reported_kpis_monthly"})
    assert [b"Not due" in page.read_bytes() for page in settings.dashboard_dir.rglob("data.js")] == [True]
    log = max(settings.logs_dir.glob("*.log")).read_text(encoding="utf-8")
    assert "models, reference data, expectations or settings are other than last time" in log
    label.unlink()
    points.unlink()
    done = refresh(settings.home)
    assert done.returncode == 0, done.stdout
    assert marts(settings.published_file) == before


@pytest.mark.long
def test_a_refresh_with_a_wrong_file_says_so_and_publishes_nothing(first, tmp_path: Path) -> None:
    shutil.copytree(first[0].home, tmp_path / "home", symlinks=True)
    settings = Settings(home=tmp_path / "home")
    file = edited(
        settings,
        "risk_rules",
        "very_old_debt,oldest_past_due_days,91,30,",
        "very_old_debt,oldest_past_due_days,91,many,",
    )
    record = settings.warehouse_file.with_name("last_build.json").read_bytes()
    done = refresh(settings.home)
    assert done.returncode == 1
    assert f"{file}, line 2, column points: 'many'. Expected a whole number." in done.stdout
    assert settings.warehouse_file.with_name("last_build.json").read_bytes() == record
    assert marts(settings.published_file) == first[2]
