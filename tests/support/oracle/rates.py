"""The rate of a day: the last one on or before it, direct or inverse, not too old; never 1.0 for want of one.

Where none is landed for a day and pair, the documents of the first file that has any make one.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from tests.support.oracle.landing import Facts, Landing, recorded

DOCUMENT_DAYS = {"invoices": "invoice_date", "credit_memos": "credit_memo_date", "receipts": "receipt_date"}


class MissingRateError(Exception):
    """No usable rate: names the day and the pair."""


class Rates:
    """Rates into the reporting currency."""

    def __init__(
        self, facts: Facts, reporting_currency: str, max_age_days: int = 7, of_documents: Sequence[dict[str, Any]] = ()
    ) -> None:
        """Take the facts' rates and those of documents; one older than ``max_age_days`` is none."""
        self.reporting_currency = reporting_currency
        self.max_age_days = max_age_days
        landed = {(row["rate_date"], _pair(row)) for row in facts["exchange_rates"]}
        made = [row for row in of_documents if (row["rate_date"], _pair(row)) not in landed]
        self._rows = [*facts["exchange_rates"], *made]

    def rate(self, currency: str, day: date) -> Fraction:
        """Units of the reporting currency for one unit of the currency on the day."""
        if currency == self.reporting_currency:
            return Fraction(1)
        usable = []  # (day of the rate, whether direct, rate): the last one wins, and of one day the direct one
        for row in self._rows:
            if not 0 <= (day - row["rate_date"]).days <= self.max_age_days:
                continue
            pair = (row["from_currency"], row["to_currency"])
            if pair == (currency, self.reporting_currency):
                usable.append((row["rate_date"], True, Fraction(row["rate"])))
            if pair == (self.reporting_currency, currency):
                usable.append((row["rate_date"], False, 1 / Fraction(row["rate"])))
        if not usable:
            raise MissingRateError(f"no rate from {currency} to {self.reporting_currency} for {day}")
        return max(usable)[2]


def _pair(row: dict[str, Any]) -> frozenset[str]:
    return frozenset({row["from_currency"], row["to_currency"]})


def rates_of_documents(facts: Facts, landing: Landing, known_as_of: date | None = None) -> list[dict[str, Any]]:
    """The rate of every day and pair whose documents name one, to twelve decimals.

    Every landed version of a document counts, from the file that brought it or its company's currency.
    """

    def known(table: str) -> list[dict[str, Any]]:
        rows = [row for row in landing.get(table, ()) if not row.get("is_deleted")]
        return [row for row in rows if known_as_of is None or recorded(row).date() <= known_as_of]

    currencies = {row["company_id"]: row["currency_code"] for row in facts["companies"]}
    by_day = defaultdict(list)
    for table, day in DOCUMENT_DAYS.items():
        for row in known(table):
            currency = currencies.get(row["company_id"])
            if row.get("exchange_rate") is None or currency in (None, row["currency_code"]):
                continue
            company = min(
                each["source_file_number"]
                for each in known("companies")
                if (each["company_id"], each["currency_code"]) == (row["company_id"], currency)
            )
            file = max(row["source_file_number"], company)
            by_day[row[day], row["currency_code"], currency].append((file, Fraction(row["exchange_rate"])))
    rates = []
    for (day, from_currency, to_currency), offered in by_day.items():
        of_first = [rate for file, rate in offered if file == min(offered)[0]]
        rate = round(sum(of_first) / len(of_first), 12)
        rates.append({"rate_date": day, "from_currency": from_currency, "to_currency": to_currency, "rate": rate})
    return rates
