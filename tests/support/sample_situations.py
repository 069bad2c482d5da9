"""Every situation the sample must show, each with the rows that show it.

Here: names and SQL over the landed tables (`test_sample` makes the views: the contract's tables, their `_versions`,
`used` and `changes`). Not here: the checks themselves.
"""

# What occurs, and the rows that show it.
SITUATIONS = {
    "two companies": "select company_id from invoices group by all offset 1",
    "three currencies": "select currency_code from invoices group by all offset 2",
    "a customer without a segment": "from customers where segment is null",
    "a retail segment": "from customers where segment = 'retail'",
    "a customer without terms": "from customers where payment_terms_days is null",
    "a consumer": "from customers where is_consumer",
    "a customer of several time zones": "from customers where timezones like '%;%'",
    "an invoice due by the customer's terms": (
        "from invoices inner join customers using (customer_id) where due_date is null and payment_terms_days > 0"
    ),
    "an invoice that is due on no day": (
        "from invoices inner join customers using (customer_id) where due_date is null and payment_terms_days is null"
    ),
    "a debit memo": "from invoices where invoice_type = 'debit_memo'",
    "a finance charge": "from invoices where invoice_type = 'finance_charge'",
    "opening balances at the close of the day before the first": (
        "from invoices where invoice_type = 'opening_balance' and invoice_date = '2024-06-30'"
    ),
    "an invoice that leaves its type unsaid": "from invoices where invoice_type is null",
    "a sale that is not on credit": "from invoices where not is_credit_sale and coalesce(invoice_type, '') = 'invoice'",
    "a voided invoice": "from invoices where voided_date is not null",
    "an invoice paid in parts": "select invoice_id from used group by all having count(distinct receipt_id) > 1",
    "an instalment paid late": (
        "from instalments inner join used using (invoice_id) where used.day > instalments.due_date"
    ),
    "an early discount": "from used where discount_amount > 0 and undone_day is null",
    "a short pay in dispute": (
        "from disputes inner join invoices using (invoice_id) where disputes.amount < invoices.amount"
    ),
    "a credit memo applied": "from used where credit_memo_id is not null",
    "a credit memo still open": (
        "select item from changes where kind = 'source' and item like 'CM%' group by item having sum(amount) < 0"
    ),
    "a credit memo used in part": (
        "from used inner join credit_memos using (credit_memo_id) where credit_memos.amount > used.amount"
    ),
    "a credit memo voided after use": (
        "from used inner join credit_memos using (credit_memo_id) where voided_date is not null"
    ),
    "a receipt used days later": "from used inner join receipts using (receipt_id) where day > receipt_date + 5",
    "unapplied cash": "select item from changes where item like 'RC%' group by item having sum(amount) < 0",
    "a bounced receipt with its applications": (
        "from used inner join receipts using (receipt_id) where reversed_date is not null"
    ),
    "an application undone": "from applications where unapplied_date is not null",
    "an application to the wrong invoice": (
        "from applications as a inner join applications as b using (receipt_id, amount) "
        "where a.unapplied_date = b.applied_date and a.invoice_id <> b.invoice_id"
    ),
    "an application ahead of its invoice": (
        "from used inner join invoices using (invoice_id) where applied_date < invoice_date"
    ),
    "a receipt in another currency than its invoice": (
        "from used where source_currency <> invoice_currency and source_amount > 0"
    ),
    "a parent that pays for its child": (
        "from used inner join receipts using (receipt_id) inner join invoices as i using (invoice_id) "
        "inner join customers as c on i.customer_id = c.customer_id where receipts.customer_id = c.parent_customer_id"
    ),
    "a receipt reversed in part, and the invoice open again by that part": (
        "select u.invoice_id from reversals inner join used as u using (receipt_id) "
        "inner join changes as c on c.item = u.invoice_id group by u.invoice_id having sum(c.amount) > 0"
    ),
    "a refund of a receipt": "from refunds where receipt_id is not null",
    "a refund of a memo": "from refunds where credit_memo_id is not null",
    "a write-off": "from adjustments where adjustment_type = 'write_off'",
    "cash after a write-off reversal": (
        "from adjustments inner join used using (invoice_id) "
        "where adjustment_type = 'write_off_reversal' and used.day >= adjustment_date"
    ),
    "a small balance": "from adjustments where adjustment_type = 'small_balance'",
    "a discount adjustment": "from adjustments where adjustment_type = 'discount'",
    "a finance charge adjustment": "from adjustments where adjustment_type = 'finance_charge'",
    "other adjustments up and down": (
        "select sign(amount) from adjustments where adjustment_type = 'other' group by all offset 1"
    ),
    "disputes of every end": "select resolution from disputes where resolution is not null group by all offset 3",
    "an open dispute": "from disputes where closed_date is null",
    "a promise on a named invoice": "from promises where invoice_id is not null",
    "a promise on none": "from promises where invoice_id is null",
    "a promise cancelled": "from promises where cancelled_date is not null",
    "a promise kept": "from paid_promises where paid >= promised",
    "a promise kept in part": "from paid_promises where paid > 0 and paid < promised",
    "a promise broken": "from paid_promises where paid = 0",
    "a promise not due yet": "from promises where due_date > '2026-06-30'",
    "contacts by every channel": "select channel from activities group by all offset 5",
    "contacts both ways": "select direction from activities group by all offset 1",
    "a notice": "from activities where notice_type is not null",
    "messages with and without opt-out text": (
        "select has_opt_out_text from activities where has_opt_out_text is not null group by all offset 1"
    ),
    "more than seven calls to a consumer in a week": (
        "select customer_id from activities inner join customers using (customer_id) where is_consumer "
        "and channel = 'phone' and direction = 'outbound' "
        "group by customer_id, date_trunc('week', occurred_at) having count(*) > 7"
    ),
    "every type of case": "select case_type from cases group by all offset 3",
    "a reopened case": "from cases where reopened_at is not null",
    "an open case": "from cases where closed_at is null",
    "an answered survey": "from surveys where score is not null",
    "an unanswered survey": "from surveys where score is null",
    "a survey of no case": "from surveys where case_id is null",
    "every kind of contact preference": "select preference from contact_preferences group by all offset 2",
    "somebody who joined": "from employees where valid_from > '2024-07-31' and employee_id not in "
    "(select employee_id from employees where valid_from <= '2024-07-31')",
    "somebody who left": "select employee_id from employees group by all having count(valid_to) = count(*)",
    "somebody who went part-time": (
        "from employees as a inner join employees as b using (employee_id) "
        "where b.valid_from = a.valid_to + 1 and b.fte < a.fte"
    ),
    "a customer handed over": "select customer_id from assignments group by all having count(distinct employee_id) > 1",
    "a placement": "from placements where recalled_date is null",
    "a placement recalled": "from placements where recalled_date is not null",
    "a consumer's debt with a third party, and contacts about it": (
        "from placements inner join invoices using (invoice_id) inner join customers using (customer_id) "
        "inner join activities using (invoice_id) where is_consumer and occurred_at::date >= placed_date "
        "and occurred_at::date < recalled_date"
    ),
    "validation information, and notices that may follow a stop or a cease": (
        "select notice_type from activities "
        "where notice_type in ('validation', 'opt_out_confirmation', 'collection_ended') group by all offset 2"
    ),
    "a cost in every month": "select month from process_costs group by all offset 23",
    "an invoice repriced": ("select invoice_id from invoices_versions group by all having count(distinct amount) > 1"),
    "an invoice whose term was extended": (
        "select invoice_id from invoices_versions group by all having count(distinct due_date) > 1"
    ),
    "a customer amended": "select customer_id from customers_versions group by all having count(*) > 1",
    "a deleted invoice": "from invoices_versions where is_deleted",
    "a deleted receipt": "from receipts_versions where is_deleted",
    "a deleted contact": "from activities_versions where is_deleted",
    "a deleted promise": "from promises_versions where is_deleted",
    "receipts recorded weeks late": (
        "from receipts_versions where reversed_date is null and recorded_at > receipt_date + 14"
    ),
}

PAID_PROMISES = """
create or replace view paid_promises as
select p.promise_id, p.amount as promised, coalesce(sum(used.amount), 0) as paid
from promises as p
left join (used inner join receipts using (receipt_id))
    on p.invoice_id = used.invoice_id and used.undone_day is null
    and receipts.receipt_date between p.made_date and p.due_date + 5
where p.invoice_id is not null and p.cancelled_date is null
group by all
"""
