"""Random small landings: what hypothesis draws for the property tests.

Here: strategies for one random ledger (a company or two with a handful of documents in every situation the contract
knows), for rates, and for a landing of many ledgers. Not here: what the figures should be (support/oracle).

Every ledger has companies and customers of its own, so that a figure that is wrong names the ledger that shows it.
Amounts have two decimals, rates invert within two, a day's documents name one rate: reporting currency is exact, too.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.support.compiled_models import REPORTING_CURRENCY, load_time
from tests.support.contract import raw_contract
from tests.support.generators.corrections import corrections

Rows = dict[str, list[dict[str, Any]]]


class DrawnLanding(Rows):
    """A landing whose repr is short: hypothesis prints what it drew, and a failing test prints the rows that matter."""

    def __repr__(self) -> str:
        """How many rows there are."""
        return f"<a landing of {sum(map(len, self.values()))} rows>"


HISTORY_DAYS = 420
BOUNDARIES = (0, 1, 30, 31, 60, 61, 90, 91, 120, 121)
FOREIGN_CURRENCIES = ("USD", "GBP")
EXACT_RATES = ("0.5", "2", "0.8", "1.25", "0.4", "2.5", "0.25", "4", "0.2", "5", "1", "0.1", "10")
SEGMENTS = (None, "retail", "public")

amounts = st.one_of(
    st.sampled_from([Decimal("100.00"), Decimal("30.00"), Decimal("0.01"), Decimal("99.99")]),
    st.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100),
)
# What a document may say: now and then nothing.
document_amounts = st.one_of(amounts, amounts, amounts, amounts, st.just(Decimal("0.00")))


def maybe(strategy: st.SearchStrategy, times_in_ten: int = 2) -> st.SearchStrategy:
    """The strategy's values that often, else None."""
    return st.integers(0, 9).flatmap(lambda drawn: strategy if drawn >= 10 - times_in_ten else st.none())


def days(as_of: date) -> st.SearchStrategy[date]:
    """Days of the history and a little beyond the as-of day: month ends, a leap day and the day itself among them."""
    special = [as_of + timedelta(days=offset) for offset in (-31, -1, 0, 1, 10)]
    month_end = as_of.replace(day=1) - timedelta(days=1)
    for _ in range(4):
        special += [month_end, month_end + timedelta(days=1)]
        month_end = month_end.replace(day=1) - timedelta(days=1)
    special += [
        day
        for day in (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1))
        if 0 <= (as_of - day).days < HISTORY_DAYS
    ]
    return st.one_of(
        st.integers(-HISTORY_DAYS, 12).map(lambda offset: as_of + timedelta(days=offset)), st.sampled_from(special)
    )


def days_after(day: date) -> st.SearchStrategy[date]:
    """Mostly days after the given one; now and then a day before it, which the models must move up."""
    return st.one_of(st.integers(0, 150), st.integers(-5, 5)).map(lambda offset: day + timedelta(days=offset))


def due_dates(as_of: date, invoice_date: date) -> st.SearchStrategy[date | None]:
    """Terms after the invoice, a boundary before the as-of day or a month end, or none."""
    ends = (as_of, as_of.replace(day=1) - timedelta(days=1))
    on_a_boundary = [end - timedelta(days=days_late) for end in ends for days_late in BOUNDARIES]
    after_terms = st.sampled_from([0, 14, 30, 60, -3]).map(lambda terms: invoice_date + timedelta(days=terms))
    return st.one_of(after_terms, st.sampled_from(on_a_boundary), after_terms, st.none())


