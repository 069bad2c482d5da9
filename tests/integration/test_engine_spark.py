"""What a refresh does around Spark: landed rows and the publication declared to it, its marts handed over.

No Spark runs here. Not here: that the models give the same figures there (tests/engines).
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import yaml

from duebook.engines.choice import engine_of
from duebook.engines.engine import EngineError
from duebook.engines.handing_over import Files
from duebook.engines.in_spark import InSpark
from duebook.publication.large_marts import large_marts
from duebook.publication.targets import targets_of
from duebook.refresh_log import REFRESHES, Refresh, append, utc_now
from duebook.settings import DBT_PROJECT_DIR, MARTS_DATABASE, MARTS_SCHEMA, PERSONAL_SCHEMA
from duebook.sql_text import attach, literal
from orchestration.defs.models import refuse_where_tables_are_gone
from tests.support.built_home import DAY, NEXT, Home, no_views

COLUMNS = {
    "a_text": ("string", 'a \' and "b"'),
    "an_amount": ("decimal(18, 2)", Decimal("-0.10")),
    "a_ratio": ("double", 0.1 + 0.2),
    "a_day": ("date", date(2024, 2, 29)),
    "a_moment": ("timestamp", datetime(2024, 2, 29, 23, 30)),
    "a_null": ("bigint", None),
}

KPI_TARGETS = """kpi_id,level,valid_from,target,source
dso,portfolio,2024-07-01,45.5,"Theirs, and ours"
cei,portfolio,2024-07-01,85,""
"""
# One with no rows, one that is personal, and one that is published by month.
MODELS = [
    {
        "schema": schema,
        "name": mart,
        "description": "A mart",
        "config": {"meta": {"parquet_by_month": "a_day"} if mart == "by_month" else {}},
        "columns": {
            name: {"name": name, "data_type": kind, "description": f"It's {name}"}
            for name, (kind, _) in COLUMNS.items()
        },
    }
    for mart, schema in (
        ("mart", MARTS_SCHEMA),
        ("without_rows", MARTS_SCHEMA),
        ("person", PERSONAL_SCHEMA),
        ("by_month", MARTS_SCHEMA),
    )
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with some landed rows, whose models Spark builds."""
    home = Home(tmp_path / "a home")
    home.settings = home.settings.model_copy(update={"engine": "spark"})
    return home


def spark(home: Home, **settings: object) -> InSpark:
    values = home.settings.model_copy(update=settings)
    return engine_of(values, targets_of(values, [DAY])[0])


def write_as_spark_does(home: Home, schema: str, name: str) -> None:
    """Write a row into Spark's folder of a table; of moments, Spark says that they are UTC."""
    folder = home.settings.home / "spark" / "warehouse" / f"{schema}.db" / name
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        kinds = [kind.replace("timestamp", "timestamptz") for kind, _ in COLUMNS.values()]
        listed = ", ".join(f"cast(? as {kind}) as {name}" for name, kind in zip(COLUMNS, kinds, strict=True))
        connection.execute(f"create table one as select {listed}", [value for _, value in COLUMNS.values()])
        connection.execute(f"copy one to '{folder / 'part-0.parquet'}' (format parquet)")


def test_marts_are_handed_over_with_the_types_and_words_of_their_contract(home: Home) -> None:
    write_as_spark_does(home, MARTS_SCHEMA, "mart")
    write_as_spark_does(home, PERSONAL_SCHEMA, "person")
    spark(home).hand_over(MODELS, no_views)
    [target] = targets_of(home.settings, [DAY])
    expected = tuple(value for _, value in COLUMNS.values())
    with duckdb.connect(target.marts_file, read_only=True) as marts:
        assert marts.execute("from marts.mart").fetchall() == [expected]
        assert marts.execute("from marts.without_rows").fetchall() == []
        types = "select data_type from duckdb_columns() where table_name = 'mart' order by column_index"
        assert [kind for (kind,) in marts.execute(types).fetchall()] == [
            "VARCHAR", "DECIMAL(18,2)", "DOUBLE", "DATE", "TIMESTAMP", "BIGINT",
        ]  # fmt: skip
        said = "select comment from duckdb_columns() where table_name = 'mart' and column_name = 'a_day'"
        assert marts.execute(said).fetchall() == [("It's a_day",)]
    with duckdb.connect(target.warehouse_file, read_only=True) as personal:
        assert personal.execute("from personal.person").fetchall() == [expected]


def views(home: Home) -> list[str]:
    [target] = targets_of(home.settings, [DAY])
    with duckdb.connect(target.marts_file, read_only=True) as marts:
        return sorted(large_marts(marts, target.marts_file.stem, MARTS_SCHEMA))


