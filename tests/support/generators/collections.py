"""Random contacts, promises, disputes and staff on top of random ledgers.

Here: strategies for what collecting leaves behind. Not here: ledgers themselves (ledgers.py).

Promises are drawn around the ledger's cash and disputes around its invoices: days and amounts just inside and just
outside of what counts, several at once, so that they compete for the same cash.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.support.contract import raw_contract
from tests.support.generators.corrections import corrections
from tests.support.generators.ledgers import (
    Rows,
    amounts,
    days,
    days_after,
    exchange_rates,
    landed_in_order,
    ledgers,
    maybe,
    revised,
    staff,
)

EMPLOYEES = ("E0", "E1", "E2", "E3")
OUTCOMES = ("no_answer", "wrong_number", "promise_to_pay", "spoke_no_commitment", "resolved")
CHANNELS = ("phone", "phone", "phone", "email", "visit")


@st.composite
def disputes(draw: st.DrawFn, name: str, invoices: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Up to three disputes of the ledger's invoices, some of them closed, some on the day they were opened."""
    rows = []
    for place in range(draw(st.integers(0, 3)) if invoices else 0):
        dispute = draw(a_dispute(f"{name}d{place}", invoices))
        rows.extend([dispute] if draw(st.integers(0, 2)) else draw(told_again(dispute)))
    return rows


