"""Payments, what was decided of them, and what is open, while a landing decides.

Here: what is left of a payment, and how a decision takes the place of another. Not here: which invoice a rule chooses
(rules.py), the order of the steps (deciding.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from duebook.adapters.cash.kept import Decision
from duebook.adapters.cash.person_files import Override
from duebook.adapters.cash.rules import (
    REFERENCE,
    RULES,
    TOLERANCE,
    Account,
    Applied,
    OpenInvoice,
    Payment,
    account_of,
    apply_payments,
    named_in,
    settle,
)
from duebook.words import counted, money

OVERRIDE = "override"


class Book:
    """Payments and their decisions; each step changes them."""

    def __init__(
        self,
        decided: Iterable[Decision],
        payments: Iterable[Payment],
        invoices: Iterable[OpenInvoice],
        by_others: Mapping[str, Decimal],
    ) -> None:
        """Begin with what earlier landings decided.

        Args:
            decided: the decisions; `invoices` has the invoices of all that stand.
            payments: all payments, each with its whole amount.
            invoices: what is open, reduced by the decisions that stand.
            by_others: by receipt, what other sources applied of it.
        """
        self._payments = sorted(payments, key=lambda one: (one.receipt_date, one.receipt_id))
        self._by_others = by_others
        self._invoices = {one.invoice_id: one for one in invoices}
        self._open_to: dict[Account, list[OpenInvoice]] = defaultdict(list)
        for invoice in self._invoices.values():
            self._open_to[account_of(invoice)].append(invoice)
        self._decided: dict[str, dict[str, Decision]] = defaultdict(dict)
        for one in decided:
            self._keep(one)

    @property
    def decided(self) -> list[Decision]:
        """All decisions, also those that don't stand any more."""
        return [one for of_receipt in self._decided.values() for one in of_receipt.values()]

    def override(self, overrides: Iterable[Override]) -> None:
        """Decide what a person decided, and take back what was applied before; nothing a second time."""
        known = {one.application_id for one in self.decided}
        for said in overrides:
            application_id = f"{said.receipt_id}/{said.invoice_id}/{said.day}"
            if application_id in known:
                continue
            for one in self._standing(said.receipt_id):
                if one.rule != OVERRIDE or one.applied_date < said.day:
                    self._replace(one, replace(one, unapplied_date=said.day), one.amount)
            self._keep(Decision(application_id, said.receipt_id, said.invoice_id, said.day, said.amount, OVERRIDE))
            if said.invoice_id in self._invoices:
                self._invoices[said.invoice_id].open_amount -= said.amount

    def decide_again(self) -> list[Payment]:
        """Apply payments to open invoices that they name, in the place of others; returns what was moved."""
        moved: list[Payment] = []
        # What is given back may be what another payment names.
        while found := [one for one in map(self._decide_again, self._payments) if one]:
            moved += found
        return moved

    def _decide_again(self, payment: Payment) -> Payment | None:
        standing = self._standing(payment.receipt_id)
        others = [one for one in standing if one.rule != REFERENCE]
        if not others or any(one.rule == OVERRIDE for one in others):
            return None
        open_now = [one for one in self._open_to[account_of(payment)] if one.open_amount > 0]
        named, left = named_in(payment.memo, open_now), max(self._left(payment), Decimal(0))
        wanted = min(sum(one.open_amount for one in named) - left, sum(one.amount for one in others))
        if wanted <= TOLERANCE:
            return None
        moved = Decimal(0)
        for one in reversed(others):
            part = min(one.amount, wanted - moved)
            if part == one.amount:
                self._replace(one, replace(one, is_deleted=True), part)
            elif part > 0:
                self._replace(one, replace(one, amount=one.amount - part), part)
            moved += part
        to_apply = replace(payment, amount=left + moved)
        self._add(settle(to_apply, RULES[REFERENCE](to_apply, named), REFERENCE))
        return replace(payment, amount=moved)

    def apply(self, rules: Sequence[str]) -> None:
        """Apply what is left of payments, but of those that a person decided."""
        left = [(one, self._left(one)) for one in self._payments if not self._is_overridden(one)]
        offered = [replace(one, amount=amount) for one, amount in left if amount > TOLERANCE]
        self._add(apply_payments(offered, self._invoices.values(), rules))

    def lines(self, rules: Sequence[str], *, has_invoices: bool) -> list[str]:
        """Say what was decided, and what is left.

        Args:
            rules: the rules that were tried.
            has_invoices: whether the landing has any invoice, open or not.
        """
        standing = [one for one in self.decided if one.stands]
        counted = {rule: sum(one.rule == rule for one in standing) for rule in [*rules, OVERRIDE]}
        said = ["Applied: " + ", ".join(f"{number:,} by {rule}" for rule, number in counted.items()) + "."]
        if not has_invoices:
            said.append(
                "The landing has no invoices, so no payment can be applied: land invoices first, then payments."
            )
        left = [replace(one, amount=self._left(one)) for one in self._payments]
        if unapplied := [one for one in left if one.amount > TOLERANCE and not self._is_overridden(one)]:
            said.append(
                f"Unapplied: {of_payments(unapplied)}, for which no open invoice was found; "
                "they are tried again whenever this source is landed."
            )
        if by_person := [one for one in left if one.amount > TOLERANCE and self._is_overridden(one)]:
            said.append(
                f"Left by overrides: {of_payments(by_person)} stays unapplied, unless a line "
                "of the overrides says what it pays."
            )
        if beyond := [replace(one, amount=-one.amount) for one in left if one.amount < -TOLERANCE]:
            said.append(
                f"Applied beyond their amounts: {of_payments(beyond)}, the first "
                f"{beyond[0].receipt_id}; say in the overrides what they pay."
            )
        return said

    def _standing(self, receipt_id: str) -> list[Decision]:
        return [one for one in self._decided.get(receipt_id, {}).values() if one.stands]

    def _is_overridden(self, payment: Payment) -> bool:
        return any(one.rule == OVERRIDE for one in self._standing(payment.receipt_id))

    def _left(self, payment: Payment) -> Decimal:
        applied = sum((one.amount for one in self._standing(payment.receipt_id)), Decimal(0))
        return payment.amount - applied - self._by_others.get(payment.receipt_id, Decimal(0))

    def _keep(self, one: Decision) -> None:
        self._decided[one.receipt_id][one.application_id] = one

    def _replace(self, one: Decision, changed: Decision, given_back: Decimal) -> None:
        """Put another version of a decision in its place; its invoice is open with so much more."""
        self._keep(changed)
        if one.invoice_id in self._invoices:
            self._invoices[one.invoice_id].open_amount += given_back

    def _add(self, applied: Iterable[Applied]) -> None:
        for one in applied:
            application_id, number = f"{one.receipt_id}/{one.invoice_id}", 1
            of_receipt = self._decided[one.receipt_id]
            # What was deleted may come back under its id; what was taken back on a day stays as it was.
            while application_id in of_receipt and not of_receipt[application_id].is_deleted:
                number += 1
                application_id = f"{one.receipt_id}/{one.invoice_id}/{number}"
            self._keep(Decision(application_id, one.receipt_id, one.invoice_id, one.applied_date, one.amount, one.rule))


def of_payments(payments: Sequence[Payment]) -> str:
    """Sums by currency with the number of payments they are of."""
    return f"{total(payments)} of {counted(len(payments), 'payment')}"


def total(payments: Iterable[Payment]) -> str:
    """Sums by currency: amounts in two currencies are never added."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in payments:
        sums[one.currency_code] += one.amount
    return " and ".join(money(currency, amount) for currency, amount in sorted(sums.items()))