def test_a_mart_that_is_published_by_month_is_handed_over_where_it_is(home: Home) -> None:
    for mart in ("mart", "by_month"):
        write_as_spark_does(home, MARTS_SCHEMA, mart)
    spark(home).hand_over(MODELS, no_views)
    [target] = targets_of(home.settings, [DAY])
    with duckdb.connect(target.marts_file, read_only=True) as marts:
        marts.execute("set timezone = 'America/New_York'")
        assert marts.execute("from marts.by_month").fetchall() == marts.execute("from marts.mart").fetchall()
        assert marts.execute("describe marts.by_month").fetchall() == marts.execute("describe marts.mart").fetchall()
        said = "select comment from duckdb_columns() where table_name = 'by_month' and column_name = 'a_day'"
        assert marts.execute(said).fetchall() == [("It's a_day",)]
    assert views(home) == ["by_month"]


def test_a_mart_published_by_month_without_rows_is_a_table(home: Home) -> None:
    spark(home).hand_over(MODELS, no_views)
    assert views(home) == []


@pytest.mark.parametrize(("most", "large"), [(1, []), (0, ["mart"])])
def test_a_mart_of_many_rows_is_handed_over_where_it_is_unless_it_is_personal(
    home: Home, monkeypatch: pytest.MonkeyPatch, most: int, large: list[str]
) -> None:
    monkeypatch.setattr("duebook.engines.spark.MOST_ROWS", most)
    write_as_spark_does(home, MARTS_SCHEMA, "mart")
    write_as_spark_does(home, PERSONAL_SCHEMA, "person")
    spark(home).hand_over(MODELS, no_views)
    assert views(home) == large
    [target] = targets_of(home.settings, [DAY])
    with duckdb.connect(target.warehouse_file, read_only=True) as personal:
        assert personal.execute("select table_name from duckdb_tables()").fetchall() == [("person",)]


def test_files_of_before_stay_if_a_mart_cant_be_read(home: Home) -> None:
    write_as_spark_does(home, MARTS_SCHEMA, "mart")
    spark(home).hand_over(MODELS, no_views)
    [target] = targets_of(home.settings, [DAY])
    before = target.marts_file.read_bytes()
    [part] = (home.settings.home / "spark").rglob("part-0.parquet")
    part.write_bytes(part.read_bytes()[:-9])
    with pytest.raises(EngineError, match=r"ENGINE=spark: .*part-0\.parquet"):
        spark(home).hand_over(MODELS, no_views)
    assert target.marts_file.read_bytes() == before


A_VIEW = {**MODELS[0], "name": "a_view", "config": {"materialized": "replaced_view"}}


def make_a_view(files: Files, names: Sequence[str]) -> None:
    """As dbt makes it, of what is there."""
    with duckdb.connect() as con:
        con.execute(f"attach {literal(files.marts)} as {MARTS_DATABASE}")
        con.execute(f"create view {MARTS_DATABASE}.marts.{names[0]} as from {MARTS_DATABASE}.marts.mart")


def test_a_view_among_the_marts_is_made_over_what_was_handed_over_and_none_of_its_rows_are_read(home: Home) -> None:
    write_as_spark_does(home, MARTS_SCHEMA, "mart")
    write_as_spark_does(home, MARTS_SCHEMA, "a_view")
    spark(home).hand_over([*MODELS, A_VIEW], make_a_view)
    [target] = targets_of(home.settings, [DAY])
    with duckdb.connect() as con:
        con.execute(attach(target.marts_file, MARTS_DATABASE))
        assert con.execute("select view_name from duckdb_views() where not internal").fetchall() == [("a_view",)]
        assert con.execute(f"from {MARTS_DATABASE}.marts.a_view").fetchall() == [tuple(v for _, v in COLUMNS.values())]


def test_files_of_before_stay_if_a_view_cant_be_made(home: Home) -> None:
    write_as_spark_does(home, MARTS_SCHEMA, "mart")
    spark(home).hand_over([*MODELS, A_VIEW], make_a_view)
    [target] = targets_of(home.settings, [DAY])
    before = target.marts_file.read_bytes()
    with pytest.raises(EngineError, match=r"ENGINE=spark: .*already exists"):
        spark(home).hand_over([*MODELS, A_VIEW], lambda files, names: make_a_view(files, ["mart"]))
    assert target.marts_file.read_bytes() == before


def test_each_build_is_of_everything_and_starts_in_an_empty_folder(home: Home) -> None:
    write_as_spark_does(home, MARTS_SCHEMA, "mart")
    build = home.plan(NEXT)
    assert build.why_full == "spark builds everything each time"
    build.engine.begin(everything=True)
    assert not (home.settings.home / "spark" / "warehouse").exists()


@pytest.fixture
def adding(home: Home) -> Home:
    """A home whose days add, after a build that went well."""
    home.settings = home.settings.model_copy(update={"spark_buckets": 4})
    builds(home)
    return home


