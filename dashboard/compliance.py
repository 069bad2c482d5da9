"""Contacts held against the contact rules: verdicts by rule and month, and the contacts behind the findings.

Here: figures of `contact_compliance_monthly`, the newest rows of `contact_findings`, and the rules. Not here: what the
rules mean (docs/guide/compliance.md), verdicts (the dbt project).
"""

from typing import Any

from dashboard.axes import Axes
from dashboard.tables import as_table
from duebook.publication.reader import Published

# Findings kept of a rule and month, and of all: presumed violations before others, law before policy, newest first. The
# mart has them all.
FINDINGS_OF_A_MONTH = 20
FINDINGS = 1000


def read_compliance(published: Published, axes: Axes) -> dict[str, Any]:
    """Read what the compliance page shows.

    Returns:
        `rules`: those of `dim_contact_rules`; `contacts`: basis to rule to verdict to contacts by group and month;
        `findings_there_are`: how many findings the mart has.
    """
    return {
        "rules": published.records(
            "select rule_id as id, rule_name as name, citation, legal_basis, applies_as_policy"
            " from {marts}.dim_contact_rules order by rule_id"
        ),
        "contacts": _contacts(published, axes),
        "findings_there_are": published.rows("select count(*) from {marts}.contact_findings")[0][0],
    }


def _contacts(published: Published, axes: Axes) -> dict[str, dict[str, dict[str, list]]]:
    rows = published.rows(
        "select basis, rule_id, verdict, company_id, segment, month_end, contacts"
        " from {marts}.contact_compliance_monthly"
    )
    # Contacts of a month or segment that never had a receivable have no place on the axes.
    known = set(axes.months)
    found: dict[str, dict[str, dict[str, list]]] = {}
    for basis, rule, verdict, company, segment, month, contacts in rows:
        if month in known and axes.has_group(company, segment):
            by_verdict = found.setdefault(basis, {}).setdefault(rule, {})
            by_verdict.setdefault(verdict, []).append((axes.group_of(company, segment), month, contacts))
    return {
        basis: {
            rule: {verdict: axes.along_months(some, axes.groups) for verdict, some in by_verdict.items()}
            for rule, by_verdict in by_rule.items()
        }
        for basis, by_rule in found.items()
    }


def read_findings(published: Published) -> dict[str, Any]:
    """Read the findings that are kept, by the month of the contact in UTC, as in `contact_compliance_monthly`."""
    return as_table(
        published.records(
            """
            with dated as (
                select
                    findings.*, contacts.channel, contacts.employee_id, contacts.occurred_at, dates.month_end,
                    row_number() over (
                        partition by findings.rule_id, dates.month_end
                        order by findings.verdict = 'presumed_violation' desc, findings.basis = 'law' desc,
                            contacts.occurred_at desc, findings.activity_id
                    ) as place
                from {marts}.contact_findings as findings
                inner join {marts}.contact_compliance as contacts using (activity_id)
                inner join {marts}.dim_dates as dates on cast(contacts.occurred_at as date) = dates.date_day
            )
            select
                month_end, rule_id as rule, dated.basis, verdict, activity_id as contact, contact_date as day, channel,
                employee_id as employee, dated.customer_id as customer,
                coalesce(customer_name, dated.customer_id) as name, customers.segment, invoices.company_id as company,
                dated.invoice_id as invoice, dated.reason, first_contact_id as first, last_contact_id as last,
                contact_count as contacts
            from dated
            left join {marts}.dim_customers as customers on dated.customer_id = customers.customer_id
            left join {marts}.fct_invoices as invoices on dated.invoice_id = invoices.invoice_id
            where place <= $1
            order by month_end desc, verdict = 'presumed_violation' desc, dated.basis = 'law' desc, rule_id, place
            limit $2
            """,
            [FINDINGS_OF_A_MONTH, FINDINGS],
        )
    )
