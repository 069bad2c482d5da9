"""What of compiled SQL a warehouse's documentation doesn't know, found in text."""

import re

import pytest

from duebook.engines.compile_for import PROJECT, REFUSED, refusals, report, unread

# What is refused, the warehouse, SQL that holds it, and SQL that doesn't.
SNIPPETS = [
    ("the type double", "bigquery", "select cast(a as double) from t", "select cast(a as date) from t"),
    ("the type string", "redshift", "select cast(a as string) from t", "select cast(a as date) from t"),
    (
        "a decimal wider than NUMERIC",
        "bigquery",
        "select cast(a as decimal(19, 10)) from t",
        "select cast(a as decimal(38, 9)) from t",
    ),
    (
        "a named window",
        "snowflake",
        "select sum(a) over w from t window w as (order by b nulls last)",
        "select sum(a) over (order by b nulls last) as w from t",
    ),
    ("union distinct", "redshift", "select a from t union distinct select a from u", "select 1 union all select 2"),
    (
        "union distinct in a recursion",
        "snowflake",
        "with recursive r as (select 1 as a union distinct select a + 1 as a from r) select a from r",
        "with recursive r as (select 1 as a union distinct select a from s.r) select a from r",
    ),
    (
        "a window in a recursion",
        "databricks",
        "with recursive r as (select a from t union all select sum(a) over () as a from r) select a from r",
        "with recursive r as (select a from t union all select a from r) select sum(a) over () from r",
    ),
    (
        "a recursion without a list of its columns",
        "redshift",
        "with recursive r as (select 1 as a union all select a + 1 as a from r) select a from r",
        "with recursive r(a) as (select 1 as a union all select a + 1 as a from r) select a from r",
    ),
    (
        "several columns in a subquery",
        "bigquery",
        "select a from t where (a, b) in (select a, b from u)",
        "select a from t where a in (select a from u)",
    ),
    ("position or split_part", "bigquery", "select position('a' in b) from t", "select substring(a, 1) from t"),
    (
        "within group",
        "bigquery",
        "select percentile_cont(0.5) within group (order by a) from t",
        "select percentile_cont(a, 0.5) over () from t",
    ),
    (
        "greatest or least, null where one of theirs is",
        "snowflake",
        "select least(a, b) from t",
        "select min(a) from t",
    ),
]


@pytest.mark.parametrize(("name", "warehouse", "refused", "taken"), SNIPPETS, ids=[name for name, *_ in SNIPPETS])
def test_what_a_warehouse_does_not_know_is_found_and_its_like_is_not(
    name: str, warehouse: str, refused: str, taken: str
) -> None:
    assert set(refusals(refused, warehouse)) == {name}
    assert list(refusals(taken, warehouse)) == []


def test_every_refusal_has_its_snippet() -> None:
    assert [name for name, *_ in SNIPPETS] == list(REFUSED)


def test_a_warehouse_that_knows_it_is_not_blamed() -> None:
    assert list(refusals("select cast(a as double) from t", "snowflake")) == []


def test_a_reserved_word_is_found_where_it_is_a_name_and_not_where_it_is_quoted() -> None:
    assert list(refusals("select a from t as groups", "bigquery")) == ["the reserved word groups"]
    assert list(refusals("select a from t as `groups`", "bigquery")) == []


def test_the_report_says_what_is_not_read_and_where() -> None:
    named = "with x as (select sum(a) over w as a from t window w as (order by b nulls last)) select a from x"
    assert unread("select 1", "snowflake") is None
    said = list(report({"whole": "select 1", "named": named}, "snowflake"))
    assert said[0] == "2 models and data tests compiled, in 1 something was found"
    assert [line.strip() for line in said[1:]] == ["1 sqlglot: Expecting ): named", "1 a named window: named"]


def test_no_password_or_token_stands_in_the_profile_or_comes_to_a_log() -> None:
    secrets = re.findall(r"(?m)^ *(?:password|token): (.*)$", (PROJECT / "profiles.yml").read_text())
    assert len(secrets) > 1
    assert [secret for secret in secrets if "env_var('DBT_ENV_SECRET_" not in secret] == []
