"""What a refresh needs to report landed rows in one currency: which, exchange rates into it, and how long one may hold.

Told from what was made of a source and what lies in the landing. Not here: which currencies a landing has
(duebook/landing/currencies.py), what is printed of a landing besides (summary.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from duebook.adapters.engine.made import Made
from duebook.adapters.engine.relations import columns_of
from duebook.adapters.engine.state import filled_by_others
from duebook.contract import Contract
from duebook.landing.currencies import COMPANIES, DOCUMENTS, Currencies, currencies_in, landed_files
from duebook.landing.current import read_standing
from duebook.landing.files import LandingError
from duebook.settings import Settings
from duebook.sql_text import literal
from duebook.words import counted

# For how many days a rate holds, unless the user says: as the models have it (macros/max_rate_age_days.sql).
RATES_HOLD = 7
RATES = "exchange_rates"
_DAYS = {"invoices": "invoice_date", "receipts": "receipt_date", "credit_memos": "credit_memo_date"}


@dataclass(frozen=True)
class Rates:
    """Exchange rates there are for one currency of documents into the one figures are in.

    Attributes:
        currency: theirs.
        into: the currency figures are in.
        documents: how many invoices, payments and credit memos are in the currency.
        gap: days between two of its rates, or from the last one to the last document, at most; None without any rate.
            Rates that were replaced before the first document of the currency don't count.
        first: the day of the first rate; None without any.
        last: the day of the last one.
        too_early: how many documents are of a day before the first rate.
        is_listed: some of them are of a list of rates, not of documents.
    """

    currency: str
    into: str
    documents: int
    gap: int | None
    first: date | None
    last: date | None
    too_early: int
    is_listed: bool = False


def told_of(made: Made, settings: Settings, contract: Contract) -> tuple[Currencies, str | None, list[Rates]]:
    """The currencies of what was made and of its landing, the one figures are in, and the exchange rates into it."""
    currencies = currencies_of(made, settings)
    into = reporting_currency(currencies, settings)
    return currencies, into, rates_of(made, settings, contract, into)


def currencies_of(made: Made, settings: Settings) -> Currencies:
    """The currencies of what was made and of the landing it goes to, if one was named."""
    con = made.extracted.con
    ours = {table: [relation] for table, relation in made.extracted.tables.items()}
    landed = landed_files(settings.landing) if "landing" in settings.model_fields_set else {}
    try:
        return currencies_in(con, {table: [*ours.get(table, []), *landed.get(table, [])] for table in {*ours, *landed}})
    except duckdb.Error:
        # Files of a landing that can't be read are the refresh's business.
        return currencies_in(con, ours)


def reporting_currency(currencies: Currencies, settings: Settings) -> str | None:
    """What figures are in: what the user says, or what he would be asked for; None where there is one currency."""
    # Not the currency of the sample, which is what settings are about where no landing is given.
    is_given = "reporting_currency" in settings.model_fields_set
    return settings.reporting_currency if is_given else currencies.to_report_in


def choice_lines(currencies: Currencies, settings: Settings) -> Iterator[str]:
    """Say that figures could be in the currency of another company; nothing where nobody has to choose."""
    own = currencies.own
    if "reporting_currency" not in settings.model_fields_set and currencies.to_report_in and len(own) > 1:
        others = " or ".join(f"REPORTING_CURRENCY={one}" for one in own[1:])
        yield (
            f"Companies keep their books in {', '.join(own)}, and figures are in one of them: {own[0]}, that of most "
            f"documents, or another, with {others}."
        )


def rate_lines(rates: Sequence[Rates]) -> Iterator[str]:
    """Say which currencies have no exchange rates into the one figures are in, or only those of some days: a refresh
    stops where it finds none.
    """
    yield from lacking_lines(rates)
    for one in rates:
        if one.gap is not None and not one.is_listed:
            yield (
                f"Exchange rates: {one.currency} has the rates of its documents, up to {one.gap:,} days apart. A "
                f"refresh stops where the last one is older than MAX_RATE_AGE_DAYS, {RATES_HOLD} unless you set it."
            )
        elif one.gap is not None and one.gap > RATES_HOLD:
            yield (
                f"Exchange rates: those of {one.currency} are up to {one.gap:,} days apart. A refresh stops where the "
                f"last one is older than MAX_RATE_AGE_DAYS, {RATES_HOLD} unless you set it."
            )


def ended_lines(rates: Sequence[Rates], settings: Settings, as_of: date) -> Iterator[str]:
    """Say which currencies have their last rate too long before the day of a refresh, and what to do: a line each."""
    holds = RATES_HOLD if settings.max_rate_age_days is None else settings.max_rate_age_days
    for one in rates:
        if one.last is not None and (age := (as_of - one.last).days) > holds:
            yield (
                f"Exchange rates: the last one of {one.currency} into {one.into} is of {one.last}, {age:,} days before "
                f"{as_of}, and a rate holds for {counted(holds, 'day')}. Where anything is open in {one.currency} "
                f"then, a refresh as of {as_of} stops: land newer rates, refresh with AS_OF={one.last}, or let rates "
                f"hold longer with MAX_RATE_AGE_DAYS={age}."
            )


def lacking_lines(rates: Sequence[Rates], *, is_try: bool = False) -> list[str]:
    """Say which currencies have no exchange rate at all, or none for their first documents: a line each.

    Args:
        rates: by currency.
        is_try: nothing else can be landed beside the source.
    """
    listed = "Land a list of rates (grain exchange_rate) or payments/exchange_rates"
    if is_try:
        listed = (
            "A try takes one source. Land a list of rates (grain exchange_rate) and this one into a home of your own "
            "(make land LANDING=~/landing HOME_DIR=~/trial, once for each), then make refresh with the same two"
        )
    to_do = f"{listed}, or give documents their exchange_rate, in a list's mapping as docs/guide/own_data.md shows it."
    lines = []
    for one in rates:
        if one.gap is None:
            lines.append(
                f"Exchange rates: {_are_in(one.documents, one.currency)}, figures in {one.into}, and no rate is "
                f"there: without rates a refresh stops. {to_do}"
            )
        elif one.too_early:
            lines.append(
                f"Exchange rates: {_are_in(one.too_early, one.currency)} before its first rate into {one.into}, of "
                f"{one.first}: without rates a refresh stops. {to_do}"
            )
    return lines


def _are_in(documents: int, currency: str) -> str:
    what = "invoice, payment or credit memo is" if documents == 1 else "invoices, payments and credit memos are"
    return f"{documents:,} {what} in {currency}"


def age_needed(rates: Sequence[Rates], settings: Settings, as_of: date) -> int | None:
    """For how many days rates have to hold in a refresh; None where it needn't be told."""
    # What is open on the day is valued then.
    oldest = max((max(one.gap or 0, (as_of - one.last).days) for one in rates if one.last is not None), default=0)
    given = settings.max_rate_age_days
    return max(given or 0, oldest) if given is not None or oldest > RATES_HOLD else None


