"""The sample generator and the committed sample landing.

Here: same arguments, same bytes; what is landed follows the contract; the books made from the landed rows alone hold
together; every situation the contract knows occurs. Not here: what the refresh makes of the sample (integration tests).
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from duebook.contract import Table, read_contract
from duebook.settings import REFERENCE_SEEDS_DIR, SAMPLE_LANDING
from sample.generate import FORMATS, Business, customers_for, generate, land, main, make
from tests.support.sample_situations import PAID_PROMISES, SITUATIONS

SMALL = Business(customers=20, first_day=date(2025, 1, 1), last_day=date(2025, 5, 20))
LAST_DAY = Business().last_day

# Text formats are read as text, so that a cell is cast by the contract and not by a guess.
READERS = {
    "csv": "read_csv('{path}', header = true, all_varchar = true)",
    "csv.gz": "read_csv('{path}', header = true, all_varchar = true)",
    "parquet": "read_parquet('{path}')",
    "jsonl": "read_json('{path}', format = 'newline_delimited', columns = {columns})",
    "jsonl.gz": "read_json('{path}', format = 'newline_delimited', columns = {columns})",
}

# Every change of every open item, straight from the definitions of the ledger; one row a change.
CHANGES = """
create or replace view used as
select
    a.*, i.company_id as invoice_company, i.currency_code as invoice_currency,
    coalesce(r.company_id, m.company_id) as source_company,
    coalesce(r.currency_code, m.currency_code) as source_currency,
    greatest(a.applied_date, i.invoice_date, r.receipt_date, m.credit_memo_date) as day,
    least(a.unapplied_date, r.reversed_date, m.voided_date) as undone_day
from applications as a
inner join invoices as i using (invoice_id)
left join receipts as r on a.receipt_id = r.receipt_id
left join credit_memos as m on a.credit_memo_id = m.credit_memo_id;

create or replace view changes as
select 'invoice' as kind, invoice_id as item, company_id, currency_code, invoice_date as day, amount from invoices
union all
select 'invoice', invoice_id, company_id, currency_code, voided_date, -amount from invoices
where voided_date is not null
union all
select 'invoice', i.invoice_id, i.company_id, i.currency_code, greatest(x.adjustment_date, i.invoice_date), x.amount
from adjustments as x inner join invoices as i using (invoice_id)
union all
select 'source', credit_memo_id, company_id, currency_code, credit_memo_date, -amount from credit_memos
union all
select 'source', credit_memo_id, company_id, currency_code, voided_date, amount from credit_memos
where voided_date is not null
union all
select 'source', receipt_id, company_id, currency_code, receipt_date, -amount from receipts
union all
select 'source', receipt_id, company_id, currency_code, reversed_date, amount from receipts
where reversed_date is not null
union all
select 'invoice', invoice_id, invoice_company, invoice_currency, day, -amount - coalesce(discount_amount, 0) from used
union all
select 'invoice', invoice_id, invoice_company, invoice_currency, undone_day, amount + coalesce(discount_amount, 0)
from used where undone_day is not null
union all
select 'source', coalesce(receipt_id, credit_memo_id), source_company, source_currency, day,
    coalesce(source_amount, amount)
from used
union all
select 'source', coalesce(receipt_id, credit_memo_id), source_company, source_currency, undone_day,
    -coalesce(source_amount, amount)
from used where undone_day is not null
union all
select 'source', coalesce(f.receipt_id, f.credit_memo_id), coalesce(r.company_id, m.company_id),
    coalesce(r.currency_code, m.currency_code), f.refund_date, f.amount
from refunds as f
left join receipts as r on f.receipt_id = r.receipt_id
left join credit_memos as m on f.credit_memo_id = m.credit_memo_id
union all
-- What is reversed in part is applied whole that day, to one invoice: the receipt stays at nothing.
select 'invoice', u.invoice_id, u.invoice_company, u.invoice_currency, v.reversal_date, v.amount
from reversals as v
inner join used as u on v.receipt_id = u.receipt_id and (u.undone_day is null or u.undone_day > v.reversal_date)
"""

DIFFERENCES = """
select b.company_id, b.currency_code, b.balance_date, b.balance, sum(c.amount) as of_items
from control_balances as b
left join changes as c on b.company_id = c.company_id and b.currency_code = c.currency_code and c.day <= b.balance_date
group by all
having b.balance <> coalesce(sum(c.amount), 0)
"""


def digests(landing: Path) -> dict[str, str]:
    files = sorted(path for path in landing.rglob("*") if path.is_file())
    return {str(path.relative_to(landing)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read_versions(connection: duckdb.DuckDBPyConnection, landing: Path, table: Table) -> None:
    """Table ``<name>_versions``: all landed rows of a table, typed by the contract; fails where a cell doesn't cast."""
    files = sorted((landing / table.domain / table.name).glob("*"))
    columns = {column.name: "VARCHAR" for column in table.landed_columns}
    readers = [READERS[path.name.split(".", 1)[1]].format(path=path, columns=columns) for path in files]
    parts = [f"select * from {reader}" for reader in readers]
    relation = connection.sql(" union all by name ".join(parts) or "select null as recorded_at limit 0")
    unknown = set(relation.columns) - {column.name for column in table.landed_columns}
    assert not unknown, f"{table.name}: the contract has no column {unknown}"
    cells = [
        f"cast({column.name if column.name in relation.columns else 'null'} as {column.sql_type}) as {column.name}"
        for column in table.landed_columns
    ]
    connection.sql(f"select {', '.join(cells)} from relation").create(f"{table.name}_versions")


