"""Items and their dated changes: the table of events in the design, row by row.

Here: what changes which item by how much on which day, and what each change counts as in the roll-forward. Not here:
sums of any kind (balances.py).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.support.oracle.landing import UNIDENTIFIED, Facts, recorded, version_order
from tests.support.oracle.uses import Reopening

SALES = ("invoice", "debit_memo")
UNASSIGNED = "unassigned"

# The roll-forward's columns, and whether a positive figure there raises (+1) or lowers (-1) the balance.
FLOWS = {
    "invoiced": 1,
    "credited": -1,
    "voided": -1,
    "cash_received": -1,
    "cash_reversed": 1,
    "refunded": 1,
    "discounts": -1,
    "written_off": -1,
    "write_offs_reversed": 1,
    "other_adjustments": 1,
    "transferred": 1,
}
ADJUSTMENT_FLOWS = {"write_off": "written_off", "write_off_reversal": "write_offs_reversed", "discount": "discounts"}


def segment_of(customer_id: str, segment: str | None) -> str:
    """The segment a customer is in, by what was landed of it."""
    return UNIDENTIFIED if customer_id == UNIDENTIFIED else segment or UNASSIGNED


@dataclass(frozen=True)
class Part:
    """An instalment, or the whole of an invoice: its amount, and its due dates by the day each was recorded."""

    key: str
    amount: Decimal
    due_dates: tuple[tuple[date, date | None], ...]

    def due_date_on(self, day: date) -> date | None:
        """The due date in force: of the versions recorded by the day the latest, before all of them the first day's.

        ``due_dates`` are in the order of the versions.
        """
        by_then = max(day, min(recorded_on for recorded_on, _ in self.due_dates))
        return [due_date for recorded_on, due_date in self.due_dates if recorded_on <= by_then][-1]


@dataclass(frozen=True, eq=False)
class Item:
    """An open item: an invoice (``whole``; ``parts``: its instalments, or it), a receipt or a credit memo."""

    kind: str
    item_id: str
    company_id: str
    customer_id: str
    segment: str
    currency_code: str
    opened: date
    parts: tuple[Part, ...] = ()
    whole: Part | None = None
    is_sale: bool = False

    def parts_on(self, day: date) -> list[Part]:
        """The parts earliest due first, by the due dates in force on the day."""

        def place(part: Part) -> tuple[bool, date, str]:
            due_date = part.due_date_on(day)
            return due_date is None, due_date or date.min, part.key

        return sorted(self.parts, key=place)


@dataclass(frozen=True, eq=False)
class Change:
    """One change of one item, transaction currency; ``is_sale`` when it counts in net credit sales.

    ``is_taken_over`` when it is of a balance or credit taken over from an old system.
    ``source`` is the landed row that says so: its table, its key and which of the row's changes this is.
    ``applied_day`` is the day an application (``application_id``) took effect, also of what undoes it or a part of it;
    ``received_day`` is that of the receipt or memo.
    """

    item: Item
    day: date
    amount: Decimal
    flow: str
    is_sale: bool = False
    is_taken_over: bool = False
    applied_from: str | None = None
    source: tuple[str, str, str] = ("", "", "")
    applied_day: date | None = None
    received_day: date | None = None
    application_id: str | None = None
    is_undoing: bool = False


@dataclass(frozen=True)
class Ledger:
    """Every item and every change up to the as-of day."""

    items: tuple[Item, ...]
    changes: tuple[Change, ...]
    as_of: date

    @property
    def first_day(self) -> date | None:
        """The day of the first event; None when nothing ever happened."""
        return min((change.day for change in self.changes), default=None)

    def changes_of(self, item: Item) -> list[Change]:
        """The item's own changes."""
        return [change for change in self.changes if change.item == item]


def build_ledger(facts: Facts, as_of: date) -> Ledger:
    """The ledger of the facts: whatever is effective after the as-of day has not happened yet."""
    items = _items(facts)
    changes = [change for change in _changes(facts, items) if change.day <= as_of]
    happened = {change.item for change in changes}
    return Ledger(tuple(item for item in items.values() if item in happened), tuple(changes), as_of)


