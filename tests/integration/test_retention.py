"""What is older than the settings keep is let go of, once a month, and nothing that is younger or that counts.

Here: which rows and publications go, and that each refresh looks. Not here: that cleared values are in no byte
(test_erased_rows.py).
"""

import json
import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from duebook.landing.current import latest_first
from duebook.landing.kept import first_kept
from duebook.landing.loading import load_landing
from duebook.publication.record import RECORD_NAME
from duebook.rights.retention import let_go
from duebook.settings import DBT_PROJECT_DIR, RAW_SCHEMA, Settings
from tests.support.landing.files import INVOICE, write_csv

DAY = date(2025, 3, 20)
CONTACT = {"customer_id": "C1", "channel": "phone", "direction": "outbound", "outcome": "spoke to Anna Quixote"}
LAST_OLD, FIRST_KEPT = "2025-01-31T23:59:59", "2025-02-01T00:00:00"
UNKNOWN = "what nobody knows"


def new_settings(folder: Path, **given: object) -> Settings:
    return Settings(home=folder / "home", landing=folder / "landing", as_of=DAY, **given)


def land(settings: Settings, name: str, contact: dict[str, str], customer: str) -> None:
    write_csv(settings.landing / "ar" / "customers" / f"{name}.csv", [{"customer_id": "C1", "customer_name": customer}])
    write_csv(settings.landing / "ar" / "invoices" / f"{name}.csv", [INVOICE | {"invoice_id": name}])
    write_csv(settings.landing / "collections" / "activities" / f"{name}.csv", [CONTACT | contact])
    survey = {"survey_id": name, "customer_id": "C1", "sent_at": contact["occurred_at"], UNKNOWN: f"said {customer}"}
    write_csv(settings.landing / "collections" / "surveys" / f"{name}.csv", [survey])
    load_landing(settings, lambda line: None)