def rates_of(made: Made, settings: Settings, contract: Contract, into: str | None) -> list[Rates]:
    """Exchange rates of what was made and of the landing it goes to, if one was named, by currency of documents.

    Args:
        made: what was made of the source.
        settings: whose landing and home it goes to.
        contract: the tables.
        into: the currency figures are in; nothing is said where it is the one currency there is.
    """
    con, ours = made.extracted.con, made.extracted.tables
    is_named = "landing" in settings.model_fields_set and any(settings.landing.glob("*/*/*"))
    # A list that another source of the home landed is somewhere else then.
    if into is None or (not is_named and RATES in filled_by_others(settings, made.name)):
        return []
    with TemporaryDirectory(prefix="duebook_rates_") as work:
        try:
            landed = _standing(settings, contract, Path(work)) if is_named else {}
        except (LandingError, duckdb.Error):
            # What can't be read is the load's business, which says of which file.
            return []
        tables = (COMPANIES, RATES, *_DAYS)
        of = {name: [each[name] for each in (ours, landed) if name in each] for name in tables}
        return _rates(con, of, into)


def rates_of_landing(con: duckdb.DuckDBPyConnection, standing: Mapping[str, str], settings: Settings) -> list[Rates]:
    """Exchange rates of the rows of a landing that count, by currency of documents.

    Args:
        con: where the rows are.
        standing: SQL that reads them, by the contract's table.
        settings: which currency figures are in.
    """
    tables = {name: [standing[name]] if name in standing else [] for name in (COMPANIES, RATES, *_DAYS)}
    into = reporting_currency(currencies_in(con, {name: rows for name, rows in tables.items() if rows}), settings)
    return [] if into is None else _rates(con, tables, into)


