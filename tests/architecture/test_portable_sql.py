"""The models are SQL that a second, distributed engine runs unchanged: what it can't run is refused here.

The list is what DuckDB allows and Spark doesn't, or what the two do differently. It is itself tested, with a snippet
each that must be refused and one that must pass.
"""

import re
from pathlib import Path

import pytest

from duebook.adapters.engine.definition import ADAPTERS_DIR
from duebook.settings import DBT_PROJECT_DIR
from tests.support.sql_clock import SQL_CLOCK

# About 120 lines a SELECT (the house rule); a few lines over are let be.
MOST_LINES = 125
REFUSED = {
    "a clock": SQL_CLOCK,
    "qualify": r"\bqualify\b",
    "group by all": r"\bgroup\s+by\s+all\b",
    "order by all": r"\border\s+by\s+all\b",
    "asof join": r"\basof\b",
    "star exclude or replace": r"\*\s*(exclude|replace)\b",
    "from first": r"(?m)^\s*from\s+\w+\s*(;|$)(?![\s\S])|\(\s*from\s",
    "unnest": r"\bunnest\s*\(",
    "list types": r"\[\s*\]|\blist_\w+\s*\(|\barray_agg\s*\(|\blist\s*\(",
    "quoted identifiers": r'(?<!\')"[a-z_]+"(?!\')(?=\s*[,.)\n])',
    "bare varchar": r"\bvarchar\b|\btext\b",
    "date arithmetic by operator": r"\binterval\b|\bdate_diff\b|\bdatediff\s*\(\s*'|\bdate_add\b|\bdate_sub\b",
    "generated series": r"\bgenerate_series\b|\brange\s*\(",
    "positional or filtered aggregate": r"\b(arg_max|arg_min|max_by|min_by)\b|\bfilter\s*\(\s*where\b",
    "double colon cast": r"::",
    "try_cast": r"\btry_cast\b",
    # Reserved in BigQuery.
    "groups as a name": r"\bgroups\b",
    "unguarded coalesced rate": r"coalesce\s*\(\s*\w*\.?\w*rate\w*\s*,\s*1",
    "money in floating point": r"\bfloat\b|\breal\b",
    # Half a unit goes up, to the even neighbour or off zero.
    "rounding": r"\bround\s*\(",
    "contains": r"\bcontains\s*\(",
    "least or greatest boolean": r"\b(min|max)\s*\(\s*(\w+\.)?(is|was|has|had|are|waits)_\w+\s*\)(?!\s*=\s*\d)",
    "literal in group by": r"\bgroup\s+by\b(?:[^()']*,)?\s*'[^']*'\s*(?=[,)]|$)",
    "named window with a frame": r"\bover\s*\(\s*\w+\s+(rows|range|groups)\b",
    # Spark reads the two as one name.
    "minus after a window's name": r"\bover\s+\w+\s*-",
    "tuple of a tuple": r"\bin\s*\(\s*select\s*\([^()]*,[^()]*\)\s*from\b",
}
SNIPPETS = [
    ("a clock", "select current_date as today", "select as_of_day as today"),
    ("qualify", "select a from t qualify row_number() over () = 1", "select a as is_qualified from t"),
    ("group by all", "select a, count(*) from t group by all", "select a, count(*) from t group by a"),
    ("order by all", "select a from t order by all", "select a from t order by a"),
    ("asof join", "select a from t asof join u on t.d >= u.d", "select as_of_day from t"),
    ("star exclude or replace", "select * exclude (a) from t", "select * from t"),
    ("from first", "with x as (from t)", "with x as (select a from t)"),
    ("unnest", "select unnest([1, 2])", "select nested from t"),
    ("list types", "select list_sum(a) from t", "select sum(a) as listed from t"),
    ("quoted identifiers", 'select a as "level",', "select 'a' as level,"),
    ("bare varchar", "cast(a as varchar)", "cast(a as string)"),
    ("date arithmetic by operator", "select d + interval 1 day", "select d as interval_start"),
    ("generated series", "select * from generate_series(1, 3)", "select * from series"),
    ("positional or filtered aggregate", "sum(a) filter (where b)", "sum(case when b then a end)"),
    ("double colon cast", "select a::date", "cast(a as date)"),
    ("try_cast", "try_cast(a as date)", "cast(a as date)"),
    ("groups as a name", "with groups as (select a from t)", "with habit_groups as (select a from t)"),
    ("unguarded coalesced rate", "amount * coalesce(rates.rate, 1)", "amount * rates.rate"),
    ("money in floating point", "cast(a as float)", "cast(a as double)"),
    ("rounding", "cast(round(a) as integer)", "cast(floor(a + 0.5) as integer)"),
    ("contains", "contains(list, a)", "position(a in list) > 0"),
    ("least or greatest boolean", "max(t.is_there)", "max(case when t.is_there then 1 else 0 end) = 1"),
    (
        "literal in group by",
        "select b, 'all' as a from t group by b, 'all'",
        "select count(*) from t group by a || 'all'",
    ),
    ("named window with a frame", "sum(a) over (months rows 1 preceding)", "sum(a) over months"),
    ("minus after a window's name", "sum(a) over months - a", "-a + sum(a) over months"),
    ("tuple of a tuple", "(a, b) in (select (a, b) from t)", "(a, b) in (select a, b from t)"),
]
# What Postgres cuts names off at: a unit test makes a relation of its name.
MOST_LETTERS = 63
# Few rows, and as many in any warehouse.
FIXED_LISTS = {"buckets"}
LEFT_JOIN = re.compile(
    r"left join (\w+)(?: as \w+)?\s+on\b(.*?)"
    r"(?=\b(?:left|inner|cross) join\b|\bwhere\b|\bgroup by\b|\bunion\b|\n\)|\Z)",
    re.IGNORECASE | re.DOTALL,
)
EVERY_WINDOW_SAYS_WHERE_NULLS_GO = re.compile(r"order by(?P<keys>[^()]*?)(?=\)|rows between|$)", re.IGNORECASE)