@st.composite
def ledgers(draw: st.DrawFn, number: int, as_of: date) -> Rows:
    """One random ledger: its rows by table, each as it was landed last; revisions are added by ``landings``."""
    name = f"L{number:02d}"
    rows: Rows = {table: [] for table in raw_contract()}
    for suffix in "ab" if draw(st.integers(0, 5)) == 5 else "a":
        rows["companies"].append({"company_id": f"{name}{suffix}", "currency_code": REPORTING_CURRENCY})
    for suffix in "xyz"[: draw(st.integers(1, 3))]:
        rows["customers"].append(
            {
                "customer_id": f"{name}{suffix}",
                "segment": draw(st.sampled_from(SEGMENTS)),
                "payment_terms_days": draw(st.sampled_from([None, 0, 30])),
            }
        )
    currencies = draw(
        st.sampled_from([(REPORTING_CURRENCY,)] * 3 + [("USD",), (REPORTING_CURRENCY, *FOREIGN_CURRENCIES)])
    )

    says_more = draw(st.integers(0, 2)) == 2

    def document(table: str, letter: str, place: int, day: date) -> dict[str, Any]:
        key = raw_contract()[table].key[0]
        return {
            "exchange_rate": Decimal(EXACT_RATES[day.toordinal() % len(EXACT_RATES)]) if says_more else None,
            "source_open_amount": draw(document_amounts) if says_more else None,
            key: f"{name}{letter}{place}",
            "company_id": draw(st.sampled_from(rows["companies"]))["company_id"],
            "customer_id": draw(st.sampled_from(rows["customers"]))["customer_id"],
            "currency_code": draw(st.sampled_from(currencies)),
            "amount": draw(document_amounts),
            f"{key.removesuffix('_id')}_date": day,
        }

    for place in range(draw(st.integers(0, 4))):
        invoice = document("invoices", "i", place, draw(days(as_of)))
        invoice |= {
            "invoice_type": draw(
                st.sampled_from([None, "invoice", "invoice", "debit_memo", "finance_charge", "opening_balance"])
            ),
            "is_credit_sale": draw(st.sampled_from([None, True, True, False])),
            "due_date": draw(due_dates(as_of, invoice["invoice_date"])),
            "voided_date": draw(maybe(days_after(invoice["invoice_date"]), 1)),
        }
        rows["invoices"].append(invoice)
        rows["instalments"].extend(draw(_instalments(invoice)))
    for place in range(draw(st.integers(0, 2))):
        memo = document("credit_memos", "m", place, draw(days(as_of)))
        memo["memo_type"] = draw(st.sampled_from([None, "credit_memo", "opening_credit"]))
        memo["voided_date"] = draw(maybe(days_after(memo["credit_memo_date"]), 2))
        rows["credit_memos"].append(memo)
    for place in range(draw(st.integers(0, 3))):
        receipt = document("receipts", "r", place, draw(days(as_of)))
        receipt["reversed_date"] = draw(maybe(days_after(receipt["receipt_date"]), 2))
        receipt["customer_id"] = draw(st.sampled_from([receipt["customer_id"]] * 6 + [None]))
        rows["receipts"].append(receipt)
    _add_movements(draw, name, rows)
    _break_a_reference(draw, rows)
    return rows