def show_latest(connection: duckdb.DuckDBPyConnection, known_on: date) -> None:
    """A view a table with what was known at the end of a day: the latest version of each key, tombstones gone."""
    for table in read_contract().tables:
        key = ", ".join(table.key)
        connection.execute(
            f"create or replace view {table.name} as select * from (select * from {table.name}_versions "
            f"where recorded_at::date <= '{known_on}' qualify row_number() over (partition by {key} "
            "order by updated_at desc nulls last, recorded_at desc) = 1) where is_deleted is not true"
        )
    connection.execute(CHANGES)


@pytest.fixture(scope="module")
def landed() -> Iterator[duckdb.DuckDBPyConnection]:
    """The committed landing, read by the contract; nothing in it depends on the generator."""
    with duckdb.connect() as connection:
        for table in read_contract().tables:
            read_versions(connection, SAMPLE_LANDING, table)
        yield connection


@pytest.fixture
def books(landed: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    show_latest(landed, LAST_DAY)
    return landed


def test_the_committed_landing_is_what_the_defaults_give(tmp_path: Path) -> None:
    main(["--out", str(tmp_path / "landing")])
    assert digests(tmp_path / "landing") == digests(SAMPLE_LANDING)


def test_the_committed_landing_is_small_has_every_table_and_every_format() -> None:
    files = [path for path in SAMPLE_LANDING.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 5_000_000
    assert {(path.parts[-3], path.parts[-2]) for path in files} == {(t.domain, t.name) for t in read_contract().tables}
    assert {path.name.split(".", 1)[1] for path in files} == set(FORMATS)


@pytest.mark.long
def test_another_seed_gives_another_business_of_the_same_size(tmp_path: Path) -> None:
    generate(SMALL, tmp_path / "one", "csv")
    generate(replace(SMALL, seed=SMALL.seed + 1), tmp_path / "other", "csv")
    one, other = digests(tmp_path / "one"), digests(tmp_path / "other")
    assert one["ar/invoices/load_2025-05-20.csv"] != other["ar/invoices/load_2025-05-20.csv"]
    assert one["ar/companies/load_2025-02-28.csv"] == other["ar/companies/load_2025-02-28.csv"]


@pytest.mark.long
def test_every_format_holds_the_same_rows(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        make(connection, SMALL)
        for file_format in FORMATS:
            land(connection, SMALL, tmp_path / file_format, file_format)
    contents = []
    for file_format in FORMATS:
        with duckdb.connect() as connection:
            for table in read_contract().tables:
                read_versions(connection, tmp_path / file_format, table)
            names = [table.name for table in read_contract().tables]
            contents.append([connection.sql(f"from {name}_versions order by all").fetchall() for name in names])
    assert contents[0][0]
    assert all(content == contents[0] for content in contents)


def test_a_landing_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.csv").write_text("a\n1\n")
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path)])
    assert f"{tmp_path} is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--customers", "0"], "--customers is 0: at least 1"),
        (["--first-day", "2026-06-30"], "--first-day 2026-06-30 is not before --last-day 2026-06-30"),
    ],
)
def test_arguments_that_make_no_business_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "landing"), *arguments])
    assert message in capsys.readouterr().err


@pytest.mark.long
def test_invoices_asked_for_are_about_what_is_made(landed: duckdb.DuckDBPyConnection) -> None:
    (made,) = landed.sql("select count(distinct invoice_id) from invoices_versions").fetchone()
    business = Business()
    assert customers_for(made, business.first_day, business.last_day) == pytest.approx(business.customers, rel=0.05)