def without_comments_and_jinja(sql: str) -> str:
    """The SQL a reader wrote: comments, jinja and the row-key macro's JSON are not SQL of the model."""
    sql = re.sub(r"--.*", "", sql)
    sql = re.sub(r"\{#[\s\S]*?#\}|\{%[\s\S]*?%\}", "", sql)
    return re.sub(r"\{\{[\s\S]*?\}\}", "x", sql)


def refusals(sql: str) -> list[str]:
    plain = without_comments_and_jinja(sql)
    return [name for name, pattern in REFUSED.items() if re.search(pattern, plain, re.IGNORECASE)]


def recursive_ctes(sql: str) -> list[str]:
    """CTEs that read themselves after a union, laid out so that Spark's macro (spark_recursion.sql) finds them."""
    ctes = re.findall(r"^(\w+) as \(\n(.*?)^\)", sql, re.MULTILINE | re.DOTALL)
    own = r"^    union (?:all|distinct)$.*\b(?:from|join) {}\b"
    return [name for name, body in ctes if re.search(own.format(name), body, re.MULTILINE | re.DOTALL)]


def unsaid_nulls(sql: str) -> list[str]:
    plain = without_comments_and_jinja(sql)
    return [
        key.strip()
        for window in EVERY_WINDOW_SAYS_WHERE_NULLS_GO.finditer(plain)
        for key in re.sub(r"case[\s\S]*?end", "case", window["keys"]).split(",")
        if not re.search(r"nulls (first|last)", key, re.IGNORECASE)
    ]