def _items(facts: Facts) -> dict[tuple[str, str], Item]:
    customers = {row["customer_id"]: row for row in facts["customers"]}

    def item(kind: str, item_id: str, opened: date, row: dict[str, Any], **more: Any) -> Item:
        segment = segment_of(row["customer_id"], customers.get(row["customer_id"], {}).get("segment"))
        return Item(kind, item_id, row["company_id"], row["customer_id"], segment, row["currency_code"], opened, **more)

    items = {}
    for row in facts["invoices"]:
        whole = _whole(row, customers.get(row["customer_id"]))
        parts = _instalments(facts, row) or (whole,)
        is_sale = row["invoice_type"] in SALES and row["is_credit_sale"] and row["amount"] > 0
        invoice = item(
            "invoice", row["invoice_id"], row["invoice_date"], row, parts=parts, whole=whole, is_sale=is_sale
        )
        items["invoice", row["invoice_id"]] = invoice
    for row in facts["receipts"]:
        items["receipt", row["receipt_id"]] = item("receipt", row["receipt_id"], row["receipt_date"], row)
    for row in facts["credit_memos"]:
        memo = item("credit_memo", row["credit_memo_id"], row["credit_memo_date"], row)
        items["credit_memo", row["credit_memo_id"]] = memo
    return items


def _instalments(facts: Facts, invoice: dict[str, Any]) -> tuple[Part, ...]:
    """The invoice's instalments; none where they don't add up."""
    instalments = [row for row in facts["instalments"] if row["invoice_id"] == invoice["invoice_id"]]
    if sum(row["amount"] for row in instalments) != invoice["amount"]:
        return ()
    issued = invoice["invoice_date"]
    return tuple(Part(row["instalment_id"], row["amount"], _due_dates(row, issued, None)) for row in instalments)


def _whole(invoice: dict[str, Any], customer: dict[str, Any] | None) -> Part:
    issued = invoice["invoice_date"]
    terms = _terms_on(customer, issued)
    by_terms = None if terms is None else issued + timedelta(days=terms)
    return Part("", invoice["amount"], _due_dates(invoice, issued, by_terms))


def _due_dates(row: dict[str, Any], issued: date, by_terms: date | None) -> tuple[tuple[date, date | None], ...]:
    """Every version's due date, with the day the version counts from: when it was recorded, not before the issue."""
    in_order = sorted(row["versions"], key=version_order)
    return tuple((max(recorded(each).date(), issued), each.get("due_date") or by_terms) for each in in_order)


def _terms_on(customer: dict[str, Any] | None, day: date) -> int | None:
    """The terms of the version in force on the day by its `updated_at`; of the first that landed where none was."""
    if customer is None:
        return None
    versions = customer["versions"]
    by_then = [each for each in versions if each.get("updated_at") and each["updated_at"].date() <= day]
    if by_then:
        return max(by_then, key=version_order).get("payment_terms_days")
    return min(versions, key=lambda each: (each["source_file_number"], each["source_row"])).get("payment_terms_days")


