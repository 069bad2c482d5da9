"""The rules by which a payment is applied: payments and open invoices in, applications with the rule's name out.

Pure functions; amounts are decimals in the payment's currency. An invoice is open to a payment if it has its customer
and its currency, and was issued by the day of the payment, or is named by it; what finds none looks among later ones.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations, islice

FAR = date(9999, 12, 31)
# An invoice number in a memo has at least so many characters, and its sum may differ by so much.
SHORTEST_REFERENCE, TOLERANCE = 4, Decimal("0.01")
# A sum is looked for among so many open invoices at most, of so many at most.
MOST_OPEN, MOST_SUMMED = 12, 4
_TOKEN = re.compile(r"[A-Z0-9][A-Z0-9/_.-]*")


@dataclass(frozen=True)
class Payment:
    """A payment, or what has not been applied of it."""

    receipt_id: str
    customer_id: str
    currency_code: str
    receipt_date: date
    amount: Decimal
    memo: str = ""


@dataclass
class OpenInvoice:
    """An invoice and what is open of it; payments reduce it as they are applied."""

    invoice_id: str
    invoice_number: str
    customer_id: str
    currency_code: str
    invoice_date: date
    due_date: date | None
    open_amount: Decimal


@dataclass(frozen=True)
class Applied:
    """A part of a payment, applied to an invoice by a rule."""

    receipt_id: str
    invoice_id: str
    applied_date: date
    amount: Decimal
    rule: str


Parts = list[tuple[OpenInvoice, Decimal]]


def apply_payments(
    payments: Iterable[Payment], invoices: Iterable[OpenInvoice], rules: Sequence[str]
) -> Iterator[Applied]:
    """Apply payments in order of their days; then what is left of them, until no rule finds anything more.

    What a second call with the same invoices would apply is applied now: landing twice applies nothing twice.

    Args:
        payments: each with the amount that isn't applied yet.
        invoices: what is open; reduced as payments are applied.
        rules: names of `RULES`, in their order; the first that finds something decides.
    """
    open_to: dict[Account, list[OpenInvoice]] = defaultdict(list)
    for invoice in sorted(invoices, key=_by_due_date):
        open_to[account_of(invoice)].append(invoice)
    in_order = sorted(payments, key=lambda one: (one.receipt_date, one.receipt_id))
    left: dict[Account, list[Payment]] = defaultdict(list)
    for payment in in_order:
        account = account_of(payment)
        applied = list(_apply(payment, open_to[account], rules))
        yield from applied
        open_to[account] = [one for one in open_to[account] if one.open_amount > 0]
        if (rest := less(payment, applied)).amount > TOLERANCE:
            left[account].append(rest)
    for account, of_account in left.items():
        yield from _apply_rests(of_account, open_to[account], rules)


def _apply_rests(
    payments: Sequence[Payment], invoices: Sequence[OpenInvoice], rules: Sequence[str]
) -> Iterator[Applied]:
    """Apply what is left of an account's payments; where nothing issued before is found, to what was issued later."""
    found = True
    while found:
        found, tried, payments = False, payments, []
        for payment in tried:
            applied = list(_apply(payment, invoices, rules)) or list(_apply(payment, invoices, rules, is_late=True))
            yield from applied
            found = found or bool(applied)
            payments.append(less(payment, applied))


Account = tuple[str, str]


def account_of(one: Payment | OpenInvoice) -> Account:
    """The customer and the currency, which a payment and its invoices have alike."""
    return one.customer_id, one.currency_code


def less(payment: Payment, applied: Sequence[Applied]) -> Payment:
    """What is left of a payment."""
    if not applied:
        return payment
    return replace(payment, amount=payment.amount - sum(one.amount for one in applied))