def sums_of_doubles(sql: str) -> list[str]:
    """Sums that hold a double: they depend on the order of their rows, and so would a replay's bytes."""
    arguments = _arguments(r"\b(?:sum|avg)\s*\(", without_comments_and_jinja(sql))
    # A double cast to a decimal again is one.
    return [each for each in arguments if re.search(r"\bas\s+double\b", each) and "as decimal" not in each]


def _arguments(calls: str, plain: str) -> list[str]:
    """What stands between the brackets of each call."""
    arguments = []
    for call in re.finditer(calls, plain, re.IGNORECASE):
        depth, end = 1, call.end()
        while depth and end < len(plain):
            depth += {"(": 1, ")": -1}.get(plain[end], 0)
            end += 1
        arguments.append(plain[call.end() : end - 1])
    return arguments


def casts_of_fractions(sql: str) -> list[str]:
    """Casts to whole numbers of what may have decimals: one engine rounds them, another cuts them off."""
    arguments = _arguments(r"\bcast\s*\(", without_comments_and_jinja(sql))
    casts = [each for each in arguments if re.search(r"\bas\s+(integer|bigint|int)\s*$", each)]
    fraction = re.compile(r"/|\b(avg|pow|exp|ln|percentile_cont)\s*\(")
    return [each for each in casts if fraction.search(each) and not re.match(r"\s*(floor|ceil)\s*\(", each)]


def joins_of_all_with_all(sql: str) -> list[str]:
    """What is left joined by a condition with an `or`: DuckDB then holds every row against every row."""
    joins = LEFT_JOIN.findall(without_comments_and_jinja(sql))
    return [joined for joined, condition in joins if re.search(r"\bor\b", condition) and joined not in FIXED_LISTS]


def test_a_left_join_holds_no_row_against_every_row(models: dict) -> None:
    found = {name: joined for name, node in models.items() if (joined := joins_of_all_with_all(node["raw_code"]))}
    assert found == {}


def test_a_left_join_with_an_or_is_found_and_an_or_beside_it_is_not() -> None:
    assert joins_of_all_with_all("from a left join b on a.i = b.i and (b.until is null or a.d < b.until)\n)") == ["b"]
    assert joins_of_all_with_all("from a left join b on a.i = b.i and a.d < coalesce(b.until, x) where p or q") == []


def test_models_say_nothing_a_second_engine_refuses(models: dict) -> None:
    found = {name: refused for name, node in models.items() if (refused := refusals(node["raw_code"]))}
    assert found == {}


def test_data_tests_say_nothing_a_second_engine_refuses(manifest: dict) -> None:
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    found = {node["name"]: refused for node in tests if (refused := refusals(node["raw_code"]))}
    assert found == {}


def test_no_name_is_longer_than_an_engine_takes(manifest: dict, models: dict) -> None:
    names = [*models, *(test["name"] for test in manifest["unit_tests"].values())]
    assert [name for name in names if len(name) > MOST_LETTERS] == []


def test_seeds_name_types_that_every_engine_has(manifest: dict) -> None:
    seeds = [node for node in manifest["nodes"].values() if node["resource_type"] == "seed"]
    types = {kind.split("(")[0] for seed in seeds for kind in seed["config"]["column_types"].values()}
    assert types <= {"string", "boolean", "integer", "bigint", "double", "decimal", "date", "timestamp"}


def test_only_duckdb_has_a_database_for_each_file(tracked_files: list[Path]) -> None:
    projects = [path for path in tracked_files if path.is_relative_to(DBT_PROJECT_DIR) and path.suffix == ".yml"]
    named = [line for path in projects for line in re.findall(r"(?m)^ *\+?database: .*", path.read_text())]
    elsewhere = [line.strip() for line in named if "target." not in line and "env_var(" not in line]
    # The target `published` is DuckDB's itself.
    assert elsewhere == ["database: to_publish"]


def test_no_sum_depends_on_the_order_of_its_rows(models: dict) -> None:
    found = {name: sums for name, node in models.items() if (sums := sums_of_doubles(node["raw_code"]))}
    assert found == {}


