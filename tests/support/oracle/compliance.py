"""The rules on contacting, by hand: each contact judged by looking at all others.

Here: what `contact_compliance` and `contact_findings` must say, a row a rule, and the months' counts of it, with the
thresholds of the rules' own text; whether a person may be called again. Not here: what a contact is (contacts.py).
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.support.oracle.behaviour import paid_in_full_date
from tests.support.oracle.contacts import CALL_WINDOW_DAYS, Contact, contacts_of, does_not_count, is_about
from tests.support.oracle.landing import Facts, known_customers
from tests.support.oracle.ledger import Ledger, segment_of

CALLS_ALLOWED = 7
EARLIEST, LATEST = time(8), time(21)
DAYS_TO_VALIDATE = timedelta(days=5)
AFTER_A_CEASE = ("collection_ended", "remedy_notice")
AFTER_A_STOP = ("opt_out_confirmation", "required_by_law")
WITHOUT_OPT_OUT = ("opt_out_confirmation",)
VALIDATION = "validation"

# A verdict and the contacts it rests on, in time.
Verdict = tuple[str, list[Contact]]


class Log:
    """Every contact, and what else the rules look at."""

    def __init__(self, facts: Facts, ledger: Ledger, right_party: set[str]) -> None:
        """Take the facts' contacts up to the ledger's as-of day; ``right_party`` are the outcomes that reach one."""
        self.facts = facts
        self.ledger = ledger
        self.contacts = contacts_of(facts, ledger.as_of, right_party)
        self._uncounted: dict[str, bool] = {}

    def before(self, contact: Contact, **like: Any) -> list[Contact]:
        """Contacts before this one that are like it in what is named."""
        return [
            each
            for each in self.contacts
            if each.moment < contact.moment and all(getattr(each, name) == value for name, value in like.items())
        ]

    def is_uncounted(self, call: Contact) -> bool:
        """Whether the call is one that does not count."""
        if call.activity_id not in self._uncounted:
            self._uncounted[call.activity_id] = does_not_count(call, self.contacts, self.facts)
        return self._uncounted[call.activity_id]

    def wishes(self, contact: Contact, preference: str) -> list[Any]:
        """When wishes of the kind were received that were in force at the contact, last one last."""
        return sorted(
            row["received_at"]
            for row in self.facts["contact_preferences"]
            if row["customer_id"] == contact.customer_id
            and row["preference"] == preference
            and is_about(row, contact.channel)
            and row["received_at"] < contact.at
            and (row["expires_at"] is None or contact.at < row["expires_at"])
        )

    def paid_by(self, invoice_id: str, day: date) -> bool:
        """Whether the invoice was paid in full by the day, and still is."""
        for item in self.ledger.items:
            if (item.kind, item.item_id) == ("invoice", invoice_id):
                paid = paid_in_full_date(self.ledger, item)
                return paid is not None and paid <= day
        return False


def call_frequency(log: Log, call: Contact) -> Verdict:
    """More than seven calls about a debt within seven days."""
    if call.channel != "phone":
        return "not_in_scope", [call]
    counted = [
        each
        for each in log.before(call, channel="phone", is_outbound=True, debt=call.debt)
        if (call.day - each.day).days < CALL_WINDOW_DAYS and not log.is_uncounted(each)
    ]
    if len(counted) < CALLS_ALLOWED:
        return "pass", [call]
    return _violation_or_exception(log, call), [*counted[-CALLS_ALLOWED:], call]


def call_after_conversation(log: Log, call: Contact) -> Verdict:
    """A call within seven days of a conversation about the debt, its day being the first."""
    if call.channel != "phone":
        return "not_in_scope", [call]
    talks = [
        each
        for each in log.before(call, channel="phone", is_conversation=True, debt=call.debt)
        if (call.day - each.day).days < CALL_WINDOW_DAYS
    ]
    if not talks:
        return "pass", [call]
    return _violation_or_exception(log, call), [talks[-1], call]


def _violation_or_exception(log: Log, call: Contact) -> str:
    return "exception" if log.is_uncounted(call) else "presumed_violation"


def inconvenient_time(_: Log, contact: Contact) -> Verdict:
    """Before eight or after nine in the evening, wherever the person may be."""
    if contact.channel == "letter":
        return "not_in_scope", [contact]
    known = [at.time() for at in contact.local if at]
    if any(at < EARLIEST or at > LATEST for at in known):
        return "presumed_violation", [contact]
    return "pass" if known and len(known) == len(contact.local) else "insufficient_data", [contact]


def contact_after_cease(log: Log, contact: Contact) -> Verdict:
    """After a cease notice."""
    cease, consent = log.wishes(contact, "cease"), log.wishes(contact, "consent")
    if not cease:
        return "pass", [contact]
    is_excused = (consent and consent[-1] > cease[-1]) or contact.notice_type in AFTER_A_CEASE
    return "exception" if is_excused else "presumed_violation", [contact]


def contact_after_stop(log: Log, contact: Contact) -> Verdict:
    """In a medium the person asked not to be contacted by."""
    stop, consent = log.wishes(contact, "stop"), log.wishes(contact, "consent")
    if not stop or (consent and consent[-1] > stop[-1]):
        return "pass", [contact]
    if contact.notice_type in AFTER_A_STOP:
        return "exception", [contact]
    same_medium = log.before(contact, customer_id=contact.customer_id, channel=contact.channel)
    if same_medium and not same_medium[-1].is_outbound and same_medium[-1].at > stop[-1]:
        return "exception", [same_medium[-1], contact]
    return "presumed_violation", [contact]


def opt_out_statement(_: Log, contact: Contact) -> Verdict:
    """An e-mail or text message that does not tell how to opt out."""
    if contact.channel not in ("email", "sms"):
        return "not_in_scope", [contact]
    if not contact.has_opt_out_text and contact.notice_type in WITHOUT_OPT_OUT:
        return "exception", [contact]
    verdicts = {True: "pass", False: "presumed_violation", None: "insufficient_data"}
    return verdicts[contact.has_opt_out_text], [contact]


def conveys(contact: Contact) -> bool:
    """Whether the contact told the person something: one who was reached, a message that did not come back."""
    if not contact.is_outbound:
        return False
    return contact.reached_the_person if contact.channel in ("phone", "visit") else contact.outcome != "undeliverable"


def validation_information(log: Log, contact: Contact) -> Verdict:
    """No validation information within five days of the initial communication."""
    communications = [each for each in log.contacts if conveys(each) and each.debt == contact.debt]
    if not conveys(contact) or communications[0] != contact:
        return "not_in_scope", [contact]
    if contact.invoice_id is None:
        return "insufficient_data", [contact]
    last_day = contact.day + DAYS_TO_VALIDATE
    sent = [each for each in communications if is_validation(log, each)]
    rests_on = [contact, sent[0]] if sent and sent[0] != contact else [contact]
    if sent and sent[0].day <= last_day:
        return "pass", rests_on
    if log.paid_by(contact.invoice_id, last_day):
        return "exception", [contact]
    if last_day > log.ledger.as_of:
        return "insufficient_data", [contact]
    of_caller = [each for each in log.contacts if each.basis == contact.basis and each.is_outbound]
    if not sent and all(each.notice_type != VALIDATION for each in of_caller):
        return "insufficient_data", [contact]
    return "presumed_violation", rests_on


def is_validation(log: Log, contact: Contact) -> bool:
    """Whether validation information was given: on the telephone only in the initial communication."""
    if contact.notice_type != VALIDATION:
        return False
    if contact.channel != "phone":
        return True
    earlier = [each for each in log.before(contact, debt=contact.debt) if conveys(each)]
    return conveys(contact) and not earlier


RULES: dict[str, Callable[[Log, Contact], Verdict]] = {
    rule.__name__: rule
    for rule in (
        call_frequency,
        call_after_conversation,
        inconvenient_time,
        contact_after_cease,
        contact_after_stop,
        opt_out_statement,
        validation_information,
    )
}


def contact_compliance_by_rule(log: Log) -> dict[tuple, dict[str, Any]]:
    """Every rule for every outbound contact; what a verdict rests on where it is neither a pass nor out of scope."""
    rows = {}
    for contact in log.contacts:
        if contact.is_outbound:
            for rule_id, rule in RULES.items():
                verdict, rests_on = rule(log, contact)
                is_found = verdict not in ("pass", "not_in_scope")
                rows[rule_id, contact.activity_id] = {
                    "basis": contact.basis,
                    "contact_date": contact.day,
                    "verdict": verdict,
                    "first_contact_id": rests_on[0].activity_id if is_found else None,
                    "last_contact_id": rests_on[-1].activity_id if is_found else None,
                    "contact_count": len(rests_on) if is_found else None,
                }
    return rows


def contact_compliance_monthly(log: Log) -> dict[tuple, dict[str, Any]]:
    """How many contacts of a month had a verdict, at each level they are of; no company where they name no invoice."""
    segments = {
        row["customer_id"]: segment_of(row["customer_id"], row["segment"]) for row in known_customers(log.facts)
    }
    companies = {row["invoice_id"]: row["company_id"] for row in log.facts["invoices"]}
    counts: Counter[tuple] = Counter()
    for contact in log.contacts:
        if contact.is_outbound:
            company, segment = companies.get(contact.invoice_id), segments[contact.customer_id]
            levels = [("portfolio", None, None), ("segment", None, segment)]
            if company is not None:
                levels += [("company", company, None), ("company_segment", company, segment)]
            day = contact.at.date()
            month_end = day.replace(day=monthrange(day.year, day.month)[1])
            for rule_id, rule in RULES.items():
                verdict, _ = rule(log, contact)
                counts.update((month_end, *level, rule_id, contact.basis, verdict) for level in levels)
    return {key: {"contacts": number} for key, number in counts.items()}


def may_be_called_again(log: Log, customer_id: str) -> bool:
    """Whether a call at the end of the as-of day, about any debt called about so far, would break no rule on calls."""
    at = datetime.combine(log.ledger.as_of, time.max)
    for customer, invoice_id, basis in {call.debt for call in log.contacts if call.channel == "phone"}:
        if customer != customer_id:
            continue
        one_more = Contact(
            f"one more {customer} {invoice_id} {basis}",
            at,
            customer,
            invoice_id,
            channel="phone",
            is_outbound=True,
            outcome="",
            reached_the_person=False,
            is_conversation=False,
            notice_type=None,
            has_opt_out_text=None,
            basis=basis,
            local=(at,),
        )
        verdicts = [rule(log, one_more)[0] for rule in (call_frequency, call_after_conversation)]
        if "presumed_violation" in verdicts:
            return False
    return True