def _changes(facts: Facts, items: dict[tuple[str, str], Item]) -> list[Change]:
    changes = []
    for row in facts["invoices"]:
        item = items["invoice", row["invoice_id"]]
        what = {
            "is_sale": item.is_sale,
            "is_taken_over": row["invoice_type"] == "opening_balance",
            "source": ("invoices", item.item_id, ""),
        }
        changes.append(Change(item, item.opened, row["amount"], "invoiced", **what))
        if row["voided_date"]:
            changes.append(Change(item, max(row["voided_date"], item.opened), -row["amount"], "voided", **what))
    for row in facts["credit_memos"]:
        item = items["credit_memo", row["credit_memo_id"]]
        is_taken_over = row["memo_type"] == "opening_credit"
        what = {"is_sale": not is_taken_over, "is_taken_over": is_taken_over}
        changes.append(Change(item, item.opened, -row["amount"], "credited", **what))
        if row["voided_date"]:
            left = row["amount"] - _paid_out(facts, "credit_memo_id", item.item_id)
            changes.append(Change(item, max(row["voided_date"], item.opened), left, "voided", **what))
    for row in facts["receipts"]:
        item = items["receipt", row["receipt_id"]]
        changes.append(Change(item, item.opened, -row["amount"], "cash_received"))
        if row["reversed_date"]:
            left = row["amount"] - _paid_out(facts, "receipt_id", item.item_id)
            changes.append(Change(item, max(row["reversed_date"], item.opened), left, "cash_reversed"))
    for row in facts["adjustments"]:
        item = items["invoice", row["invoice_id"]]
        flow = ADJUSTMENT_FLOWS.get(row["adjustment_type"], "other_adjustments")
        source = ("adjustments", row["adjustment_id"], "")
        changes.append(Change(item, max(row["adjustment_date"], item.opened), row["amount"], flow, source=source))
    for row in facts["refunds"]:
        item = _source(row, items)
        changes.append(Change(item, max(row["refund_date"], item.opened), row["amount"], "refunded"))
    for row in facts["reversals"]:
        item = items["receipt", row["receipt_id"]]
        changes.append(Change(item, max(row["reversal_date"], item.opened), row["amount"], "cash_reversed"))
    ends = {("receipt", row["receipt_id"]): row["reversed_date"] for row in facts["receipts"]}
    ends |= {("credit_memo", row["credit_memo_id"]): row["voided_date"] for row in facts["credit_memos"]}
    for row in facts["applications"]:
        parts = [part for part in facts["reopenings"] if part.application_id == row["application_id"]]
        changes.extend(_application(row, items, ends, parts))
    return changes


def _paid_out(facts: Facts, key: str, item_id: str) -> Decimal:
    """What was paid out or reversed in part: never after the item's end, so the rest is what its end takes back."""
    rows = [*facts["refunds"], *facts["reversals"]]
    return sum((row["amount"] for row in rows if row.get(key) == item_id), Decimal(0))


def _source(row: dict[str, Any], items: dict[tuple[str, str], Item]) -> Item:
    if row["receipt_id"] is not None:
        return items["receipt", row["receipt_id"]]
    return items["credit_memo", row["credit_memo_id"]]


def _application(
    row: dict[str, Any],
    items: dict[tuple[str, str], Item],
    ends: dict[tuple[str, str], date | None],
    reopenings: list[Reopening],
) -> list[Change]:
    """What an application does to its items, what reversals undo of it, and the opposite of the rest when undone."""
    invoice, source = items["invoice", row["invoice_id"]], _source(row, items)
    day = max(row["applied_date"], invoice.opened, source.opened)
    used_up = row["amount"] if row["source_amount"] is None else row["source_amount"]

    def moved(on: date, by: tuple[str, str], amount: Decimal, used: Decimal, discount: Decimal) -> list[Change]:
        changes = [
            Change(
                invoice,
                on,
                -amount,
                "transferred",
                applied_from=source.kind,
                source=(*by, source.kind),
            ),
            Change(source, on, used, "transferred", source=(*by, source.kind)),
            Change(invoice, on, -discount, "discounts", source=(*by, "discount")),
        ]
        told = {"application_id": row["application_id"], "applied_day": day, "received_day": source.opened}
        return [replace(each, **told) for each in changes]

    left = {"amount": row["amount"], "used": used_up, "discount": row["discount_amount"]}
    place = ("applications", row["application_id"])
    done = moved(day, place, *left.values())
    undone = []
    for part in reopenings:
        used = left["used"] - part.source_amount
        amount = left["amount"] - (row["amount"] * used / used_up).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        discount = Decimal(0) if used else left["discount"]
        by = ("reversals", f"{part.reversal_id}:{part.application_id}")
        undone += moved(part.day, by, -amount, -part.source_amount, -discount)
        left = {"amount": left["amount"] - amount, "used": used, "discount": left["discount"] - discount}
    undoings = [row["unapplied_date"], ends[source.kind, source.item_id]]
    if any(undoings):
        on = max(day, min(filter(None, undoings)))
        undone += moved(on, place, *(-each for each in left.values()))
    return done + [replace(change, is_undoing=True) for change in undone]
