"""Contacts as the rules on contacting see them: whose debt, who called, what day it was for the person.

Here: local time, law or policy, conversations, consent to be called. Not here: the rules' verdicts (compliance.py).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.support.oracle.landing import Facts, known_customers

CALL_WINDOW_DAYS = 7


@dataclass(frozen=True)
class Contact:
    """A contact, in or out; ``local`` is its time in every zone the customer's card names, None where unknown."""

    activity_id: str
    at: datetime
    customer_id: str
    invoice_id: str | None
    channel: str
    is_outbound: bool
    outcome: str
    reached_the_person: bool
    is_conversation: bool
    notice_type: str | None
    has_opt_out_text: bool | None
    basis: str
    local: tuple[datetime | None, ...]

    @property
    def moment(self) -> tuple[datetime, str]:
        """Sorts contacts in time."""
        return self.at, self.activity_id

    @property
    def day(self) -> date:
        """The person's day: that of the first known zone, UTC's where none is known."""
        return next((time.date() for time in self.local if time), self.at.date())

    @property
    def debt(self) -> tuple[str, str | None, str]:
        """Whose debt it was about, and for whom: its owner or a third party."""
        return self.customer_id, self.invoice_id, self.basis


def contacts_of(facts: Facts, as_of: date, right_party: set[str]) -> list[Contact]:
    """Every contact up to the as-of day, in time."""
    customers = {row["customer_id"]: row for row in known_customers(facts)}
    owners = {row["invoice_id"]: row["customer_id"] for row in facts["invoices"]}
    contacts = []
    for row in facts["activities"]:
        if row["occurred_at"].date() > as_of:
            continue
        customer = customers[row["customer_id"]]
        reached = row["outcome"] in right_party
        placed = customer["is_consumer"] and is_placed(facts, owners, row)
        contacts.append(
            Contact(
                row["activity_id"],
                row["occurred_at"],
                row["customer_id"],
                row["invoice_id"],
                row["channel"],
                row["direction"] == "outbound",
                row["outcome"],
                reached,
                reached and row["is_conversation"] is not False,
                row["notice_type"],
                row["has_opt_out_text"],
                "law" if placed else "policy",
                local_times(row["occurred_at"], customer["timezones"]),
            )
        )
    return sorted(contacts, key=lambda contact: contact.moment)


def is_placed(facts: Facts, owners: dict[str, str], activity: dict[str, Any]) -> bool:
    """Whether the debt was with a third party on the day; one that names none may be about any of the customer's."""
    day = activity["occurred_at"].date()
    for row in facts["placements"]:
        if activity["invoice_id"] is None:
            is_meant = owners[row["invoice_id"]] == activity["customer_id"]
        else:
            is_meant = row["invoice_id"] == activity["invoice_id"]
        if is_meant and row["placed_date"] <= day and (row["recalled_date"] is None or day < row["recalled_date"]):
            return True
    return False


def local_times(at: datetime, timezones: str | None) -> tuple[datetime | None, ...]:
    """The time in every zone of the list, its own order kept."""
    return tuple(local_time(at, name.strip()) for name in (timezones or "").split(";") if name.strip())


def local_time(at: datetime, zone: str) -> datetime | None:
    """The time on a clock of the zone."""
    try:
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except ZoneInfoNotFoundError:
        return None


def is_about(wish: dict[str, Any], channel: str) -> bool:
    """Whether the wish is about the channel: who wants contact to cease wants none, however they said so."""
    return wish["preference"] == "cease" or wish["channel"] in (channel, "all")


def does_not_count(call: Contact, contacts: list[Contact], facts: Facts) -> bool:
    """A call that met a busy line, or that the person had agreed to."""
    if call.outcome == "busy":
        return True
    calls = [each for each in contacts if each.channel == "phone" and each.moment < call.moment]
    wishes = [
        row
        for row in facts["contact_preferences"]
        if row["customer_id"] == call.customer_id and is_about(row, "phone") and row["received_at"] < call.at
    ]
    taken_back = [row["received_at"] for row in wishes if row["preference"] != "consent"]
    talks = [each for each in calls if each.debt == call.debt and each.is_conversation]
    for asked in calls:
        if asked.outcome == "callback_requested" and asked.debt == call.debt:
            has_ended = any(talk.moment > asked.moment for talk in talks) or any(at >= asked.at for at in taken_back)
            if not has_ended and (call.day - asked.day).days < CALL_WINDOW_DAYS:
                return True
    for wish in wishes:
        if wish["preference"] == "consent" and (wish["expires_at"] is None or call.at < wish["expires_at"]):
            given = wish["received_at"]
            has_ended = any(talk.at > given for talk in talks) or any(at >= given for at in taken_back)
            if not has_ended and (call.day - given.date()).days < CALL_WINDOW_DAYS:
                return True
    return False