@st.composite
def a_dispute(draw: st.DrawFn, dispute_id: str, invoices: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A dispute of one of the invoices, as it landed last."""
    invoice = draw(st.sampled_from(invoices))
    opened = max(draw(days_after(invoice["invoice_date"])), invoice["invoice_date"])
    return {
        "dispute_id": dispute_id,
        "invoice_id": invoice["invoice_id"],
        "opened_date": opened,
        "closed_date": draw(maybe(days_after(opened), 6)),
        "amount": draw(st.sampled_from([invoice["amount"], Decimal("12.50")])),
        "reason_code": draw(st.sampled_from([None, "pricing", "damaged_goods", "Asha says it broke"])),
        "resolution": draw(st.sampled_from([None, "credited", "paid", "rejected"])),
    }


@st.composite
def told_again(draw: st.DrawFn, dispute: dict[str, Any]) -> list[dict[str, Any]]:
    """Two to five versions of a dispute, told one after another: closed, open again, corrected, or taken back.

    They say when they were changed, or only when they were recorded; now and then they land in another order.
    """
    says, day = draw(st.sampled_from(["updated_at", "updated_at", "recorded_at"])), dispute["opened_date"]
    versions: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(2, 5))):
        day += timedelta(days=draw(st.sampled_from([0, 1, 10, 25, 31])))
        near = max(day + timedelta(days=draw(st.sampled_from([-12, -1, 0, 0, 0, 1, 40]))), dispute["opened_date"])
        closings = [each["closed_date"] for each in versions if each["closed_date"]]
        closed = draw(st.sampled_from([None, None, near, near, *closings[-1:]]))
        opened = near if draw(st.integers(0, 5)) == 5 else dispute["opened_date"]
        amount = draw(st.sampled_from([dispute["amount"], Decimal("7.50")]))
        moment = {says: datetime.combine(day, time(9, len(versions)))}
        versions.append(dispute | {"opened_date": opened, "closed_date": closed, "amount": amount} | moment)
    return draw(st.permutations(versions)) if draw(st.integers(0, 3)) == 3 else versions


@st.composite
def promises(draw: st.DrawFn, name: str, as_of: date, rows: Rows) -> list[dict[str, Any]]:
    """Up to five promises, most of them around the ledger's cash: windows overlap, and their ends are hit."""
    cash = [(row["receipt_date"], row["amount"], row["currency_code"], None) for row in rows["receipts"]]
    currencies = {row["invoice_id"]: row["currency_code"] for row in rows["invoices"]}
    cash += [
        (row["applied_date"], row["amount"], currencies[row["invoice_id"]], row["invoice_id"])
        for row in rows["applications"]
        if row["invoice_id"] in currencies
    ]
    received = {row["receipt_id"]: row["receipt_date"] for row in rows["receipts"]}
    cash += [
        (received[row["receipt_id"]], row["amount"], currencies[row["invoice_id"]], row["invoice_id"])
        for row in rows["applications"]
        if row["invoice_id"] in currencies and row["receipt_id"] in received
    ]
    promised = []
    for place in range(draw(st.integers(0, 5))):
        from_cash = cash and draw(st.integers(0, 4))
        if from_cash:
            day, amount, currency, invoice_id = draw(st.sampled_from(cash))
            due = day + timedelta(days=draw(st.sampled_from([-6, -5, -4, 0, 0, 3, 20])))
            made = day - timedelta(days=draw(st.sampled_from([-1, 0, 1, 5, 30])))
            named = draw(st.sampled_from([invoice_id, None, *currencies]))
            whole = max(amount, Decimal("0.02"))
            amount = draw(st.sampled_from([whole, whole, whole + Decimal("0.01"), whole / 2, Decimal("20.00")]))
        else:
            made = draw(days(as_of))
            due = made + timedelta(days=draw(st.sampled_from([0, 7, 30])))
            currency = draw(st.sampled_from([row["currency_code"] for row in rows["invoices"]] or ["INR"]))
            named, amount = draw(st.sampled_from([None, "never landed"])), draw(amounts)
        promised.append(
            {
                "promise_id": f"{name}o{place}",
                "customer_id": draw(st.sampled_from(rows["customers"]))["customer_id"],
                "invoice_id": named,
                "employee_id": draw(st.sampled_from([None, "E9", *EMPLOYEES])),
                "made_date": made,
                "due_date": max(due, made) if draw(st.integers(0, 9)) else due,
                "amount": amount.quantize(Decimal("0.01")),
                "currency_code": currency,
                "cancelled_date": draw(maybe(days_after(made), 2)),
            }
        )
    return promised


@st.composite
def contested_cash(draw: st.DrawFn, name: str, as_of: date) -> Rows:
    """One customer's small ledger: many promises of a fortnight compete for little cash, discounts and credits."""
    start = as_of - timedelta(days=draw(st.sampled_from([14, 21, 60])))
    near = st.integers(0, 12).map(lambda offset: start + timedelta(days=offset))
    small = st.sampled_from([Decimal(10), Decimal(20), Decimal(30)])
    rows: Rows = {table: [] for table in raw_contract()}
    document = {"company_id": f"{name}a", "customer_id": f"{name}x", "currency_code": "INR"}
    rows["companies"] = [{"company_id": f"{name}a", "currency_code": "INR"}]
    rows["customers"] = [{"customer_id": f"{name}x"}]
    rows["invoices"] = [
        {
            **document,
            "invoice_id": f"{name}i{place}",
            "invoice_date": start - timedelta(days=20),
            "amount": draw(st.sampled_from([Decimal(60), Decimal(30)])),
        }
        for place in range(2)
    ]
    for place in range(draw(st.integers(0, 2))):
        memo = {**document, "credit_memo_id": f"{name}m{place}", "credit_memo_date": draw(near), "amount": draw(small)}
        rows["credit_memos"].append(memo)
        rows["applications"].append(
            {
                "application_id": f"{name}b{place}",
                "credit_memo_id": memo["credit_memo_id"],
                "invoice_id": f"{name}i{draw(st.integers(0, 1))}",
                "applied_date": draw(near),
                "amount": memo["amount"],
                "unapplied_date": draw(maybe(near, 1)),
            }
        )
    for place in range(draw(st.integers(0, 1))):
        rows["adjustments"].append(
            {
                "adjustment_id": f"{name}j{place}",
                "invoice_id": f"{name}i{draw(st.integers(0, 1))}",
                "adjustment_date": draw(near),
                "adjustment_type": draw(st.sampled_from(["discount", "small_balance", "write_off"])),
                "amount": Decimal(-10),
            }
        )
    for place in range(draw(st.integers(1, 3))):
        receipt = {**document, "receipt_id": f"{name}r{place}", "receipt_date": draw(near), "amount": Decimal(40)}
        rows["receipts"].append(receipt | {"reversed_date": draw(maybe(near, 1))})
    for place in range(draw(st.integers(0, 4))):
        rows["applications"].append(
            {
                "application_id": f"{name}a{place}",
                "receipt_id": draw(st.sampled_from(rows["receipts"]))["receipt_id"],
                "invoice_id": f"{name}i{draw(st.integers(0, 1))}",
                "applied_date": draw(near),
                "amount": draw(small),
                "discount_amount": draw(st.sampled_from([None, None, Decimal(10)])),
                "unapplied_date": draw(maybe(near, 1)),
            }
        )
    for place in range(draw(st.integers(0, 2)) if rows["applications"] else 0):
        rows["applications"].extend(draw(corrections(f"{name}k{place}", rows)))
    for place in range(draw(st.integers(0, 2))):
        rows["reversals"].append(
            {
                "reversal_id": f"{name}v{place}",
                "receipt_id": draw(st.sampled_from(rows["receipts"]))["receipt_id"],
                "reversal_date": draw(near) + timedelta(days=draw(st.sampled_from([0, 0, 9]))),
                "amount": draw(small),
            }
        )
    for place in range(draw(st.integers(2, 6))):
        made = draw(near)
        rows["promises"].append(
            {
                "promise_id": f"{name}o{place}",
                "customer_id": f"{name}x",
                "invoice_id": draw(st.sampled_from([None, f"{name}i0", f"{name}i1"])),
                "employee_id": draw(st.sampled_from(EMPLOYEES)),
                "made_date": made,
                "due_date": made + timedelta(days=draw(st.sampled_from([0, 1, 5]))),
                "amount": draw(small),
                "currency_code": "INR",
                "cancelled_date": draw(maybe(near, 1)),
            }
        )
    return rows


@st.composite
def activities(draw: st.DrawFn, name: str, as_of: date, customers: Sequence[str]) -> list[dict[str, Any]]:
    """Up to four contacts, at any time of the day, its first and last second among them."""
    times = st.sampled_from([time(0, 0, 0), time(9, 30), time(23, 59, 59)])
    return [
        {
            "activity_id": f"{name}v{place}",
            "occurred_at": datetime.combine(draw(days(as_of)), draw(times)),
            "customer_id": draw(st.sampled_from(customers)),
            "employee_id": draw(st.sampled_from([None, "E9", *EMPLOYEES])),
            "channel": draw(st.sampled_from(CHANNELS)),
            "direction": draw(st.sampled_from(["outbound", "outbound", "inbound"])),
            "outcome": draw(st.sampled_from(OUTCOMES)),
        }
        for place in range(draw(st.integers(0, 4)))
    ]


@st.composite
def assignments(draw: st.DrawFn, as_of: date, customers: Sequence[str]) -> list[dict[str, Any]]:
    """Who looks after each customer: nobody, one after another, or several at once, also since the same day."""
    rows = []
    for customer in customers:
        since = draw(days(as_of))
        for employee in draw(st.lists(st.sampled_from(EMPLOYEES), max_size=3)):
            until = since + timedelta(days=draw(st.sampled_from([0, 60, 300]))) if draw(st.booleans()) else None
            row = {"customer_id": customer, "employee_id": employee, "valid_from": since, "valid_to": until}
            rows.append(row)
            since += timedelta(days=draw(st.sampled_from([0, 30, -100])))
    return rows


@st.composite
def collections_landings(draw: st.DrawFn, as_of: date, ledger_count: int) -> Rows:
    """A landing of many random ledgers with their disputes, promises and contacts."""
    landed: list[tuple[str, dict[str, Any]]] = []
    for number in range(ledger_count):
        rows = draw(ledgers(number, as_of))
        name, customers = f"L{number:02d}", [row["customer_id"] for row in rows["customers"]]
        rows["disputes"] = draw(disputes(name, rows["invoices"]))
        rows["promises"] = draw(promises(name, as_of, rows))
        rows["activities"] = draw(activities(name, as_of, customers))
        landed.extend(draw(revised(rows, as_of)))
    for number in range(ledger_count // 2):
        its_rows = draw(contested_cash(f"C{number:02d}", as_of))
        landed.extend((table, row) for table, rows in its_rows.items() for row in rows)
    customers = sorted({row["customer_id"] for table, row in landed if table == "customers"})
    employed = draw(staff(as_of, customers))
    employed["assignments"] += draw(assignments(as_of, customers))
    for table in raw_contract():
        landed.extend((table, row) for row in employed.get(table, ()))
    landed.extend(("exchange_rates", row) for row in draw(exchange_rates(as_of)))
    return landed_in_order(landed, as_of)


@st.composite
def disputed_landings(draw: st.DrawFn, as_of: date, ledger_count: int) -> Rows:
    """A landing of many random ledgers in which disputes are told again and again."""
    landed: list[tuple[str, dict[str, Any]]] = []
    for number in range(ledger_count):
        rows = draw(ledgers(number, as_of))
        for place in range(draw(st.integers(1, 3)) if rows["invoices"] else 0):
            dispute = draw(a_dispute(f"L{number:02d}d{place}", rows["invoices"]))
            rows["disputes"].extend(draw(told_again(dispute)))
        landed.extend(draw(revised(rows, as_of)))
    landed.extend(("exchange_rates", row) for row in draw(exchange_rates(as_of)))
    return landed_in_order(landed, as_of)