@pytest.mark.long
def test_every_row_keeps_the_contract(books: duckdb.DuckDBPyConnection) -> None:
    broken = {}
    for table in read_contract().tables:
        rules = [rule.holds for rule in table.row_rules]
        for column in table.columns:
            rules += [f"{column.name} is not null"] if column.required or column.name in table.key else []
            rules += [f"{column.name} in {column.values}"] if column.values else []
            rules += [f"{column.name} > {column.greater_than}"] if column.greater_than is not None else []
            rules += [f"{column.name} >= {column.at_least}"] if column.at_least is not None else []
            rules += [f"{column.name} <= {column.at_most}"] if column.at_most is not None else []
            if column.references:
                (key,) = [name for name in read_contract().table(column.references).key if name == column.name]
                rules.append(f"({column.name} is null or {column.name} in (select {key} from {column.references}))")
        for rule in rules:
            (count,) = books.sql(f"select count(*) from {table.name} where not coalesce({rule}, true)").fetchone()
            if count:
                broken[f"{table.name}: {rule}"] = count
    assert broken == {}


@pytest.mark.long
def test_no_key_has_two_versions_of_one_moment(landed: duckdb.DuckDBPyConnection) -> None:
    for table in read_contract().tables:
        key = ", ".join((*table.key, "recorded_at"))
        twice = landed.sql(f"select {key} from {table.name}_versions group by all having count(*) > 1").fetchall()
        assert twice == [], table.name


def test_references_the_contract_leaves_loose_resolve_too(books: duckdb.DuckDBPyConnection) -> None:
    for table, column, other, key in [
        ("customers", "parent_customer_id", "customers", "customer_id"),
        ("credit_memos", "invoice_id", "invoices", "invoice_id"),
        ("employees", "manager_id", "employees", "employee_id"),
        ("employees", "company_id", "companies", "company_id"),
        ("activities", "employee_id", "employees", "employee_id"),
        ("activities", "invoice_id", "invoices", "invoice_id"),
        ("activities", "case_id", "cases", "case_id"),
        ("promises", "invoice_id", "invoices", "invoice_id"),
        ("promises", "activity_id", "activities", "activity_id"),
        ("surveys", "case_id", "cases", "case_id"),
    ]:
        loose = books.sql(
            f"select {column} from {table} where {column} not in (select {key} from {other} where {key} is not null)"
        ).fetchall()
        assert loose == [], f"{table}.{column}"


def test_control_balances_tie_out_to_the_cent(books: duckdb.DuckDBPyConnection) -> None:
    assert books.sql(DIFFERENCES).fetchall() == []
    assert books.sql("select count(distinct balance_date) from control_balances").fetchone() == (24,)


def test_the_tie_out_notices_one_cent(books: duckdb.DuckDBPyConnection) -> None:
    company, currency, day = books.sql(
        "select company_id, currency_code, receipt_date from receipts limit 1"
    ).fetchone()
    books.execute(
        "create or replace view changes_off as select * from changes "
        f"union all select 'source', 'one cent', '{company}', '{currency}', date '{day}', 0.01"
    )
    off = books.sql(DIFFERENCES.replace("changes as c", "changes_off as c")).fetchall()
    assert {row[:2] for row in off} == {(company, currency)}
    assert all(row[2] >= day for row in off)


@pytest.mark.parametrize("known_on", [date(2024, 9, 30), date(2025, 6, 30), date(2026, 4, 30)])
def test_control_balances_tie_out_as_they_were_known_at_a_closing(
    landed: duckdb.DuckDBPyConnection, known_on: date
) -> None:
    show_latest(landed, known_on)
    assert landed.sql(DIFFERENCES).fetchall() == []
    assert landed.sql("select max(balance_date) from control_balances").fetchone() == (known_on,)


def test_no_item_is_used_beyond_what_it_is(books: duckdb.DuckDBPyConnection) -> None:
    wrong_side = books.sql(
        "select kind, item, day, balance from "
        "(select *, sum(amount) over (partition by kind, item order by day) as balance from changes) "
        "where case kind when 'invoice' then balance < 0 else balance > 0 end"
    ).fetchall()
    assert wrong_side == []


def test_instalments_add_up(books: duckdb.DuckDBPyConnection) -> None:
    off = books.sql(
        "select invoice_id from instalments inner join invoices using (invoice_id) "
        "group by invoice_id, invoices.amount having sum(instalments.amount) <> invoices.amount"
    ).fetchall()
    assert off == []