def _apply(
    payment: Payment, invoices: Sequence[OpenInvoice], rules: Sequence[str], *, is_late: bool = False
) -> Iterator[Applied]:
    """Apply a payment by the first rule that finds something.

    Args:
        payment: what is left of it.
        invoices: of its account.
        rules: in their order.
        is_late: invoices that were issued after the payment count, too; those that it names always do.
    """
    # The cent by which a sum may differ is no payment of another invoice.
    if payment.amount <= TOLERANCE:
        return
    open_now = [one for one in invoices if one.open_amount > 0]
    issued = [one for one in open_now if is_late or one.invoice_date <= payment.receipt_date]
    for rule in rules:
        if parts := RULES[rule](payment, open_now if rule == REFERENCE else issued):
            yield from settle(payment, parts, rule)
            return


def settle(payment: Payment, parts: Parts, rule: str) -> Iterator[Applied]:
    """Reduce invoices by their parts of a payment."""
    for invoice, amount in parts:
        invoice.open_amount -= amount
        day = max(payment.receipt_date, invoice.invoice_date)
        yield Applied(payment.receipt_id, invoice.invoice_id, day, amount, rule)


def named_in(memo: str, candidates: Sequence[OpenInvoice]) -> list[OpenInvoice]:
    """The invoices whose numbers stand in a memo as whole words, in the memo's order."""
    by_number = {name: one for one in candidates for name in (_bare(one.invoice_number), _bare(one.invoice_id))}
    words = [_bare(word) for word in _TOKEN.findall(memo.upper())]
    named = list(dict.fromkeys(w for w in words if len(w) >= SHORTEST_REFERENCE and w in by_number))
    return list({by_number[word].invoice_id: by_number[word] for word in named}.values())


def reference(payment: Payment, candidates: Sequence[OpenInvoice]) -> Parts:
    """Invoices whose numbers stand in the memo as whole words.

    If they add up to the payment each is paid; else the payment goes to the oldest of them first.
    """
    found = named_in(payment.memo, candidates)
    if abs(sum(one.open_amount for one in found) - payment.amount) <= TOLERANCE:
        return _in_turn(payment.amount, found)
    return _in_turn(payment.amount, sorted(found, key=_by_due_date))


def amount_unique(payment: Payment, candidates: Sequence[OpenInvoice]) -> Parts:
    """The only open invoice of just this amount."""
    same = [one for one in candidates if one.open_amount == payment.amount]
    return [(same[0], payment.amount)] if len(same) == 1 else []


def sum_unique(payment: Payment, candidates: Sequence[OpenInvoice]) -> Parts:
    """The only set of two to four open invoices that add up to the payment; of more than twelve none is looked for."""
    if len(candidates) > MOST_OPEN:
        return []
    sets = (chosen for size in range(2, MOST_SUMMED + 1) for chosen in combinations(candidates, size))
    fitting = list(islice((one for one in sets if sum(i.open_amount for i in one) == payment.amount), 2))
    return [(one, one.open_amount) for one in fitting[0]] if len(fitting) == 1 else []


def amount_oldest(payment: Payment, candidates: Sequence[OpenInvoice]) -> Parts:
    """Of several open invoices of this amount the one due first."""
    return next(([(one, payment.amount)] for one in candidates if one.open_amount == payment.amount), [])


def oldest_first(payment: Payment, candidates: Sequence[OpenInvoice]) -> Parts:
    """Open invoices in order of their due dates, the last one in part."""
    return _in_turn(payment.amount, candidates)


RULES: dict[str, Callable[[Payment, Sequence[OpenInvoice]], Parts]] = {
    rule.__name__: rule for rule in (reference, amount_unique, sum_unique, amount_oldest, oldest_first)
}
REFERENCE = reference.__name__


def _in_turn(amount: Decimal, invoices: Sequence[OpenInvoice]) -> Parts:
    parts: Parts = []
    for one in invoices:
        if amount <= 0:
            break
        part = min(amount, one.open_amount)
        parts.append((one, part))
        amount -= part
    return parts


def _by_due_date(invoice: OpenInvoice) -> tuple[date, date, str]:
    return invoice.due_date or FAR, invoice.invoice_date, invoice.invoice_id


def _bare(number: str) -> str:
    """A number without spaces, zeros before it, and signs after it."""
    return number.upper().replace(" ", "").strip("-/_.").lstrip("0")