def builds(home: Home, *, went_well: bool = True) -> None:
    """Build as a refresh does; dbt would make a mart, a table that keeps its rows, an empty one, and note both."""
    build = home.plan(NEXT)
    build.begin()
    build.engine.begin(everything=build.changed_since is None)
    if build.changed_since is None:
        write_as_spark_does(home, MARTS_SCHEMA, "mart")
        write_as_spark_does(home, MARTS_SCHEMA, "kept/kept_in=3")
        noted = home.settings.home / "spark" / "noted" / "part-0.json"
        noted.parent.mkdir()
        tables = ({"schema": MARTS_SCHEMA, "name": name, "columns": " (a_text string)"} for name in ("kept", "empty"))
        noted.write_text("\n".join(json.dumps(table) for table in tables))
    if went_well:
        build.engine.hand_over([], no_views)
    build.end(went_well=went_well)


def test_a_day_adds_to_tables_that_keep_their_rows_and_to_no_other(adding: Home) -> None:
    build = adding.plan(NEXT)
    assert build.why_full is None
    build.engine.begin(everything=False)
    built = adding.settings.home / "spark" / "warehouse"
    assert [file.relative_to(built).as_posix() for file in built.rglob("*.parquet")] == [
        "marts.db/kept/kept_in=3/part-0.parquet"
    ]
    lines = Path(spark(adding).environment()["DUEBOOK_SPARK_DECLARATIONS"]).read_text().splitlines()
    told = {line["name"]: line for line in map(json.loads, lines)}
    assert told.keys() == {"", "kept", "empty"}
    how = "using parquet options (recursiveFileLookup 'true')"
    assert told["kept"]["schema"] == MARTS_SCHEMA
    assert told["kept"]["statement"] == (
        f"create table if not exists marts.kept (a_text string) {how} location '{built}/marts.db/kept'"
    )


def test_rows_in_folders_are_handed_over_without_the_folders_name(adding: Home) -> None:
    [mart] = [{**model, "name": "kept"} for model in MODELS if model["name"] == "mart"]
    spark(adding).hand_over([mart], no_views)
    [target] = targets_of(adding.settings, [DAY])
    with duckdb.connect(target.marts_file, read_only=True) as marts:
        assert marts.execute("from marts.kept").fetchall() == [tuple(value for _, value in COLUMNS.values())]


@pytest.mark.parametrize("kept", ["mart", "mart/kept_in=3"])
@pytest.mark.parametrize("left", ["_temporary/0/_attempt", ".spark-staging-1"])
def test_what_spark_left_of_a_lost_try_is_no_row_of_a_mart(home: Home, kept: str, left: str) -> None:
    write_as_spark_does(home, MARTS_SCHEMA, kept)
    write_as_spark_does(home, MARTS_SCHEMA, f"mart/{left}")
    spark(home).hand_over([model for model in MODELS if model["name"] == "mart"], no_views)
    [target] = targets_of(home.settings, [DAY])
    with duckdb.connect(target.marts_file, read_only=True) as marts:
        assert marts.execute("select count(*) from marts.mart").fetchall() == [(1,)]


def test_some_models_alone_are_refused_where_their_tables_last_as_long_as_a_build(home: Home) -> None:
    refuse_where_tables_are_gone(home.plan(NEXT, engine="duckdb"))
    with pytest.raises(dg.Failure) as refused:
        refuse_where_tables_are_gone(home.plan(NEXT))
    assert refused.value.description.startswith("ENGINE=spark builds all models at once")


def fails(home: Home) -> None:
    builds(home, went_well=False)


def is_killed(home: Home) -> None:
    build = home.plan(NEXT)
    build.engine.begin(everything=False)


def is_changed(home: Home) -> None:
    [part] = (home.settings.home / "spark" / "warehouse").rglob("kept_in=3/*.parquet")
    part.unlink()


@pytest.mark.parametrize("event", [fails, pytest.param(is_killed, marks=pytest.mark.long), is_changed])
def test_a_build_starts_over_after_one_that_failed_was_killed_or_whose_files_are_other_ones(adding, event) -> None:
    event(adding)
    build = adding.plan(NEXT)
    assert build.why_full.startswith("the last build with spark, ")
    assert build.why_full.endswith(" has not ended, or another one came after it")
    builds(adding)
    assert adding.plan(NEXT).why_full is None


def test_days_add_only_after_a_build_that_was_made_to_be_added_to(home: Home) -> None:
    builds(home)
    assert home.plan(NEXT).why_full == "spark builds everything each time"
    assert home.plan(NEXT, spark_buckets=4).why_full.endswith(" has not ended, or another one came after it")


