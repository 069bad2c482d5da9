"""Random contact logs, cases, surveys, wishes and placements on top of random ledgers.

Here: strategies for what the rules on contacting, the service KPIs and customers' risk look at. Not here: ledgers
(ledgers.py), promises and disputes (collections.py).

Contacts crowd into a few days around a scene (a day the clocks change, the as-of day), at the hours at which a rule
turns: so that windows fill up, and days and hours just inside and just outside are hit.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.support.compiled_models import REPORTING_CURRENCY
from tests.support.contract import raw_contract
from tests.support.generators.collections import EMPLOYEES, assignments, disputes, promises
from tests.support.generators.ledgers import (
    FOREIGN_CURRENCIES,
    Rows,
    exchange_rates,
    landed_in_order,
    ledgers,
    maybe,
    revised,
    staff,
)

ZONES = (None, "America/New_York", "America/New_York; America/Los_Angeles", "Asia/Tokyo", "Mars/Base;Europe/Berlin", "")
CLOCKS_CHANGE = (date(2023, 3, 12), date(2023, 11, 5), date(2025, 3, 9), date(2025, 11, 2))
CALL_OUTCOMES = ("voicemail", "voicemail", "no_answer", "busy", "callback_requested", "promise_to_pay", "third_party")
OUTCOMES = {
    "phone": CALL_OUTCOMES,
    "visit": ("nobody_there", "refused_to_pay"),
    "email": ("delivered", "delivered", "undeliverable", "replied"),
    "sms": ("delivered", "undeliverable"),
    "letter": ("delivered", "undeliverable"),
    "portal": ("delivered", "replied"),
}
NOTICES = (None, None, "validation", "validation", "reminder", "collection_ended", "opt_out_confirmation")
# In UTC: eight and nine o'clock of New York, Los Angeles, Tokyo and Berlin, in summer and winter, and midnights.
TURNS = (0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 15, 16, 19, 20, 23)

times = st.builds(
    lambda hour, seconds: (datetime(2000, 1, 2, hour) + timedelta(seconds=seconds)).time(),
    st.sampled_from(TURNS),
    st.sampled_from([-1, 0, 0, 1, 1800]),
)


def scenes(as_of: date) -> st.SearchStrategy[date]:
    """Days around which much happens."""
    near = [as_of, as_of - timedelta(days=4), as_of - timedelta(days=40)]
    return st.sampled_from(near + [day for day in CLOCKS_CHANGE if 0 < (as_of - day).days < 400])


def moments(scene: date, spread: int = 9) -> st.SearchStrategy[datetime]:
    """Times around the scene."""
    return st.builds(lambda day, at: datetime.combine(scene + timedelta(days=day), at), st.integers(-2, spread), times)


@st.composite
def contacts(draw: st.DrawFn, name: str, scene: date, customers: Sequence[str], invoices: Sequence[str]) -> list[dict]:
    """Many contacts of one customer about one debt, and some of others."""
    usual = draw(st.sampled_from(customers))
    debts = [draw(st.sampled_from([None, *invoices]))] * 5 + [None, *invoices]
    rows = []
    for place in range(draw(st.sampled_from([0, 2, 6, 16]))):
        channel = draw(st.sampled_from(["phone"] * 6 + list(OUTCOMES)))
        rows.append(
            {
                "activity_id": f"{name}v{place:02d}",
                "occurred_at": draw(moments(scene)),
                "customer_id": draw(st.sampled_from([usual] * 5 + list(customers))),
                "employee_id": draw(st.sampled_from([None, *EMPLOYEES])),
                "invoice_id": draw(st.sampled_from(debts)),
                "case_id": draw(st.sampled_from([None, f"{name}k0", f"{name}k1"])),
                "channel": channel,
                "direction": draw(st.sampled_from(["outbound"] * 4 + ["inbound"])),
                "outcome": draw(st.sampled_from(OUTCOMES[channel])),
                "is_conversation": draw(st.sampled_from([None, None, True, False])),
                "notice_type": draw(st.sampled_from(NOTICES)),
                "has_opt_out_text": draw(st.sampled_from([None, True, False])),
            }
        )
    return rows


@st.composite
def wishes(draw: st.DrawFn, scene: date, customers: Sequence[str]) -> list[dict[str, Any]]:
    """What customers wish for: also at the second of a contact, for a while, or the contrary of before."""
    keys = st.tuples(st.sampled_from(customers), st.sampled_from(["all", "phone", "email", "sms"]), moments(scene))
    rows = []
    for customer, channel, received in draw(st.lists(keys, max_size=3, unique=True)):
        ends = draw(maybe(st.sampled_from([timedelta(days=1), timedelta(days=7), timedelta(days=200)]), 4))
        rows.append(
            {
                "customer_id": customer,
                "channel": channel,
                "received_at": received,
                "preference": draw(st.sampled_from(["consent", "consent", "stop", "cease"])),
                "expires_at": ends and received + ends,
            }
        )
    return rows


@st.composite
def placements(draw: st.DrawFn, name: str, scene: date, invoices: Sequence[str]) -> list[dict[str, Any]]:
    """Debts with a third party, now and then twice."""
    rows = []
    for place in range(draw(st.integers(0, 3)) if invoices else 0):
        placed = scene + timedelta(days=draw(st.sampled_from([-30, 0, 3])))
        recalled = draw(maybe(st.sampled_from([0, 2, 40]).map(lambda days, placed=placed: placed + timedelta(days)), 4))
        invoice_id = draw(st.sampled_from(invoices))
        key = {"placement_id": f"{name}z{place}", "invoice_id": invoice_id}
        rows.append(key | {"placed_date": placed, "recalled_date": recalled})
    return rows


@st.composite
def cases(draw: st.DrawFn, name: str, scene: date, customers: Sequence[str]) -> list[dict[str, Any]]:
    """Two cases about which there are contacts; reopened on the last day that counts, or the day after."""
    rows = []
    for place in range(2):
        opened = draw(moments(scene, 2))
        closed = draw(maybe(moments(scene, 6).map(lambda at, opened=opened: max(at, opened)), 7))
        back = st.sampled_from([timedelta(days=14), timedelta(days=15), timedelta(days=14, hours=23)])
        rows.append(
            {
                "case_id": f"{name}k{place}",
                "customer_id": draw(st.sampled_from(customers)),
                "opened_at": opened,
                "closed_at": closed,
                "reopened_at": closed and draw(maybe(back.map(lambda later, closed=closed: closed + later), 4)),
            }
        )
    return rows


@st.composite
def surveys(draw: st.DrawFn, name: str, scene: date, customers: Sequence[str]) -> list[dict[str, Any]]:
    """Up to three surveys, answered or not, also half: a time without a score."""
    rows = []
    for place in range(draw(st.integers(0, 3))):
        sent = draw(moments(scene, 3))
        rows.append(
            {
                "survey_id": f"{name}q{place}",
                "customer_id": draw(st.sampled_from(customers)),
                "sent_at": sent,
                "responded_at": draw(maybe(st.sampled_from([0, 1, 30]).map(lambda d, s=sent: s + timedelta(d)), 7)),
                "score": draw(st.sampled_from([None, 1, 3, 4, 5])),
            }
        )
    return rows


@st.composite
def cards(draw: st.DrawFn) -> dict[str, Any]:
    """What of a customer's card the rules and the risk look at."""
    return {
        "timezones": draw(st.sampled_from(ZONES)),
        "is_consumer": draw(st.sampled_from([True, True, False, None])),
        "credit_limit": draw(st.sampled_from([None, Decimal(0), Decimal(50), Decimal(100), Decimal(1000)])),
        "currency_code": draw(st.sampled_from([None, REPORTING_CURRENCY, *FOREIGN_CURRENCIES])),
    }


