"""What a person is told of a landing: rows a table, what was left out, the tie, which KPIs are fed, what is missing.

Lines of text, made of what the engine found; nothing is read here.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from duebook.adapters.engine.coverage import Coverage, coverage
from duebook.adapters.engine.made import Made
from duebook.adapters.engine.state import Difference
from duebook.adapters.engine.tie import Tie
from duebook.words import counted

# Documents that differ, shown one by one.
MOST_SHOWN = 10
# Longer lists of KPIs are broken.
WIDTH = 120
# For how many days a rate holds, unless the user says.
RATES_HOLD = 7


def made_lines(made: Made) -> Iterator[str]:
    """Say what was made: rows, rows left out, the tie, and why figures may mislead."""
    for table, rows in made.extracted.rows.items():
        if rows:
            yield f"  {table:16} {rows:>10,} row{'' if rows == 1 else 's'}"
    for table, reason, rows in made.extracted.dropped:
        yield f"  left out: {counted(rows, 'row')} of {table}: {reason}"
    yield from tie_lines(made.tie)
    yield from made.warnings


def missing_lines(made: Made) -> Iterator[str]:
    """Say which optional tables, columns or fields the source doesn't have."""
    if made.missing:
        yield _broken(f"Not in the source, and not needed: {', '.join(made.missing)}")


def tie_lines(tie: Tie | None) -> Iterator[str]:
    """Say how open amounts compare with the source's own: totals, then the documents that differ."""
    if tie is None:
        yield "Tie: the source gives no open balances of its own, so none were compared."
        return
    totals = "; ".join(f"{currency} {ours:,.2f} of {theirs:,.2f}" for currency, ours, theirs in tie.totals)
    if tie.is_own_amount and not tie.differences:
        yield (
            f"Tie: {counted(tie.documents, 'document')} of the list are open here with what it says ({totals}). A "
            "list of items is compared with itself and the landing only: compare its total with your ledger's."
        )
        return
    if not tie.differences:
        compared = counted(tie.documents, "document")
        yield f"Tie: open amounts agree with the source's own ({compared} compared; {totals})."
        return
    yield f"Tie: {len(tie.differences):,} of {tie.documents:,} documents differ from the source's own ({totals}):"
    for one in tie.differences[:MOST_SHOWN]:
        yield (
            f"  {one.document_type} {one.document_id}: open with {one.ours:,.2f} {one.currency_code} here, "
            f"{one.theirs:,.2f} in the source"
        )
    if (more := len(tie.differences) - MOST_SHOWN) > 0:
        yield f"  and {more:,} more"


def covered(made: Made, others: Mapping[str, frozenset[str]]) -> list[Coverage]:
    """Say of every KPI whether it is fed by this source together with the others.

    Args:
        made: what this source gives.
        others: by table, the columns that other sources of the home have filled.
    """
    ours = made.extracted.filled
    filled = {table: ours.get(table, frozenset()) | others.get(table, frozenset()) for table in {*ours, *others}}
    return coverage(filled, made.limits)


def coverage_lines(found: Sequence[Coverage]) -> Iterator[str]:
    """Say which KPIs are fed, in part or null, together with those of the same reason, and what would change that."""
    counts = {fed: sum(one.fed == fed for one in found) for fed in ("yes", "partly", "no")}
    yield f"KPIs: {counts['yes']} fed, {counts['partly']} in part, {counts['no']} null."
    limits = list(dict.fromkeys(one.limit for one in found if one.limit))
    for fed, said, more in (("yes", "fed", ""), ("partly", "in part", "for all of it"), ("no", "null", "for these")):
        alike: dict[tuple[str, str], list[str]] = {}
        for one in found:
            if one.fed == fed:
                alike.setdefault((one.instead, one.limit), []).append(one.kpi)
        for (instead, limit), kpis in alike.items():
            to_do = f" ({more}, {instead})" if instead else ""
            note = f" [{limits.index(limit) + 1}]" if limit else ""
            yield _broken(f"  {said}{to_do}{note}: {', '.join(kpis)}")
    for number, limit in enumerate(limits, start=1):
        yield _broken(f"  [{number}] {limit}")