def test_landed_rows_are_files_records_are_written_each_time_and_both_are_declared(home: Home) -> None:
    spark(home).begin(everything=True)
    raw = home.settings.home / "spark" / "raw"
    [customers] = (raw / "customers").iterdir()
    written = customers.stat().st_mtime_ns
    append(home.settings.landed_file, REFRESHES, [Refresh("r1", DAY, None, utc_now())])
    spark(home).begin(everything=True)
    assert customers.stat().st_mtime_ns == written
    assert duckdb.sql(f"select customer_id from '{customers}'").fetchall() == [("K",)]
    assert duckdb.sql(f"select refresh_id from '{raw}/refreshes/*.parquet'").fetchall() == [("r1",)]
    lines = Path(spark(home).environment()["DUEBOOK_SPARK_DECLARATIONS"]).read_text().splitlines()
    told = [json.loads(line)["statement"] for line in lines]
    for table, column in (("customers", "customer_id string"), ("refreshes", "refresh_id string")):
        declared = next(one for one in told if one.startswith(f"create table if not exists raw.{table} ("))
        assert column in declared
        assert declared.endswith(f"using parquet location '{raw / table}'")


def test_a_file_that_is_gone_is_named_in_one_line(home: Home) -> None:
    spark(home).begin(everything=True)
    [customers] = (home.settings.home / "spark" / "raw" / "customers").iterdir()
    customers.unlink()
    with pytest.raises(EngineError, match=rf"^ENGINE=spark: raw\.customers has rows in {customers}, which is gone"):
        spark(home).begin(everything=True)


def test_reference_files_of_the_home_are_written_as_they_are_and_gone_with_them(home: Home) -> None:
    reference = home.settings.reference_dir / "kpi_targets.csv"
    reference.parent.mkdir()
    reference.write_text(KPI_TARGETS, encoding="utf-8-sig")
    spark(home).begin(everything=True)
    written = home.settings.home / "spark" / "raw" / "home_kpi_targets"
    rows = duckdb.sql(f"select kpi_id, target, source from '{written}/*.parquet'").fetchall()
    assert rows == [("dso", "45.5", "Theirs, and ours"), ("cei", "85", None)]
    assert "raw.home_kpi_targets" in Path(spark(home).environment()["DUEBOOK_SPARK_DECLARATIONS"]).read_text()
    reference.unlink()
    spark(home).begin(everything=True)
    assert not written.exists()


@pytest.mark.parametrize("partitions", ["abc", "0", "-1", "1.5"])
def test_a_number_of_partitions_that_is_none_is_refused(home: Home, monkeypatch, partitions: str) -> None:
    monkeypatch.setenv("DUEBOOK_SPARK_PARTITIONS", "1")
    assert spark(home).environment()["DUEBOOK_DBT_TARGET"] == "spark"
    monkeypatch.setenv("DUEBOOK_SPARK_PARTITIONS", partitions)
    with pytest.raises(EngineError, match=rf"DUEBOOK_SPARK_PARTITIONS is '{partitions}': expected a whole number"):
        spark(home).environment()


@pytest.mark.parametrize(
    ("master", "address"), [("", "127.0.0.1"), ("local[2]", "127.0.0.1"), ("spark://host:7077", None)]
)
def test_a_session_can_be_reached_by_its_cluster_and_by_nobody_else(home: Home, monkeypatch, master, address) -> None:
    if master:
        monkeypatch.setenv("DUEBOOK_SPARK_MASTER", master)
    assert spark(home).environment().get("SPARK_LOCAL_IP") == address


def test_a_server_is_told_all_that_figures_depend_on_as_a_session_is() -> None:
    outputs = yaml.safe_load((DBT_PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))["duebook"]["outputs"]
    of_session, of_server = (outputs[name]["server_side_parameters"] for name in ("spark", "spark_cluster"))
    # A server that is there has chosen these for itself.
    how_it_runs = ("spark.sql.catalogImplementation", "spark.sql.warehouse.dir")
    figures = {name: value for name, value in of_session.items() if name.startswith("spark.sql.")}
    expected = {f"set:hiveconf:{name}": value for name, value in figures.items() if name not in how_it_runs}
    # dbt-spark tells a session by itself.
    assert of_server == expected | {"set:hiveconf:spark.sql.ansi.enabled": "false"}


@pytest.mark.parametrize(("limit", "for_java"), [("8GB", "8192m"), ("1.5GiB", "1536m"), ("800 MB", "800m")])
def test_the_memory_limit_is_sparks_too(home: Home, limit: str, for_java: str) -> None:
    assert spark(home, memory_limit=limit).environment()["DUEBOOK_SPARK_MEMORY"] == for_java
    assert "DUEBOOK_SPARK_MEMORY" not in spark(home).environment()