def read(settings: Settings, columns: str, table: str) -> list[tuple]:
    with duckdb.connect(settings.landed_file, read_only=True) as con:
        return con.execute(f"select {columns} from {RAW_SCHEMA}.{table} order by all").fetchall()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a contact and a survey on either side of two months before the month, and a name that changed."""
    folder = tmp_path_factory.mktemp("loaded")
    made = new_settings(folder)
    land(made, "load_1", {"activity_id": "A1", "occurred_at": LAST_OLD}, "Anna Quixote")
    land(made, "load_2", {"activity_id": "A2", "occurred_at": FIRST_KEPT}, "Anna Zebrowski")
    return folder


@pytest.fixture
def settings(loaded: Path, tmp_path: Path) -> Settings:
    """A copy of that home."""
    shutil.copytree(loaded, tmp_path, dirs_exist_ok=True)
    return new_settings(tmp_path)


def with_settings(settings: Settings, **given: object) -> Settings:
    return settings.model_copy(update=given)


@pytest.mark.parametrize(
    ("as_of", "months", "first"),
    [
        (DAY, 1, date(2025, 2, 1)),
        (DAY, 3, date(2024, 12, 1)),
        (date(2025, 3, 31), 12, date(2024, 3, 1)),
        (date(2025, 1, 1), 24, date(2023, 1, 1)),
    ],
)
def test_whole_months_before_the_month_of_the_day_are_kept(as_of: date, months: int, first: date) -> None:
    assert first_kept(as_of, months) == first


def test_without_a_setting_everything_is_kept(settings: Settings) -> None:
    before = settings.landed_file.read_bytes()
    assert let_go(settings, pytest.fail) == {}
    assert settings.landed_file.read_bytes() == before


def test_texts_of_contacts_go_with_their_month(settings: Settings) -> None:
    told: list[str] = []
    assert let_go(with_settings(settings, retention_activities=1), told.append) == {"landed rows of activities": 1}
    assert told == ["No longer kept: landed rows of activities 1."]
    assert read(settings, "activity_id, outcome", "activities") == [("A1", "***"), ("A2", CONTACT["outcome"])]
    assert let_go(with_settings(settings, retention_activities=1), pytest.fail) == {}


def test_unknown_columns_of_surveys_go_with_their_month(settings: Settings) -> None:
    assert let_go(with_settings(settings, retention_surveys=1), lambda line: None) == {"landed rows of surveys": 1}
    said = f'{{"{UNKNOWN}":"said Anna Zebrowski"}}'
    assert read(settings, "survey_id, extra_columns", "surveys") == [("load_1", None), ("load_2", said)]


def test_rows_in_quarantine_stay_as_they_landed_however_old_they_are(settings: Settings) -> None:
    kept = with_settings(settings, retention_activities=1, retention_surveys=1, retention_versions=1, max_bad_share=1)
    bad = CONTACT | {"activity_id": "A9", "occurred_at": "2020-01-31T10:00:00", "duration_seconds": "long"}
    landed_again(kept, "collections/activities", [bad])
    let_go(kept, lambda line: None)
    [(landed,)] = read(settings, "row_as_landed", "quarantined_rows")
    assert json.loads(landed) == bad


def replaced_at(settings: Settings, moment: datetime) -> None:
    """Have the second load be of another time."""
    with duckdb.connect(settings.landed_file) as con:
        con.execute(f"update {RAW_SCHEMA}.customers set loaded_at = ? where source_file like '%load_2.csv'", [moment])


def test_of_a_replaced_version_goes_what_names_somebody_and_the_one_that_counts_stays(settings: Settings) -> None:
    names = "customer_name"
    kept = with_settings(settings, retention_versions=1)
    replaced_at(settings, datetime.fromisoformat(FIRST_KEPT))
    assert let_go(kept, pytest.fail) == {}
    replaced_at(settings, datetime.fromisoformat(LAST_OLD))
    assert let_go(kept, lambda line: None) == {"landed rows of customers": 1}
    assert read(settings, names, "customers") == [("***",), ("Anna Zebrowski",)]


def landed_again(settings: Settings, table: str, rows: list[dict[str, str]]) -> list[str]:
    """Land rows once more; what the load says of what is left out."""
    write_csv(settings.landing / table / "again.csv", rows)
    lines: list[str] = []
    load_landing(settings, lines.append)
    return [line for line in lines if line.startswith("left out of ")]


def test_old_contacts_that_land_again_are_loaded_without_texts_and_nothing_is_built_for_it(settings: Settings) -> None:
    kept = with_settings(settings, retention_activities=1)
    let_go(kept, lambda line: None)
    settings.warehouse_file.write_text("built")
    words = CONTACT | {"activity_id": "A3", "occurred_at": LAST_OLD, "outcome": "promise_to_pay"}
    rows = [CONTACT | {"activity_id": "A1", "occurred_at": LAST_OLD}, words]
    rows.append(CONTACT | {"activity_id": "A4", "occurred_at": FIRST_KEPT})
    assert landed_again(kept, "collections/activities", rows) == [
        "left out of 1 row what is no longer kept, for they are older than that: activities 1"
    ]
    assert read(settings, "activity_id, outcome", "activities where source_file like '%again.csv'") == [
        ("A1", "***"),
        ("A3", "promise_to_pay"),
        ("A4", CONTACT["outcome"]),
    ]
    assert let_go(kept, pytest.fail) == {}
    assert settings.warehouse_file.exists()


def test_without_a_setting_old_rows_land_as_they_are(settings: Settings) -> None:
    rows = [CONTACT | {"activity_id": "A1", "occurred_at": LAST_OLD}]
    assert landed_again(settings, "collections/activities", rows) == []
    assert (CONTACT["outcome"],) in read(settings, "outcome", "activities where source_file like '%again.csv'")


@pytest.mark.parametrize(("loaded_at", "older"), [(LAST_OLD, "***"), (FIRST_KEPT, "Anna Quixote")])
def test_a_version_that_was_replaced_before_lands_again_without_what_names_somebody(
    settings: Settings, loaded_at: str, older: str
) -> None:
    kept = with_settings(settings, retention_versions=1)
    with duckdb.connect(settings.landed_file) as con:
        con.execute(
            f"update {RAW_SCHEMA}.customers set loaded_at = ?, updated_at = '2025-01-10'"
            " where source_file like '%load_2.csv'",
            [datetime.fromisoformat(loaded_at)],
        )
    let_go(kept, lambda line: None)
    named = (("2025-01-09", "Anna Quixote"), ("2025-01-10", "Anna Zebrowski"), ("2025-01-11", "Anna Canard"))
    rows = [{"customer_id": "C1", "customer_name": name, "updated_at": f"{day}T00:00:00"} for day, name in named]
    landed_again(kept, "ar/customers", [*rows, {"customer_id": "C2", "customer_name": "Otto"}])
    loaded = read(settings, "source_row, customer_name", "customers where source_file like '%again.csv'")
    assert loaded == [(1, older), (2, "Anna Zebrowski"), (3, "Anna Canard"), (4, "Otto")]
    assert let_go(kept, pytest.fail) == {}


def test_which_version_counts_is_said_as_the_models_say_it() -> None:
    macro = (DBT_PROJECT_DIR / "macros" / "latest_versions.sql").read_text(encoding="utf-8")
    assert f"order by {latest_first('loaded_at', 'source_file_number', 'source_row')} )" in " ".join(macro.split())


def test_what_was_built_of_what_goes_is_built_again(settings: Settings) -> None:
    for file in ("duebook.duckdb", "to_publish.duckdb", "last_build.json"):
        (settings.warehouse_file.parent / file).write_text("built")
    let_go(with_settings(settings, retention_activities=24), pytest.fail)
    assert settings.warehouse_file.exists()
    let_go(with_settings(settings, retention_activities=1), lambda line: None)
    assert sorted(path.name for path in settings.warehouse_file.parent.glob("*.*")) == ["landing.duckdb"]


def test_publications_of_past_days_go_with_their_month_and_the_current_one_stays(tmp_path: Path) -> None:
    settings = new_settings(tmp_path, retention_past_days=1)
    for folder, day in (("2025-01-31", "2025-01-31"), ("2025-02-01", "2025-02-01"), ("current", "2025-01-01")):
        place = settings.published_dir if folder == "current" else settings.published_dir / "as_of" / folder
        place.mkdir(parents=True, exist_ok=True)
        record = {"as_of": day, "known_as_of": None, "published_at": f"{day}T06:00:00", "refresh_id": "r"}
        rest = {"reporting_currency": None, "duebook_version": "0", "database": "d", "parquet": "p", "row_counts": {}}
        (place / RECORD_NAME).write_text(json.dumps(record | rest))
    assert let_go(settings, lambda line: None) == {"publications of past days": 1}
    assert [path.name for path in (settings.published_dir / "as_of").iterdir()] == ["2025-02-01"]
    assert logged(settings) == [
        ("letting_go", {"publications of past days": 1}),
        ("no_longer_kept", {"publications of past days": 1}),
    ]


def test_what_a_killed_removal_leaves_of_a_publication_goes_next_time(tmp_path: Path, monkeypatch) -> None:
    settings = new_settings(tmp_path, retention_past_days=1)
    folder = settings.published_dir / "as_of" / "2025-01-31"
    (folder / "personal").mkdir(parents=True)
    record = {"as_of": "2025-01-31", "known_as_of": None, "published_at": "2025-01-31T06:00:00", "refresh_id": "r"}
    rest = {"reporting_currency": None, "duebook_version": "0", "database": "d", "parquet": "p", "row_counts": {}}
    (folder / RECORD_NAME).write_text(json.dumps(record | rest))
    (folder / "d").write_text("marts")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("duebook.rights.retention.shutil.rmtree", killed)
        let_go(settings, pytest.fail)
    assert (folder / RECORD_NAME).exists()
    assert let_go(settings, lambda line: None) == {"publications of past days": 1}
    assert not folder.exists()


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def logged(settings: Settings) -> list[tuple[str, dict[str, int]]]:
    lines = [json.loads(line) for line in settings.audit_file.read_text().splitlines()]
    return [(line["event"], line["counts"]) for line in lines]


def test_what_goes_is_logged_before_it_does_so_that_a_kill_meanwhile_leaves_the_line(
    settings: Settings, monkeypatch
) -> None:
    kept, old = with_settings(settings, retention_activities=1), {"landed rows of activities": 1}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("duebook.landing.erased.put_in_place", killed)
        let_go(kept, pytest.fail)
    assert logged(settings) == [("letting_go", old)]
    let_go(kept, lambda line: None)
    assert logged(settings) == [("letting_go", old), ("letting_go", old), ("no_longer_kept", old)]


def test_each_load_of_a_refresh_lets_go_and_says_so(tmp_path: Path, monkeypatch, materialize) -> None:
    contact = CONTACT | {"activity_id": "A1", "occurred_at": "2020-01-31T10:00:00"}
    write_csv(tmp_path / "landing" / "collections" / "activities" / "load_1.csv", [contact])
    assert materialize().success
    monkeypatch.setenv("DUEBOOK_RETENTION_ACTIVITIES", "12")
    assert materialize().success
    assert read(Settings(home=tmp_path / "home"), "outcome", "activities") == [("***",)]
    lines = map(json.loads, Settings(home=tmp_path / "home").audit_file.read_text().splitlines())
    counts = [line["counts"] for line in lines if line["event"] == "no_longer_kept"]
    assert counts == [{"landed rows of activities": 1}]