def test_nothing_is_recorded_after_the_last_day_or_before_what_it_refers_to(landed: duckdb.DuckDBPyConnection) -> None:
    for table in read_contract().tables:
        (last,) = landed.sql(f"select max(recorded_at)::date from {table.name}_versions").fetchone()
        assert last <= LAST_DAY, table.name
    for table, column in [
        ("applications", "invoice_id"),
        ("applications", "receipt_id"),
        ("applications", "credit_memo_id"),
        ("adjustments", "invoice_id"),
        ("disputes", "invoice_id"),
        ("refunds", "receipt_id"),
        ("reversals", "receipt_id"),
        ("instalments", "invoice_id"),
        ("invoices", "customer_id"),
        ("activities", "customer_id"),
    ]:
        other = next(t.name for t in read_contract().tables if t.key == (column,))
        early = landed.sql(
            f"select t.{column} from {table}_versions as t "
            f"inner join (select {column}, min(recorded_at) as first_at from {other}_versions group by all) as o "
            f"on t.{column} = o.{column} where t.recorded_at < o.first_at"
        ).fetchall()
        assert early == [], f"{table} before {other}"


def test_rates_look_like_rates_and_never_pause_beyond_four_days(books: duckdb.DuckDBPyConnection) -> None:
    pairs = books.sql(
        "select from_currency, min(rate_date) <= '2024-07-01' and max(rate_date) >= '2026-06-27', max(gap), max(step) "
        "from (select *, rate_date - lag(rate_date) over w as gap, abs(rate / lag(rate) over w - 1) as step "
        "from exchange_rates where to_currency = 'EUR' window w as (partition by from_currency order by rate_date)) "
        "group by all order by all"
    ).fetchall()
    assert [pair[:2] for pair in pairs] == [("JPY", True), ("USD", True)]
    assert all(gap <= 4 and step < 0.02 for _, _, gap, step in pairs)


def test_outcomes_are_all_in_the_seed_and_some_roles_are_not(books: duckdb.DuckDBPyConnection) -> None:
    with (REFERENCE_SEEDS_DIR / "activity_outcomes.csv").open() as file:
        outcomes = {row["outcome"] for row in csv.DictReader(file)}
    with (REFERENCE_SEEDS_DIR / "credit_collection_roles.csv").open() as file:
        roles = {row["role"] for row in csv.DictReader(file)}
    assert {outcome for (outcome,) in books.sql("select distinct outcome from activities").fetchall()} == outcomes
    landed_roles = {role for (role,) in books.sql("select distinct role from employees").fetchall()}
    assert landed_roles & roles
    assert landed_roles - roles


def test_the_business_is_of_a_believable_health(books: duckdb.DuckDBPyConnection) -> None:
    """Month by month after the first quarter, in euro; rough on purpose: the marts say it exactly."""
    months = books.sql(
        """
        with ends as (select distinct balance_date as day from control_balances where balance_date > '2024-09-30'),
        rates as (select from_currency as currency, rate_date, rate from exchange_rates
            union all select 'EUR', rate_date, 1 from exchange_rates),
        day_rates as (
            select day, currency, max_by(rate, rate_date) as rate
            from ends inner join rates on rate_date <= day group by all),
        open as (
            select ends.day, c.kind, c.item, c.currency_code, sum(c.amount) as balance
            from ends inner join changes as c on c.day <= ends.day group by all),
        balances as (
            select o.day, sum(o.balance * r.rate) as receivables,
                sum(o.balance * r.rate) filter (kind = 'invoice') as open_invoices,
                sum(o.balance * r.rate) filter (kind = 'invoice'
                    and coalesce(i.due_date, i.invoice_date + k.payment_terms_days) < o.day) as past_due
            from open as o
            inner join day_rates as r on o.day = r.day and o.currency_code = r.currency
            left join invoices as i on o.item = i.invoice_id
            left join customers as k on i.customer_id = k.customer_id
            group by o.day),
        sales as (
            select ends.day, sum(i.amount * r.rate) as sales
            from ends
            inner join invoices as i on last_day(i.invoice_date) = ends.day and i.is_credit_sale is distinct from false
            inner join day_rates as r on ends.day = r.day and i.currency_code = r.currency
            group by ends.day)
        select receivables / sales * day(balances.day), past_due / open_invoices
        from balances inner join sales using (day)
        """
    ).fetchall()
    assert len(months) == 21
    assert all(30 < dso < 60 for dso, _ in months)
    assert all(0.10 < delinquency < 0.35 for _, delinquency in months)


@pytest.mark.long
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_situation_the_contract_knows_occurs(books: duckdb.DuckDBPyConnection, situation: str) -> None:
    books.execute(PAID_PROMISES)
    assert books.sql(SITUATIONS[situation]).limit(1).fetchall(), f"the sample has not {situation}"
