"""What a refresh needs to report landed rows in one currency: which, exchange rates into it, and how long one may hold.

Told from what was made of a source. Not here: which currencies a landing has (duebook/landing/currencies.py), what is
printed of a landing besides (summary.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from duebook.adapters.engine.made import Made
from duebook.landing.currencies import COMPANIES, Currencies, currencies_in, landed_files
from duebook.settings import Settings
from duebook.words import counted

# For how many days a rate holds, unless the user says: as the models have it (macros/max_rate_age_days.sql).
RATES_HOLD = 7
RATES = "exchange_rates"
_DAYS = {"invoices": "invoice_date", "receipts": "receipt_date", "credit_memos": "credit_memo_date"}


@dataclass(frozen=True)
class Rates:
    """Exchange rates that documents bring for one currency into the one figures are in.

    Attributes:
        currency: theirs.
        into: the currency figures are in.
        documents: how many documents are in the currency.
        gap: days between two of its rates, or from the last one to the last document, at most; None without any rate.
        first: the day of the first rate; None without any.
        last: the day of the last one.
        too_early: how many documents are of a day before the first rate.
    """

    currency: str
    into: str
    documents: int
    gap: int | None
    first: date | None
    last: date | None
    too_early: int


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
        if one.gap is not None:
            yield (
                f"Exchange rates: {one.currency} has the rates of its documents, up to {one.gap:,} days apart. A "
                f"refresh stops where the last one is older than MAX_RATE_AGE_DAYS, {RATES_HOLD} unless you set it."
            )


def lacking_lines(rates: Sequence[Rates]) -> list[str]:
    """Say which currencies have no exchange rate at all, or none for their first documents: a line each."""
    to_do = (
        "Land a list of rates (grain exchange_rate) or payments/exchange_rates, or give documents their exchange_rate, "
        "in a list's mapping as docs/guide/own_data.md shows it."
    )
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
    return f"{counted(documents, 'document')} {'is' if documents == 1 else 'are'} in {currency}"


def age_needed(rates: Sequence[Rates], settings: Settings, as_of: date) -> int | None:
    """For how many days rates have to hold in a refresh; None where it needn't be told."""
    # What is open on the day is valued then.
    oldest = max((max(one.gap or 0, (as_of - one.last).days) for one in rates if one.last is not None), default=0)
    given = settings.max_rate_age_days
    return max(given or 0, oldest) if given is not None or oldest > RATES_HOLD else None


def rates_of_documents(made: Made, others: Mapping[str, frozenset[str]], into: str | None) -> list[Rates]:
    """Exchange rates of documents, by currency; nothing where a list of rates is landed, or figures are in the one
    currency there is.

    Args:
        made: what was made of the source.
        others: by table, the columns that other sources of the home have filled.
        into: the currency figures are in.
    """
    tables, con = made.extracted.tables, made.extracted.con
    if into is None or COMPANIES not in tables or RATES in others:
        return []
    documents = " union all ".join(
        f"select company_id, currency_code, {day} as day, {_rate(made, name)} as exchange_rate from {tables[name]}"
        for name, day in _DAYS.items()
        if name in tables
    )
    if not documents:
        return []
    given = f"select unnest([from_currency, to_currency]) from {tables[RATES]}" if RATES in tables else "select ''"
    found = con.execute(
        f"with documents as ({documents}), "
        # What a document says of its currency's rate, it says of its company's, too.
        "quoted as (select distinct case when companies.currency_code = $into then documents.currency_code "
        "else companies.currency_code end as currency_code, day from documents "
        f"inner join {tables[COMPANIES]} as companies using (company_id) where exchange_rate is not null "
        "and documents.currency_code <> companies.currency_code "
        "and $into in (documents.currency_code, companies.currency_code)), "
        "foreign_ones as (select currency_code, day from documents "
        f"where currency_code <> $into and currency_code not in ({given})), "
        "gaps as (select *, date_diff('day', day, lead(day, 1, (select max(day) from foreign_ones)) over "
        "(partition by currency_code order by day)) as gap from quoted), "
        "rated as (select currency_code, max(gap) as gap, min(day) as first_day, max(day) as last_day from gaps "
        "group by 1) "
        "select currency_code, $into, count(*), max(gap), max(first_day), max(last_day), "
        "count(*) filter (day < first_day) from foreign_ones left join rated using (currency_code) "
        "group by 1 order by 1",
        {"into": into},
    ).fetchall()
    return [Rates(*one) for one in found]


def _rate(made: Made, table: str) -> str:
    return "exchange_rate" if "exchange_rate" in made.extracted.filled[table] else "null"