@st.composite
def costs(draw: st.DrawFn, as_of: date, companies: Sequence[str]) -> list[dict[str, Any]]:
    """Costs of some companies in some months, also after the as-of day's."""
    months = [(as_of.replace(day=1) - timedelta(days=31 * back)).replace(day=1) for back in (-1, 0, 1, 2)]
    return [
        {
            "company_id": company,
            "month": month,
            "cost_type": kind,
            "currency_code": draw(st.sampled_from([REPORTING_CURRENCY, "USD"])),
            "amount": draw(st.sampled_from([Decimal("12.50"), Decimal("100.00"), Decimal("0.40")])),
        }
        for company in companies
        for month in months
        for kind in draw(st.lists(st.sampled_from(["salaries", "software"]), unique=True))
    ]


@st.composite
def service_landings(draw: st.DrawFn, as_of: date, ledger_count: int) -> Rows:
    """A landing of many random ledgers with their contacts and what comes of them."""
    landed: list[tuple[str, dict[str, Any]]] = []
    # Some sources say of nobody whether it is a person; in others an absent answer is one of many.
    is_silent = draw(st.sampled_from([False, False, True]))
    for number in range(ledger_count):
        rows = draw(ledgers(number, as_of))
        name, scene = f"L{number:02d}", draw(scenes(as_of))
        rows["customers"] = [
            row | draw(cards()) | ({"is_consumer": None} if is_silent else {}) for row in rows["customers"]
        ]
        customers = [row["customer_id"] for row in rows["customers"]]
        invoices = [row["invoice_id"] for row in rows["invoices"]]
        rows["activities"] = draw(contacts(name, scene, customers, invoices))
        rows["contact_preferences"] = draw(wishes(scene, customers))
        rows["placements"] = draw(placements(name, scene, invoices))
        rows["cases"] = draw(cases(name, scene, customers))
        rows["surveys"] = draw(surveys(name, scene, customers))
        rows["disputes"] = draw(disputes(name, rows["invoices"]))
        rows["promises"] = draw(promises(name, as_of, rows))
        rows["process_costs"] = draw(costs(as_of, [row["company_id"] for row in rows["companies"]]))
        landed.extend(draw(revised(rows, as_of)))
    customers = sorted({row["customer_id"] for table, row in landed if table == "customers"})
    employed = draw(staff(as_of, customers))
    employed["assignments"] += draw(assignments(as_of, customers))
    landed.extend((table, row) for table in raw_contract() for row in employed.get(table, ()))
    landed.extend(("exchange_rates", row) for row in draw(exchange_rates(as_of)))
    return landed_in_order(landed, as_of)
