"""The rate of a day: the last one on or before it, direct or inverse, not too old; never 1.0 for want of one."""

from datetime import date
from fractions import Fraction

from tests.support.oracle.landing import Facts


class MissingRateError(Exception):
    """No usable rate: names the day and the pair."""


class Rates:
    """Rates into the reporting currency."""

    def __init__(self, facts: Facts, reporting_currency: str, max_age_days: int = 7) -> None:
        """Take the facts' rates; one older than ``max_age_days`` on the day asked for is none."""
        self.reporting_currency = reporting_currency
        self.max_age_days = max_age_days
        self._rows = facts["exchange_rates"]

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
