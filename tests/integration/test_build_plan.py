"""When a build may add to the warehouse, and for what reasons it starts over."""

import json
import os
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from duebook.warehouse.build_plan import (
    NotPublishableError,
    is_whole,
    note_publication,
    record_file,
    start_over_next_time,
)
from duebook.warehouse.publishing import refuse_half_built
from tests.support.built_home import DAY, NEXT, Home, both


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that was built for the day."""
    return Home(tmp_path_factory.mktemp("built") / "a home")


@pytest.fixture
def home(built: Home, tmp_path: Path) -> Home:
    """A copy of it."""
    return built.copied_to(tmp_path / "a home")


def test_the_next_day_adds_what_has_landed_since(home: Home) -> None:
    home.file(2)
    build = home.plan(NEXT)
    assert (build.why_full, build.changed_since.file_number, build.changed_since.as_of) == (None, 1, DAY)


def test_the_same_day_again_adds_nothing_new(home: Home) -> None:
    build = home.plan(DAY)
    assert (build.why_full, build.changed_since.file_number) == (None, 1)


def test_a_full_build_is_built_anew(home: Home) -> None:
    assert home.plan(NEXT, full=True).why_full == "a full build was asked for"


def test_the_first_customer_said_to_be_a_person_or_not_changes_what_all_others_are(home: Home) -> None:
    home.landed.row("customers", customer_id="L", source_file_number=2)
    home.file(2)
    assert home.plan(NEXT).why_full is None
    home.landed.row("customers", customer_id="M", is_consumer=False, source_file_number=3)
    home.file(3)
    assert home.plan(NEXT).why_full == "the source says for the first time which customers are persons"
    home.build(NEXT)
    home.landed.row("customers", customer_id="N", is_consumer=True, source_file_number=4)
    home.file(4)
    assert home.plan(NEXT).why_full is None


def test_another_setting_of_what_customers_are_builds_anew(home: Home) -> None:
    why = "models, reference data, expectations or settings are other than last time"
    assert home.plan(NEXT, customers_are="consumers").why_full == why


def test_a_past_day_is_built_by_itself(home: Home) -> None:
    assert home.plan(DAY, is_past=True).why_full == "a past day is built by itself"


def test_an_earlier_day_starts_over(home: Home) -> None:
    assert home.plan(DAY - timedelta(days=1)).why_full == "2024-04-29 is before 2024-04-30, which it was last built for"


def test_another_reporting_currency_starts_over(home: Home) -> None:
    why = home.plan(NEXT, reporting_currency="USD").why_full
    assert why == "models, reference data, expectations or settings are other than last time"


def test_another_reference_file_of_the_home_starts_over_and_one_that_is_touched_does_not(home: Home) -> None:
    why = "models, reference data, expectations or settings are other than last time"
    file = home.settings.reference_dir / "risk_tiers.csv"
    file.parent.mkdir()
    file.write_text("risk_tier,min_points,loss_probability,description\n")
    assert home.plan(NEXT).why_full == why
    home.build(DAY)
    os.utime(file, (0, 0))
    assert home.plan(NEXT).why_full is None
    file.write_text("risk_tier,min_points,loss_probability,description\nlow,0,0.02,Low\n")
    assert home.plan(NEXT).why_full == why
    home.build(DAY)
    assert home.plan(NEXT).why_full is None
    file.rename(file.with_name("risk_rules.csv"))
    assert home.plan(NEXT).why_full == why, "the same content for another seed"
    home.build(DAY)
    file.with_name("risk_rules.csv").unlink()
    assert home.plan(NEXT).why_full == why


@pytest.mark.parametrize("which", [0, 1], ids=["warehouse", "marts"])
def test_a_warehouse_something_else_wrote_in_starts_over(home: Home, which: int) -> None:
    with duckdb.connect(both(home.settings)[which]) as file:
        file.execute("create table mine as select 1")
    assert home.plan(NEXT).why_full == "something else has written in the warehouse"


@pytest.mark.parametrize("which", [0, 1], ids=["warehouse", "marts"])
def test_a_warehouse_without_one_of_its_files_starts_over(home: Home, which: int) -> None:
    both(home.settings)[which].unlink()
    assert home.plan(NEXT).why_full == "no build of this warehouse has been finished"


def test_a_warehouse_somebody_read_does_not(home: Home) -> None:
    for file in both(home.settings):
        with duckdb.connect(file, read_only=True) as built:
            built.execute("from built").fetchall()
        duckdb.connect(file).close()
    assert home.plan(NEXT).why_full is None


def test_a_killed_build_starts_over_in_a_new_file(home: Home) -> None:
    home.plan(NEXT).begin()
    build = home.plan(NEXT)
    assert build.why_full == "no build of this warehouse has been finished"
    build.begin()
    assert [file for file in both(home.settings) if file.exists()] == []


def test_a_failed_build_is_repeated_from_where_the_last_whole_one_ended(home: Home) -> None:
    home.file(2)
    home.build(NEXT, went_well=False)
    home.file(3)
    build = home.plan(NEXT)
    assert (build.why_full, build.changed_since.file_number, build.changed_since.as_of) == (None, 1, DAY)


def test_after_a_failed_build_the_day_before_it_starts_over(home: Home) -> None:
    home.build(NEXT, went_well=False)
    assert home.plan(DAY).why_full == "2024-04-30 is before 2024-05-01, which it was last built for"


def test_a_first_build_that_failed_starts_over(home: Home) -> None:
    home.settings.warehouse_file.with_name("last_build.json").unlink()
    home.build(DAY, went_well=False)
    assert home.plan(DAY).why_full == "no build of this warehouse has been finished"


def test_what_is_published_is_compared_only_where_the_publication_shows_the_last_build(home: Home) -> None:
    assert not home.plan(NEXT).changed_since.is_published
    home.publish("one")
    note_publication(home.target, "one")
    assert home.plan(NEXT).changed_since.is_published
    home.publish("another")
    assert not home.plan(NEXT).changed_since.is_published
    home.publish("one")
    home.build(NEXT)
    assert not home.plan(NEXT).changed_since.is_published


def test_only_marts_of_a_build_that_went_well_may_be_published(home: Home) -> None:
    refuse_half_built(home.target)
    home.build(NEXT, went_well=False)
    with pytest.raises(NotPublishableError, match=r"to_publish\.duckdb holds no complete build"):
        refuse_half_built(home.target)
    home.build(NEXT)
    refuse_half_built(home.target)
    home.plan(NEXT).begin()
    assert not is_whole(home.target), "a build that was killed"


def test_marts_something_else_wrote_in_may_not_be_published(home: Home) -> None:
    with duckdb.connect(home.target.marts_file) as file:
        file.execute("create table mine as select 1")
    assert not is_whole(home.target)


@pytest.mark.parametrize("went_well", [True, False])
def test_a_past_day_is_published_only_if_its_build_went_well(home: Home, went_well: bool) -> None:
    build = home.plan(DAY, is_past=True)
    build.begin()
    home.build(DAY)
    record_file(home.target.warehouse_file).unlink()
    build.end(went_well=went_well)
    assert is_whole(home.target) is went_well


def test_after_damage_the_next_build_starts_over(home: Home) -> None:
    start_over_next_time(home.target)
    assert home.plan(NEXT).why_full == "no build of this warehouse has been finished"


def test_a_published_file_from_a_backup_is_compared_as_a_whole(home: Home) -> None:
    home.publish("one")
    note_publication(home.target, "one")
    home.settings.published_file.write_text("of the day before", encoding="utf-8")
    assert not home.plan(NEXT).changed_since.is_published


def test_a_build_of_some_models_leaves_the_others_and_is_repeated_as_a_whole(home: Home) -> None:
    home.file(2)
    build = home.plan(NEXT, full=True)
    build.begin(is_whole=False)
    assert home.settings.warehouse_file.exists()
    build.end(went_well=False)
    assert home.plan(NEXT).why_full == "no build of this warehouse has been finished"


@pytest.mark.parametrize(
    "change",
    [
        "update raw.loaded_files set content_hash = 'another'",
        "update raw.loaded_files set load_id = 'another'",
        "delete from raw.loaded_files",
    ],
    ids=["another file", "another load", "a backup of before"],
)
def test_a_landing_that_is_another_than_it_was_built_from_starts_over(home: Home, change: str) -> None:
    home.file(2)
    assert home.plan(NEXT).why_full is None
    home.landed.run(f"{change} {'where file_number = 2' if 'set' in change else ''}")
    assert (home.plan(NEXT).why_full is None) is ("set" in change)
    home.landed.run(change)
    assert home.plan(NEXT).why_full == "other files have landed than it was built from"


def test_a_record_of_before_landed_files_were_noted_starts_over(home: Home) -> None:
    record = home.settings.warehouse_file.with_name("last_build.json")
    noted = json.loads(record.read_text())
    del noted["landed_files"]
    record.write_text(json.dumps(noted))
    assert home.plan(NEXT).why_full == "other files have landed than it was built from"


@pytest.mark.parametrize(("table", "key"), [("companies", "company_id"), ("customers", "customer_id")])
def test_the_first_of_a_master_table_and_a_deletion_start_over(home: Home, table: str, key: str) -> None:
    home.landed.row(table, **{key: "another"}, source_file_number=2)
    assert home.plan(NEXT).why_full is None
    home.landed.row(table, **{key: "another"}, source_file_number=3, is_deleted=True)
    assert home.plan(NEXT).why_full == f"the first {table} have landed, or one was deleted"
    home.landed.run(f"delete from raw.{table} where source_file_number <> 2")
    assert home.plan(NEXT).why_full == f"the first {table} have landed, or one was deleted"


def test_the_first_of_a_master_table_after_all_were_deleted_starts_over(home: Home) -> None:
    home.landed.row("companies", company_id="C", source_file_number=2, is_deleted=True)
    home.file(2)
    home.build(NEXT)
    home.landed.row("companies", company_id="C", source_file_number=3)
    assert home.plan(NEXT).why_full == "the first companies have landed, or one was deleted"