def _standing(settings: Settings, contract: Contract, work: Path) -> dict[str, str]:
    """Write the rows of a landing that count into a folder, and return SQL that reads them, by table."""
    tables = (COMPANIES, RATES, *_DAYS)
    with duckdb.connect(config={"temp_directory": str(work)}) as con:
        con.execute("set TimeZone = 'UTC'")
        read_standing(con, {name: name for name in tables}, settings, contract, lambda _line: None)
        for name in tables:
            con.execute(f"copy {name} to {literal(work / f'{name}.parquet')} (format parquet)")
    return {name: f"read_parquet({literal(work / f'{name}.parquet')})" for name in tables}


def _rates(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[str]], into: str) -> list[Rates]:
    """By currency of documents, the rates of relations; of two that have a row, the first one's counts."""
    if not tables[COMPANIES]:
        return []
    companies = _rows(con, tables[COMPANIES], "company_id", ["currency_code"])
    documents = " union all ".join(
        "select company_id, currency_code, day, exchange_rate from ("
        + _rows(con, tables[name], DOCUMENTS[name], ["company_id", "currency_code", f"{day} as day", "exchange_rate"])
        + ")"
        for name, day in _DAYS.items()
        if tables[name]
    )
    if not documents:
        return []
    listed = " union all ".join(f"select rate_date, from_currency, to_currency from {one}" for one in tables[RATES])
    found = con.execute(
        f"with documents as ({documents}), companies as ({companies}), "
        f"listed as ({listed or 'select null as rate_date, null as from_currency, null as to_currency where false'}), "
        # What a document says of its currency's rate, it says of its company's, too.
        "quoted as (select case when companies.currency_code = $into then documents.currency_code "
        "else companies.currency_code end as currency_code, day, false as is_listed from documents "
        "inner join companies on documents.company_id = companies.key where exchange_rate is not null "
        "and documents.currency_code <> companies.currency_code "
        "and $into in (documents.currency_code, companies.currency_code) "
        "union all select case when to_currency = $into then from_currency else to_currency end, rate_date, true "
        "from listed where from_currency <> to_currency and $into in (from_currency, to_currency)), "
        "of_days as (select currency_code, day, bool_or(is_listed) as is_listed from quoted group by 1, 2), "
        "foreign_ones as (select currency_code, day from documents where currency_code <> $into), "
        "needed as (select currency_code, min(day) as needed_from from foreign_ones group by 1), "
        "followed as (select *, lead(day) over (partition by currency_code order by day) as next_day from of_days), "
        "gaps as (select followed.*, greatest(0, date_diff('day', day, coalesce(next_day, (select max(day) from "
        "foreign_ones)))) as gap, next_day is null or next_day > needed_from as is_needed "
        "from followed inner join needed using (currency_code)), "
        "rated as (select currency_code, max(gap) filter (is_needed) as gap, min(day) as first_day, max(day) as "
        "last_day, bool_or(is_listed) as is_listed from gaps group by 1) "
        "select currency_code, $into, count(*), max(gap), max(first_day), max(last_day), "
        "count(*) filter (day < first_day), coalesce(bool_or(is_listed), false) "
        "from foreign_ones left join rated using (currency_code) group by 1 order by 1",
        {"into": into},
    ).fetchall()
    return [Rates(*one) for one in found]


def _rows(con: duckdb.DuckDBPyConnection, relations: Sequence[str], key: str, columns: Sequence[str]) -> str:
    """SQL of the rows of relations that aren't deleted, with null for a column that one doesn't have."""
    found = []
    for number, relation in enumerate(relations):
        there = set(columns_of(con, f"(from {relation})"))
        given = [one if one.split()[0] in there else f"null as {one.split()[-1]}" for one in columns]
        kept = "is_deleted is not true" if "is_deleted" in there else "true"
        found.append(f"select {key} as key, {', '.join(given)}, {number} as place from {relation} where {kept}")
    return (
        f"select * from ({' union all '.join(found)}) qualify row_number() over (partition by key order by place) = 1"
    )