def test_no_fraction_is_cast_to_a_whole_number(models: dict) -> None:
    found = {name: casts for name, node in models.items() if (casts := casts_of_fractions(node["raw_code"]))}
    assert found == {}


def test_no_part_of_a_kpi_divides_money(models: dict) -> None:
    """Of a quotient of decimals, Spark keeps fewer places the more digits the dividend has; of a product all."""
    kpis = {
        f"{model}.{column}": kpi
        for model, node in models.items()
        for column, described in node["columns"].items()
        if (kpi := described["config"].get("meta", {}).get("kpi"))
    }
    assert len(kpis) > 40
    assert [name for name, kpi in kpis.items() if "/" in kpi["numerator"] + kpi["denominator"]] == []


def test_a_cast_of_a_fraction_is_found_and_one_of_a_whole_number_is_not() -> None:
    assert casts_of_fractions("cast(a / b as integer)") == ["a / b as integer"]
    assert casts_of_fractions("cast(floor(a / b) as integer), cast(a / b as double)") == []


def test_a_sum_of_doubles_is_found_and_a_doubled_sum_is_not() -> None:
    assert sums_of_doubles("sum(a * (b + cast(c as double))) over w") == ["a * (b + cast(c as double))"]
    assert sums_of_doubles("cast(sum(a * (b + c)) as double)") == []


def test_windows_say_where_nulls_go(models: dict) -> None:
    found = {name: unsaid for name, node in models.items() if (unsaid := unsaid_nulls(node["raw_code"]))}
    assert found == {}


def test_a_recursive_model_has_one_recursion_that_spark_can_run(models: dict) -> None:
    recursive = {name: node["raw_code"] for name, node in models.items() if "with recursive" in node["raw_code"]}
    assert len(recursive) > 0
    assert {name: found for name, sql in recursive.items() if len(found := recursive_ctes(sql)) != 1} == {}


def test_a_recursive_cte_is_found_by_its_layout() -> None:
    steps = "steps as (\n\n    select a from t\n    union all\n    select a + 1 as a\n    from {}\n\n)\n"
    assert recursive_ctes(f"with recursive\n\n{steps.format('steps')}") == ["steps"]
    assert recursive_ctes(f"with recursive\n\n{steps.format('others')}") == []
    assert recursive_ctes("with recursive steps as (select a from t union all select a from steps)") == []


def test_models_end_in_a_plain_select(models: dict) -> None:
    ending = re.compile(r"\)\n+select \* from \w+\s*$")
    assert [name for name, node in models.items() if not ending.search(node["raw_code"])] == []


def test_models_are_short_enough_to_read(models: dict) -> None:
    assert {name: n for name, node in models.items() if (n := node["raw_code"].count("\n")) > MOST_LINES} == {}


def test_adapters_selects_are_short_enough_to_read(tracked_files: list[Path]) -> None:
    selects = [path for path in tracked_files if path.suffix == ".sql" and path.is_relative_to(ADAPTERS_DIR)]
    assert selects != []
    long = {path.name: lines for path in selects if (lines := path.read_text().count("\n")) > MOST_LINES}
    assert long == {}


@pytest.mark.parametrize(("name", "refused", "allowed"), SNIPPETS, ids=[name for name, *_ in SNIPPETS])
def test_each_refusal_refuses_its_own_kind_and_no_more(name: str, refused: str, allowed: str) -> None:
    assert name in refusals(refused)
    assert refusals(allowed) == []


def test_every_refusal_has_its_snippet() -> None:
    assert [name for name, *_ in SNIPPETS] == list(REFUSED)


def test_a_window_without_nulls_is_found_and_one_with_is_not() -> None:
    assert unsaid_nulls("lag(a) over (partition by b order by c)") == ["c"]
    assert unsaid_nulls("lag(a) over (partition by b order by c asc nulls last, d desc nulls first)") == []