def _broken(line: str) -> str:
    """A line that may be long, with what goes on below indented."""
    return textwrap.fill(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def landed_lines(differences: Mapping[str, Difference]) -> Iterator[str]:
    """Say what was landed, a line a table that had something new."""
    for table, one in differences.items():
        if one.rows:
            yield f"  {table:16} {one.new:>10,} new, {one.changed:,} changed, {one.gone:,} deleted"


@dataclass(frozen=True)
class Rates:
    """Exchange rates that documents bring for one currency into their company's.

    Attributes:
        documents: how many documents are in the currency.
        gap: days between two of its rates, or from the last one to the last document, at most; None without any rate.
        last: the day of the last rate; None without any.
    """

    currency: str
    into: str
    documents: int
    gap: int | None
    last: date | None


def rate_lines(made: Made, others: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Say which currencies have no exchange rates into their company's, or only those of some days: a refresh stops
    where it finds none.
    """
    rates = rates_of_documents(made, others)
    yield from _lacking(rates)
    for one in rates:
        if one.gap is not None:
            yield (
                f"Exchange rates: {one.currency} has the rates of its documents, up to {one.gap:,} days apart. A "
                f"refresh stops where the last one is older than MAX_RATE_AGE_DAYS, {RATES_HOLD} unless you set it."
            )


def without_rates(made: Made, others: Mapping[str, frozenset[str]]) -> list[str]:
    """Say which currencies have no exchange rate at all: a line each."""
    return _lacking(rates_of_documents(made, others))


def _lacking(rates: Sequence[Rates]) -> list[str]:
    return [
        f"Exchange rates: {one.documents:,} documents are in {one.currency} and their company reckons in {one.into}; "
        "without rates a refresh stops. Land a list of rates (grain exchange_rate) or payments/exchange_rates, or give "
        "documents their exchange_rate."
        for one in rates
        if one.gap is None
    ]


def rates_of_documents(made: Made, others: Mapping[str, frozenset[str]]) -> list[Rates]:
    """Exchange rates of documents, by currency; nothing where a list of rates is landed.

    Args:
        made: what was made of the source.
        others: by table, the columns that other sources of the home have filled.
    """
    tables, con = made.extracted.tables, made.extracted.con
    if "companies" not in tables or "exchange_rates" in others:
        return []
    days = {"invoices": "invoice_date", "receipts": "receipt_date", "credit_memos": "credit_memo_date"}
    documents = " union all ".join(
        f"select company_id, currency_code, {day} as day, {_rate(made, name)} as exchange_rate from {tables[name]}"
        for name, day in days.items()
        if name in tables
    )
    if not documents:
        return []
    given = tables.get("exchange_rates")
    rates = f"select from_currency from {given}" if given else "select ''"
    found = con.execute(
        f"with foreign_ones as (select documents.*, companies.currency_code as own from ({documents}) as documents "
        f"inner join {tables['companies']} as companies using (company_id) "
        f"where documents.currency_code <> companies.currency_code and documents.currency_code not in ({rates})), "
        "gaps as (select *, date_diff('day', day, lead(day, 1, (select max(day) from foreign_ones)) over "
        "(partition by currency_code, own order by day)) as gap from foreign_ones where exchange_rate is not null), "
        "rated as (select currency_code, own, max(gap) as gap, max(day) as last from gaps group by 1, 2) "
        "select currency_code, own, count(*), max(rated.gap), max(rated.last) from foreign_ones "
        "left join rated using (currency_code, own) group by 1, 2 order by 1, 2"
    ).fetchall()
    return [Rates(*one) for one in found]


def _rate(made: Made, table: str) -> str:
    return "exchange_rate" if "exchange_rate" in made.extracted.filled[table] else "null"