@st.composite
def _instalments(draw: st.DrawFn, invoice: dict[str, Any]) -> list[dict[str, Any]]:
    """No instalments, or two or three; now and then ones that don't add up."""
    count = draw(st.sampled_from([0, 0, 2, 3]))
    cents = int(invoice["amount"] * 100)
    if count == 0 or cents < count:
        return []
    shares = [cents // count] * (count - 1)
    shares.append(cents - sum(shares) + draw(st.sampled_from([0, 0, 0, 0, 1, -1]) if cents > count else st.just(0)))
    first = draw(st.sampled_from([-20, 0, 15]))
    gap = draw(st.sampled_from([0, 1, 30, 31]))
    order = draw(st.permutations(range(count)))
    return [
        {
            "instalment_id": f"{invoice['invoice_id']}p{place}",
            "invoice_id": invoice["invoice_id"],
            "due_date": invoice["invoice_date"] + timedelta(days=first + gap * turn),
            "amount": Decimal(share) / 100,
        }
        for place, (share, turn) in enumerate(zip(shares, order, strict=True))
        if share > 0
    ]


def _add_movements(draw: st.DrawFn, name: str, rows: Rows) -> None:
    """Applications, refunds, reversals and adjustments of the ledger's documents, sensible or not."""
    sources = [{"receipt_id": row["receipt_id"]} | row for row in rows["receipts"]]
    sources += [{"credit_memo_id": row["credit_memo_id"]} | row for row in rows["credit_memos"]]
    for place in range(draw(st.integers(0, 4)) if sources and rows["invoices"] else 0):
        source, invoice = draw(st.sampled_from(sources)), draw(st.sampled_from(rows["invoices"]))
        applied = draw(days_after(max(_day_of(source), invoice["invoice_date"])))
        smaller = min(invoice["amount"], source["amount"])
        amount = st.sampled_from([invoice["amount"], source["amount"], smaller, Decimal("20.00"), Decimal("-5.00")])
        foreign = source["currency_code"] != invoice["currency_code"]
        rows["applications"].append(
            {
                "application_id": f"{name}a{place}",
                "receipt_id": source.get("receipt_id"),
                "credit_memo_id": source.get("credit_memo_id"),
                "invoice_id": invoice["invoice_id"],
                "applied_date": applied,
                "amount": draw(amount),
                "discount_amount": draw(st.sampled_from([None, None, Decimal(0), Decimal("0.50")])),
                "source_amount": draw(amounts) if foreign or draw(st.integers(0, 9)) == 9 else None,
                "unapplied_date": draw(maybe(days_after(applied), 2)),
                "rule": draw(st.sampled_from([None, "reference", "amount_oldest", "oldest_first", "parts_as_one"])),
            }
        )
    for place in range(draw(st.sampled_from([0, 0, 1, 2])) if rows["applications"] else 0):
        rows["applications"].extend(draw(corrections(f"{name}k{place}", rows)))
    for place in range(draw(st.integers(0, 1)) if sources else 0):
        source = draw(st.sampled_from(sources))
        rows["refunds"].append(
            {
                "refund_id": f"{name}f{place}",
                "receipt_id": source.get("receipt_id"),
                "credit_memo_id": source.get("credit_memo_id"),
                "refund_date": draw(days_after(_day_of(source))),
                "amount": draw(st.sampled_from([source["amount"], Decimal("5.00")])),
            }
        )
    for place in range(draw(st.sampled_from([0, 0, 1, 2])) if rows["receipts"] else 0):
        receipt = draw(st.sampled_from(rows["receipts"]))
        part = (receipt["amount"] / 3).quantize(Decimal("0.01"))
        rows["reversals"].append(
            {
                "reversal_id": f"{name}v{place}",
                "receipt_id": receipt["receipt_id"],
                "reversal_date": draw(days_after(receipt["receipt_date"])),
                "amount": max(draw(st.sampled_from([part, part, receipt["amount"], Decimal("7.50")])), Decimal("0.01")),
            }
        )
    for place in range(draw(st.integers(0, 2)) if rows["invoices"] else 0):
        invoice = draw(st.sampled_from(rows["invoices"]))
        kind, sign = draw(
            st.sampled_from(
                [
                    ("write_off", -1),
                    ("write_off", -1),
                    ("write_off_reversal", 1),
                    ("discount", -1),
                    ("discount", 1),
                    ("small_balance", -1),
                    ("finance_charge", 1),
                    ("other", 1),
                    ("other", -1),
                ]
            )
        )
        rows["adjustments"].append(
            {
                "adjustment_id": f"{name}j{place}",
                "invoice_id": invoice["invoice_id"],
                "adjustment_date": draw(days_after(invoice["invoice_date"])),
                "adjustment_type": kind,
                "amount": sign * draw(st.sampled_from([invoice["amount"], Decimal("0.01"), Decimal("7.50")])),
            }
        )


def _day_of(document: dict[str, Any]) -> date:
    return document.get("receipt_date") or document["credit_memo_date"]


def _break_a_reference(draw: st.DrawFn, rows: Rows) -> None:
    """Now and then a row names a partner that never landed: it, and what hangs on it, must wait."""
    column = draw(maybe(st.sampled_from(["company_id", "customer_id", "invoice_id", "receipt_id"]), 1))
    tables = {
        "company_id": ["invoices", "receipts", "credit_memos"],
        "customer_id": ["invoices", "receipts", "credit_memos"],
        "invoice_id": ["applications", "adjustments", "instalments"],
        "receipt_id": ["applications", "refunds", "reversals"],
    }
    candidates = [row for table in tables.get(column, ()) for row in rows[table] if row.get(column)]
    if candidates:
        draw(st.sampled_from(candidates))[column] = "never landed"


@st.composite
def exchange_rates(draw: st.DrawFn, as_of: date) -> list[dict[str, Any]]:
    """Rates of every foreign currency over the whole history, direct and inverse by turns, up to seven days apart."""
    rows = []
    for currency in FOREIGN_CURRENCIES:
        pattern = draw(
            st.lists(st.tuples(st.integers(1, 7), st.sampled_from(EXACT_RATES), st.booleans()), min_size=3, max_size=8)
        )
        day, turn = as_of - timedelta(days=HISTORY_DAYS + 40), 0
        while day <= as_of + timedelta(days=10):
            gap, rate, direct = pattern[turn % len(pattern)]
            pair = (currency, REPORTING_CURRENCY) if direct else (REPORTING_CURRENCY, currency)
            rows.append({"rate_date": day, "from_currency": pair[0], "to_currency": pair[1], "rate": Decimal(rate)})
            day, turn = day + timedelta(days=gap), turn + 1
    return rows


@st.composite
def staff(draw: st.DrawFn, as_of: date, customers: Sequence[str]) -> Rows:
    """A few employees, each with one period after another, and the customers they look after."""
    rows: Rows = {"employees": [], "assignments": []}
    for place in range(draw(st.integers(0, 4))):
        employee, day = f"E{place}", draw(days(as_of))
        for _ in range(draw(st.integers(1, 3))):
            length = draw(st.sampled_from([0, 20, 60, 200, None]))
            rows["employees"].append(
                {
                    "employee_id": employee,
                    "valid_from": day,
                    "valid_to": None if length is None else day + timedelta(days=length),
                    "team": draw(st.sampled_from(["north", "south", None])),
                    "role": draw(st.sampled_from(["collector", "credit_analyst", "sales"])),
                    "fte": draw(st.sampled_from([Decimal("1"), Decimal("0.5"), Decimal("0.8"), Decimal("0")])),
                    "process_share": draw(st.sampled_from([None, Decimal("1"), Decimal("0.25")])),
                }
            )
            if length is None:
                break
            day += timedelta(days=length + draw(st.sampled_from([1, 1, 15])))
        looked_after = st.lists(st.sampled_from(customers), max_size=4, unique=True) if customers else st.just([])
        for customer in draw(looked_after):
            since = draw(days(as_of))
            until = draw(maybe(st.integers(0, 200).map(lambda length, since=since: since + timedelta(days=length)), 5))
            rows["assignments"].append(
                {"customer_id": customer, "employee_id": employee, "valid_from": since, "valid_to": until}
            )
    return rows


@st.composite
def with_earlier_versions(
    draw: st.DrawFn, landed: list[tuple[str, dict[str, Any]]], as_of: date
) -> list[tuple[str, dict[str, Any]]]:
    """Before some rows earlier versions of them: documents that were due on another day, customers with other terms.

    They say when they were changed and recorded, or both, or neither; now and then an older one lands last.
    """
    told: list[tuple[str, dict[str, Any]]] = []
    for table, row in landed:
        column = {"customers": "payment_terms_days", "invoices": "due_date", "instalments": "due_date"}.get(table)
        count = draw(st.sampled_from([0, 0, 0, 1, 2])) if column else 0
        versions = [(table, dict(row)) for _ in range(count)] + [(table, row)]
        if count and column:
            says = draw(st.sampled_from([("updated_at", "recorded_at")] * 3 + [("recorded_at",), ("updated_at",), ()]))
            moments = sorted(draw(st.lists(days(as_of), min_size=count + 1, max_size=count + 1)))
            for place, ((_, version), day) in enumerate(zip(versions, moments, strict=True)):
                version |= dict.fromkeys(says, datetime(day.year, day.month, day.day, 9, place))
            for _, version in versions[:-1]:
                issued = row.get("invoice_date") or row.get("due_date") or as_of
                values = st.sampled_from([None, 0, 14, 60]) if table == "customers" else due_dates(as_of, issued)
                value = draw(values)
                version[column] = row["due_date"] if table == "instalments" and value is None else value
            if "updated_at" in says and draw(st.integers(0, 3)) == 3:
                versions.reverse()
        told.extend(versions)
    return told


REVISIONS = ("stale", "stale same time", "stale no time", "gone", "gone no time", "back")


@st.composite
def revised(draw: st.DrawFn, rows: Rows, as_of: date) -> list[tuple[str, dict[str, Any]]]:
    """The ledger's rows in the order they land: some with older versions, tombstones, or late recordings."""
    latest = [(table, dict(row)) for table, its_rows in rows.items() for row in its_rows]
    landed = draw(with_earlier_versions(latest, as_of))
    changed_at = datetime(as_of.year, as_of.month, 1, 8)
    for _ in range(draw(st.integers(0, 3))):
        table, row = landed[draw(st.integers(0, len(landed) - 1))]
        if row.get("updated_at") or row.get("is_deleted"):
            continue
        kind, other_amount = draw(st.sampled_from(REVISIONS)), draw(amounts)
        stale = dict(row)
        if "amount" in stale:
            stale["amount"] = other_amount.copy_sign(stale["amount"])
        before = landed.index((table, row))
        tombstone = {column: row[column] for column in raw_contract()[table].key} | {"is_deleted": True}
        if kind == "stale":
            row["updated_at"], stale["updated_at"] = changed_at, changed_at - timedelta(seconds=1)
            landed.append((table, stale))
        elif kind == "stale same time":
            row["updated_at"] = stale["updated_at"] = changed_at
            landed.insert(before, (table, stale))
        elif kind == "stale no time":
            row["updated_at"] = changed_at
            landed.append((table, stale))
        elif kind == "gone":
            row["updated_at"], tombstone["updated_at"] = changed_at, changed_at + timedelta(seconds=1)
            landed.insert(before, (table, tombstone))
        elif kind == "gone no time":
            landed.append((table, tombstone))
        else:
            row["updated_at"], tombstone["updated_at"] = changed_at, changed_at - timedelta(days=1)
            landed.append((table, tombstone))
    for _ in range(draw(st.integers(0, 3))):
        _, row = landed[draw(st.integers(0, len(landed) - 1))]
        row["recorded_at"] = load_time(as_of) + timedelta(days=draw(st.sampled_from([-200, -1, 0, 1, 30])))
    return landed


def landed_in_order(rows: Sequence[tuple[str, dict[str, Any]]], as_of: date) -> Rows:
    """Rows by table, numbered as the loader numbers them: one file, in the order given."""
    landing = DrawnLanding({table: [] for table in raw_contract()})
    for place, (table, row) in enumerate(rows, start=1):
        landing[table].append(
            {"loaded_at": load_time(as_of)} | row | {"source_file_number": 1, "source_row": place, "load_id": "1"}
        )
    return landing


@st.composite
def landings(draw: st.DrawFn, as_of: date, ledger_count: int) -> Rows:
    """A landing of many random ledgers."""
    landed: list[tuple[str, dict[str, Any]]] = []
    for number in range(ledger_count):
        landed.extend(draw(revised(draw(ledgers(number, as_of)), as_of)))
    customers = sorted({row["customer_id"] for table, row in landed if table == "customers"})
    for table, its_rows in draw(staff(as_of, customers)).items():
        landed.extend((table, row) for row in its_rows)
    landed.extend(("exchange_rates", row) for row in draw(exchange_rates(as_of)))
    return landed_in_order(landed, as_of)
