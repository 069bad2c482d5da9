"""Landings of many invoices that are paid sooner or later, each customer by a habit: what a forecast learns from.

Here: the rows, drawn from a seed. Not here: ledgers with everything that can happen to one (ledgers.py).
"""

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

Rows = dict[str, list[dict[str, Any]]]

CUSTOMERS = 6
# Weekdays on which most customers pay, Monday 0; the last customer always pays on Thursdays.
PAYING_DAYS = (0, 1, 2, 3, 4)
THURSDAY = 3


def payment_history(seed: int, last_day: date, invoices: int = 240, days: int = 500, habit: bool = True) -> Rows:
    """Invoices of six customers over some days, with what was paid of them until then.

    Args:
        seed: whatever is drawn follows from it.
        last_day: nothing is dated later.
        invoices: how many.
        days: over how many days they are issued.
        habit: whether customers differ in how late they pay; without, all is noise around 30 days.
    """
    draw = random.Random(seed)
    landing: Rows = {
        "companies": [{"company_id": "A"}],
        "customers": [],
        "invoices": [],
        "receipts": [],
        "applications": [],
    }
    for customer in range(CUSTOMERS):
        landing["customers"].append({"customer_id": f"C{customer}", "segment": ("retail", "wholesale")[customer % 2]})
    for number in range(invoices):
        customer = draw.randrange(CUSTOMERS)
        issued = last_day - timedelta(draw.randrange(days))
        due = issued + timedelta(draw.choice((0, 14, 30)) if habit else 30)
        amount = Decimal(draw.randrange(100, 100_000)) / 100
        landing["invoices"].append(
            {
                **{"invoice_id": f"I{number}", "company_id": "A", "customer_id": f"C{customer}"},
                **{"invoice_date": issued, "due_date": due, "currency_code": "INR", "amount": amount},
            }
        )
        late = round(draw.gauss(8 * customer - 10 if habit else 0, 9))
        paid = max(due + timedelta(late), issued)
        while paid.weekday() not in ((THURSDAY,) if customer == CUSTOMERS - 1 else PAYING_DAYS):
            paid += timedelta(1)
        if paid <= last_day and draw.random() < 0.95:
            receipt = {"receipt_id": f"R{number}", "company_id": "A", "customer_id": f"C{customer}"}
            landing["receipts"].append(receipt | {"receipt_date": paid, "currency_code": "INR", "amount": amount})
            landing["applications"].append(
                {
                    **{"application_id": f"P{number}", "receipt_id": f"R{number}", "invoice_id": f"I{number}"},
                    **{"applied_date": paid, "amount": amount if draw.random() < 0.9 else Decimal(1)},
                }
            )
    return _landed(landing, last_day)


def history_with_losses(seed: int, last_day: date) -> Rows:
    """Payments, and write-offs of what isn't paid, some of them taken back; much is recorded late."""
    landing = payment_history(seed, last_day)
    draw = random.Random(seed)
    paid = {row["invoice_id"] for row in landing["applications"] if row["amount"] > 1}
    landing["adjustments"] = []
    for row in landing["invoices"]:
        if row["invoice_id"] in paid:
            continue
        day = row["due_date"] + timedelta(draw.randrange(20, 200))
        for kind, sign, later in (("write_off", -1, 0), ("write_off_reversal", 1, 30))[: draw.choice((1, 1, 1, 2))]:
            adjusted = day + timedelta(later)
            if adjusted <= last_day:
                amount = (row["amount"] / draw.choice((1, 1, 4))).quantize(Decimal("0.01")) - Decimal(1)
                landing["adjustments"].append(
                    {
                        **{"adjustment_id": f"{kind}{row['invoice_id']}", "invoice_id": row["invoice_id"]},
                        **{"adjustment_date": adjusted, "adjustment_type": kind, "amount": sign * abs(amount)},
                        **{"source_file_number": 9, "source_row": len(landing["adjustments"]) + 1},
                        "loaded_at": datetime.combine(adjusted, datetime.min.time()),
                    }
                )
    landed: dict[str, datetime] = {}
    for table in ("invoices", "adjustments", "applications"):
        for row in landing[table]:
            # No row lands before the invoice it is about: it would wait in quarantine.
            late = row["loaded_at"] + timedelta(draw.choice((0, 0, 1, 4, 5, 6, 20, 60)))
            row["loaded_at"] = landed[row["invoice_id"]] = max(late, landed.get(row["invoice_id"], late))
    return landing


def _landed(landing: Rows, last_day: date) -> Rows:
    """Each row is learnt on its own day, at noon."""
    dated = {"invoices": "invoice_date", "receipts": "receipt_date", "applications": "applied_date"}
    for number, (table, rows) in enumerate(landing.items(), start=1):
        for place, row in enumerate(rows, start=1):
            day = row[dated[table]] if table in dated else last_day - timedelta(3650)
            row |= {"source_file_number": number, "source_row": place, "loaded_at": datetime.combine(day, time(12))}
    return landing
